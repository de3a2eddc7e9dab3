"""A file shows itself while it is still being read."""

from __future__ import annotations

import gc
import queue
import threading
import weakref

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QImage

from desktop_helper.core.coming import Coming
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.messages import NOTE_MIME, FilePart, ImagePart, Moment
from desktop_helper.qt.background import Background
from desktop_helper.qt.intake import _Teller
from desktop_helper.ui.attachment_chip import AttachmentChip
from desktop_helper.ui.companion import Companion
from desktop_helper.ui.media_viewer import MediaViewer
from desktop_helper.ui.theme import Theme
from tests.support import sample_files
from tests.support.chat_desk import ChatDesk, said

WAIT_MS = 20_000
NOTE = FilePart(b"Of 1,000 pages.", NOTE_MIME, "a.pdf", "Of 1,000 pages.")
TEXT = FilePart(b"words", "text/plain", "a.pdf, text", "words")


@pytest.fixture(autouse=True)
def _quiet_platform(monkeypatch):
    monkeypatch.setattr(Companion, "raise_", lambda _self: None)  # this platform says that it cannot


class Reading:
    """Stands in for the converter: it tells what the test says, when the test says it."""

    def __init__(self) -> None:
        self._orders: queue.Queue[object] = queue.Queue()
        self.cancelled = threading.Event()

    def __call__(self, _path, _options, cancel, told, on_coming):
        cancel.on_cancel(lambda: self._orders.put(None))
        while True:
            order = self._orders.get(timeout=20)
            if order is None:
                self.cancelled.set()
                raise HelperError(ErrorKind.CANCELLED, "Stopped.")
            if isinstance(order, HelperError):
                raise order
            if isinstance(order, tuple):
                return order
            (on_coming if isinstance(order, Coming) else told)(order)

    def tells(self, *orders: object) -> None:
        for order in orders:
            self._orders.put(order)


@pytest.fixture
def background(qtbot):
    made = Background()
    yield made
    made.close()


@pytest.fixture
def reading() -> Reading:
    return Reading()


@pytest.fixture
def desk(open_desk, reading, monkeypatch) -> ChatDesk:
    made = open_desk(said("Seen."))
    monkeypatch.setattr(made.services.converter, "convert_file", reading)
    return made


@pytest.fixture
def chip(desk, tmp_path) -> AttachmentChip:
    desk.window.files_dropped.emit([tmp_path / "a.pdf"])
    return desk.composer.chips[0]


def page(number: int, colour: str = "white") -> ImagePart:
    data = sample_files.encoded(Image.new("RGB", (56, 84), colour), "PNG")
    return ImagePart(data, "image/png", 56, 84, f"a.pdf, page {number} of 1000", 8)


def come(qtbot, reading: Reading, chip: AttachmentChip, *parts: ImagePart, pages: int = 1000) -> None:
    """These are the next ones."""
    wanted = len(chip.coming) + len(parts)
    reading.tells(*(Coming(part, len(chip.coming) + n, 20, pages) for n, part in enumerate(parts, start=1)))
    qtbot.waitUntil(lambda: len(chip.coming) == wanted)


def viewer_of(qtbot, desk: ChatDesk, chip: AttachmentChip) -> MediaViewer:
    chip.deeds["look"].do()
    viewer = desk.chat._deeds.viewer()
    shown(qtbot, viewer)
    return viewer


def shown(qtbot, viewer: MediaViewer) -> None:
    qtbot.waitUntil(lambda: viewer._part is not None)


def colours(chip: AttachmentChip) -> QImage:
    return chip.grab().toImage()


def test_the_first_page_is_there_while_the_rest_is_being_read(qtbot, desk, reading, chip):
    assert chip._detail.text() == "reading…"
    come(qtbot, reading, chip, page(1, "red"))
    assert chip.loading
    assert chip._detail.full_text == "1,000 pages · reading…"
    assert "1,000 pages · reading…" in chip.accessibleDescription()
    thumbnail = chip._picture.geometry().center()
    assert colours(chip).pixelColor(thumbnail) == QColor("red")
    come(qtbot, reading, chip, page(2, "blue"))
    assert colours(chip).pixelColor(thumbnail) == QColor("red")
    reading.tells((NOTE, page(1, "red"), page(2, "blue"), TEXT))
    qtbot.waitUntil(lambda: not chip.loading)
    assert chip._detail.full_text == "2 pages"
    assert chip.coming == ()


def test_steps_without_end_are_not_all_kept(qtbot, background):
    """A file that has taken its reader over may have it tell anything, as often as it likes."""
    told: list[Progress | Coming] = []
    first, last = Coming(page(1)), Progress("The last one.", 0.9)
    held = threading.Event()

    def work(cancel):
        tell = _Teller(background, cancel, told.append)
        for number in range(10_000):
            tell(Progress(str(number)))
        tell(first)
        tell(last)
        held.set()

    background.run(work, lambda _none: told.append(Progress("The end.")), told.append)
    assert held.wait(20), "without the thread that shows it, as when that is busy"
    qtbot.waitUntil(lambda: len(told) == 3)
    assert told == [last, first, Progress("The end.")]


@pytest.mark.parametrize("look", ["light", "dark"])
def test_its_lower_edge_says_how_far_the_reading_is(qtbot, reading, chip, look):
    Theme.current(look)
    reading.tells(Progress("Reading a.pdf, page 11 of 20", 0.5))
    qtbot.waitUntil(lambda: "page 11 of 20" in chip.toolTip())
    accent, picture = Theme.current().color("accent"), colours(chip)
    row = picture.height() - 1
    assert picture.pixelColor(picture.width() // 4, row) == accent
    assert picture.pixelColor(picture.width() * 3 // 4, row) != accent
    reading.tells((page(1),))
    qtbot.waitUntil(lambda: not chip.loading)
    picture = colours(chip)
    assert picture.pixelColor(picture.width() // 4, row) != accent
    assert "page 11" not in chip.toolTip()
    Theme.current("light")


def test_a_file_of_one_page_has_no_number_of_pages(qtbot, reading, chip):
    come(qtbot, reading, chip, page(1), pages=1)
    assert chip._detail.full_text == "reading…"


def test_a_video_says_how_long_it_is(qtbot, reading, chip):
    moment = Moment("a.mp4", 0.0, 7200.0, 216_000)
    come(qtbot, reading, chip, ImagePart(page(1).data, "image/png", 56, 84, "a.mp4, 0:00", 8, moment), pages=0)
    assert chip._detail.full_text == "2:00:00 · reading…"


def test_pages_are_looked_at_as_they_come(qtbot, desk, reading, chip):
    parts = [page(number) for number in range(1, 5)]
    come(qtbot, reading, chip, parts[0])
    viewer = viewer_of(qtbot, desk, chip)
    back, further = viewer._others
    assert viewer._name.full_text == "a.pdf, page 1 of 1000"
    assert not further.isVisible()
    come(qtbot, reading, chip, parts[1], parts[2])
    assert further.isVisible()
    further.click()
    shown(qtbot, viewer)
    assert viewer._part is parts[1]
    reading.tells((NOTE, *parts, TEXT))
    qtbot.waitUntil(lambda: not chip.loading)
    assert viewer._part is parts[1], "nothing jumps"
    for wanted in (parts[2], parts[3], TEXT):
        further.click()
        shown(qtbot, viewer)
        assert viewer._part is wanted
    assert not further.isEnabled()
    assert back.isEnabled()
    viewer.close()


def test_what_was_only_to_be_seen_meanwhile_gives_way_to_what_goes(qtbot, desk, reading, chip):
    come(qtbot, reading, chip, page(1, "red"), pages=0)
    viewer = viewer_of(qtbot, desk, chip)
    frames = page(7, "green"), page(8, "blue")
    reading.tells((NOTE, *frames))
    qtbot.waitUntil(lambda: not chip.loading)
    qtbot.waitUntil(lambda: viewer._part is frames[0])
    viewer.close()


def test_a_viewer_that_was_closed_or_shows_something_else_is_left_alone(qtbot, desk, reading, chip):
    come(qtbot, reading, chip, page(1))
    viewer = viewer_of(qtbot, desk, chip)
    viewer.close()
    come(qtbot, reading, chip, page(2))
    assert not viewer.isVisible()
    viewer.open((TEXT,), 0)
    shown(qtbot, viewer)
    come(qtbot, reading, chip, page(3))
    assert viewer._part is TEXT
    viewer.close()
    reading.tells((page(1),))
    qtbot.waitUntil(lambda: not chip.loading)


def test_what_fails_after_its_first_page_says_why(qtbot, reading, chip):
    come(qtbot, reading, chip, page(1))
    assert "look" in chip.deeds
    reading.tells(HelperError(ErrorKind.SOURCE, "a.pdf is damaged.", "Choose another file."))
    qtbot.waitUntil(lambda: chip.error is not None)
    assert "look" not in chip.deeds
    assert chip.coming == ()


def test_of_a_file_that_is_refused_no_picture_is_kept(qtbot, desk, reading, chip):
    come(qtbot, reading, chip, page(1))
    kept = weakref.ref(chip.coming[0])
    viewer = viewer_of(qtbot, desk, chip)
    reading.tells(HelperError(ErrorKind.SOURCE, "a.pdf is damaged.", "Choose another file."))
    qtbot.waitUntil(lambda: chip.error is not None)
    assert kept() is not None, "the viewer shows it"
    viewer.close()
    gc.collect()
    assert kept() is None


def test_taking_it_back_ends_the_reading(qtbot, desk, reading, chip):
    come(qtbot, reading, chip, page(1))
    chip.removed.emit()
    assert not desk.composer.chips
    assert reading.cancelled.wait(5)
    qtbot.wait(20)  # what it tells, if it did, would meet a chip that is gone


def test_a_question_waits_for_all_of_it(qtbot, desk, reading, chip):
    come(qtbot, reading, chip, page(1))
    assert desk.composer.media == ()
    assert desk.composer.attachments == (), "a draft holds what has been read"
    desk.composer.submit()
    whole = (page(1), page(2))
    with qtbot.waitSignal(desk.chat.answered):
        reading.tells(whole)
    assert desk.stored()[0].message.media == whole


def test_a_real_document_shows_its_first_page_before_it_is_read(qtbot, open_desk, tmp_path):
    desk, path = open_desk(), tmp_path / "a.pdf"
    path.write_bytes(sample_files.pdf(300))
    desk.window.files_dropped.emit([path])
    (chip,) = desk.composer.chips
    seen = []
    chip.came.connect(lambda: seen.append((chip.loading, chip._detail.full_text, chip.coming[-1])))
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    assert [(loading, text) for loading, text, _part in seen] == [(True, "300 pages · reading…")] * 20
    assert [part for _loading, _text, part in seen] == [part for part in chip.parts if isinstance(part, ImagePart)]
    assert chip._detail.full_text == "20 of 300 pages"


def test_a_drag_over_the_window_has_the_reader_ready(qtbot, open_desk, monkeypatch, tmp_path):
    desk = open_desk()
    warmed: queue.Queue[list[str]] = queue.Queue()
    monkeypatch.setattr(desk.services.converter, "warm", warmed.put)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.pdf"))])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, left, none)
    desk.window.dragEnterEvent(event)
    assert warmed.get(timeout=5) == ["a.pdf"]
    desk.window._veil.hide()
