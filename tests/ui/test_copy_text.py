"""Text that is copied out of pictures: of the screen, of attachments, in the viewer. Without a model and a display."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.messages import FilePart, ImagePart, Message, Moment, Role, TextPart
from desktop_helper.core.protocols import Frame
from desktop_helper.qt.background import Background
from desktop_helper.services.container import Plugs, Services
from desktop_helper.services.paths import Paths
from desktop_helper.ui import text_desk
from desktop_helper.ui.icons import IconButton
from desktop_helper.ui.media_viewer import MediaViewer
from desktop_helper.ui.region_picker import RegionPicker
from desktop_helper.ui.text_desk import ReadingNote, TextDesk
from tests.support.chat_desk import ChatDesk
from tests.support.pattern_capturer import PatternCapturer, drag
from tests.support.sample_files import picture
from tests.support.scripted_reader import ScriptedReader

FRAME = Frame(bytes(4 * 8 * 6), Rect(0, 0, 8, 6))
PAGE = ImagePart(picture(), "image/png", 64, 48, "page.png", 8)
COPY = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def reader() -> ScriptedReader:
    return ScriptedReader("Hello there\nold friend")


@pytest.fixture
def services(tmp_path: Path, reader: ScriptedReader) -> Iterator[Services]:
    made = Services(Paths.below(tmp_path), Plugs(list, lambda _: None, list, list, list))
    made.__dict__["text_reader"] = reader
    yield made
    made.close()


class Told:
    """What the user is told in the tray, and what goes wrong."""

    def __init__(self) -> None:
        self.notices: list[tuple[str, str]] = []
        self.errors: list[HelperError] = []
        self.said: list[str] = []
        self.in_tray = True

    def notify(self, title: str, text: str) -> bool:
        if self.in_tray:
            self.notices.append((title, text))
        return self.in_tray


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def desk(qtbot: QtBot, services: Services, told: Told, monkeypatch: pytest.MonkeyPatch) -> Iterator[TextDesk]:
    monkeypatch.setattr(text_desk, "PATIENCE_MS", 30)
    background = Background()
    made = TextDesk(services, background, told.notify, told.errors.append, told.said.append)
    clipboard().setText("before")
    yield made
    made.close()
    background.close()
    made.deleteLater()
    QApplication.sendPostedEvents(None, 52)  # DeferredDelete


def clipboard():
    return QGuiApplication.clipboard()


def note() -> ReadingNote:
    (found,) = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, ReadingNote)]
    return found


def test_the_text_of_a_region_is_copied_and_that_is_said(qtbot: QtBot, desk: TextDesk, told: Told) -> None:
    desk.take(FRAME, "Region")
    qtbot.waitUntil(lambda: bool(told.notices))
    assert told.notices == [("4 words are copied.", "Hello there old friend")]
    assert clipboard().text() == "Hello there\nold friend"


def test_one_word_and_none(qtbot: QtBot, desk: TextDesk, told: Told, reader: ScriptedReader) -> None:
    reader.text = ""
    desk.take(FRAME, "Region")
    qtbot.waitUntil(lambda: bool(told.notices))
    assert told.notices.pop() == ("There is no text in it that can be read.", "")
    assert clipboard().text() == "before"
    reader.text = "Hello"
    desk.take(FRAME, "Region")
    qtbot.waitUntil(lambda: bool(told.notices))
    assert told.notices == [("One word is copied.", "Hello")]


def test_a_long_text_is_shown_by_its_beginning(
    qtbot: QtBot, desk: TextDesk, told: Told, reader: ScriptedReader
) -> None:
    reader.text = "word " * 100
    desk.take(FRAME, "Region")
    qtbot.waitUntil(lambda: bool(told.notices))
    assert len(told.notices[0][1]) == 81
    assert told.notices[0][1].endswith("…")


def test_without_a_tray_it_is_said_on_the_screen(qtbot: QtBot, desk: TextDesk, told: Told) -> None:
    told.in_tray = False
    desk.take(FRAME, "Region")
    qtbot.waitUntil(lambda: clipboard().text() != "before")
    qtbot.waitUntil(note().isVisible)
    assert note()._words.text() == "4 words are copied."
    assert not note().stop()


def test_where_no_window_can_be_placed_none_takes_the_keyboard(
    qtbot: QtBot, desk: TextDesk, told: Told, reader: ScriptedReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_desk, "can_be_placed", lambda: False)
    told.in_tray = False
    reader.go_on.clear()
    desk.take(FRAME, "Region")
    qtbot.wait(100)
    reader.go_on.set()
    qtbot.waitUntil(lambda: told.said == ["4 words are copied."])
    assert not [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, ReadingNote)]


def test_what_takes_long_says_how_far_it_is_and_a_click_stops_it(
    qtbot: QtBot, desk: TextDesk, told: Told, reader: ScriptedReader
) -> None:
    reader.go_on.clear()
    desk.take(FRAME, "Region")
    qtbot.waitUntil(lambda: any(isinstance(widget, ReadingNote) for widget in QApplication.topLevelWidgets()))
    qtbot.waitUntil(note().isVisible)
    qtbot.mouseClick(note(), Qt.MouseButton.LeftButton)
    assert not note().isVisible()
    assert not desk.stop()
    reader.go_on.set()
    qtbot.wait(50)
    assert (told.notices, told.errors, clipboard().text()) == ([], [], "before")


def test_the_same_key_stops_it(qtbot: QtBot, desk: TextDesk, told: Told, reader: ScriptedReader) -> None:
    reader.go_on.clear()
    desk.take(FRAME, "Region")
    assert desk.stop()
    assert not desk.stop()
    reader.go_on.set()
    qtbot.wait(50)
    assert clipboard().text() == "before"


def test_what_goes_wrong_is_told(qtbot: QtBot, desk: TextDesk, told: Told, reader: ScriptedReader) -> None:
    reader.error = HelperError(ErrorKind.WORKER, "It stopped.", "Try again.")
    desk.take(FRAME, "Region")
    qtbot.waitUntil(lambda: bool(told.errors))
    assert told.errors == [reader.error]
    assert clipboard().text() == "before"


def test_a_region_that_is_chosen_for_its_text_is_read_not_asked_about(
    qtbot: QtBot, picker: RegionPicker, capturer: PatternCapturer
) -> None:
    picked: list[str] = []
    picker.picked.connect(lambda _frame, name: picked.append(name))
    for mode in ("region", "screen", "repeat"):
        picker.open(mode, area_for="text")
        if mode == "region":
            (overlay,) = picker._overlays.values()
            qtbot.waitExposed(overlay)
            assert overlay.accessibleDescription().startswith("Drag over the text, or click a window.")
            with qtbot.waitSignal(picker.deed) as caught:
                drag(qtbot, overlay, (300, 200), (420, 290))
            deed, frame, name = caught.args
            assert (deed, frame.rect, name) == ("read", Rect(300, 200, 120, 90), "Region")
        assert not picker.is_open
    assert picked == []
    picker.open("screen")
    assert picked == ["Screen"]


def test_the_bar_of_a_region_that_will_be_read_says_so(qtbot: QtBot, picker: RegionPicker) -> None:
    picker.open(area_for="text")
    (overlay,) = picker._overlays.values()
    qtbot.waitExposed(overlay)
    overlay.hold(Rect(300, 200, 120, 90))
    (button,) = [one for one in overlay.findChildren(IconButton) if "Enter" in one.accessibleName()]
    assert button.accessibleName() == "Copy the text in it (Enter)"
    picker.cancel()


# --- in the window ---


@pytest.fixture
def chat(qtbot: QtBot, open_desk, reader: ScriptedReader) -> ChatDesk:
    made = open_desk()
    made.services.__dict__["text_reader"] = reader
    clipboard().setText("before")
    return made


def add_chip(chat: ChatDesk, *parts):
    chip = chat.composer.add_chip("page.png")
    chip.set_ready(parts)
    return chip


def test_a_chip_copies_the_text_of_all_its_pages(qtbot: QtBot, chat: ChatDesk, reader: ScriptedReader) -> None:
    chip = add_chip(chat, PAGE, FilePart(b"x", "text/plain", "x", "x"), PAGE)
    chip.setFocus()
    qtbot.keyClick(chip, Qt.Key.Key_C, COPY)
    qtbot.waitUntil(lambda: clipboard().text() == "Hello there\nold friend\n\nHello there\nold friend")
    qtbot.waitUntil(lambda: chat.composer._notice.text() == "8 words are copied.")
    assert reader.read_names == ["page.png", "page.png"]


def test_the_menu_of_a_chip(qtbot: QtBot, chat: ChatDesk) -> None:
    menu = add_chip(chat, PAGE).menu()
    copy, remove = (menu.actions()[at] for at in (-3, -1))
    assert (copy.text(), copy.isEnabled()) == ("Copy the text in it", True)
    copy.trigger()
    qtbot.waitUntil(lambda: clipboard().text().startswith("Hello"))
    remove.trigger()
    assert not chat.composer.has_content
    menu.close()


def test_a_file_and_a_video_offer_no_text_of_pictures(qtbot: QtBot, chat: ChatDesk) -> None:
    frame = ImagePart(picture(), "image/png", 64, 48, "0:01", 8, Moment("clip.mp4", 1.0, 2.0, 3))
    for parts in ((FilePart(b"x", "text/plain", "x", "x"),), (frame,)):
        menu = add_chip(chat, *parts).menu()
        assert "Copy the text in it" not in [action.text() for action in menu.actions()]
        menu.close()


def test_the_viewer_copies_text(qtbot: QtBot, chat: ChatDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MediaViewer, "raise_", lambda _self: None)  # this platform says that it cannot
    chat.chat._deeds._look_at(Message(Role.USER, (PAGE, TextPart("Why?"))), 0)
    viewer = chat.chat._deeds._viewer
    qtbot.waitUntil(lambda: viewer._part is not None)
    assert viewer._read.isVisible()
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_C, COPY)
    qtbot.waitUntil(lambda: viewer._size.full_text == "4 words are copied.")
    assert clipboard().text() == "Hello there\nold friend"
    viewer.close()


def test_a_viewer_that_is_closed_copies_nothing(
    qtbot: QtBot, chat: ChatDesk, reader: ScriptedReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MediaViewer, "raise_", lambda _self: None)
    chat.chat._deeds._look_at(Message(Role.USER, (PAGE, TextPart("Why?"))), 0)
    viewer = chat.chat._deeds._viewer
    qtbot.waitUntil(lambda: viewer._part is not None)
    reader.go_on.clear()
    viewer._read.click()
    qtbot.waitUntil(lambda: bool(reader.read_names))
    viewer.close()
    reader.go_on.set()
    qtbot.wait(50)
    assert clipboard().text() == "before"
