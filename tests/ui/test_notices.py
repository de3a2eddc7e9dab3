"""What is said above the text of a question leaves room for the rest of the window."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QEvent, QObject

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import set_language
from desktop_helper.core.messages import NOTE_MIME, FilePart
from desktop_helper.ui.chat_window import ChatWindow
from desktop_helper.ui.notices import MAX_SHARE
from desktop_helper.ui.theme import Theme

NAMES = ("broken.docx", "film.mp4", "large.png", "locked.pdf", "manual.txt", "orders.xlsx", "project", "report.pdf")


@pytest.fixture
def window(qtbot):
    Theme.current("light")
    made = ChatWindow(on_taskbar=True)
    qtbot.addWidget(made)
    made.resize(520, 760)
    made.show()
    qtbot.waitExposed(made)
    yield made
    set_language("en")
    Theme.current().apply("light")


def refuse(window, count: int) -> None:
    for name in NAMES[:count]:
        why = f"{name} is damaged and cannot be read to its end."
        window.composer.add_chip(name).set_failed(HelperError(ErrorKind.SOURCE, why, "Save it again, and attach that."))


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_it_is_whole_and_takes_no_more_than_its_share(qtbot, window, language, scale):
    set_language(language)
    Theme.current().apply("light", scale)
    refuse(window, 6)
    notice = window.composer._notice
    qtbot.waitUntil(lambda: notice.height() >= notice.heightForWidth(notice.width()))
    lines = notice.text().splitlines()
    assert notice.height() <= window.height() * MAX_SHARE + 4 or len(lines) == 2
    assert lines[0].startswith("broken.docx is damaged")
    assert str(6 - len(lines) + 1) in lines[-1], "the others are counted"


def test_a_lower_window_has_room_for_fewer(qtbot, window):
    Theme.current().apply("light", 1.5)
    window.resize(520, 1200)
    refuse(window, 4)
    notice = window.composer._notice
    qtbot.waitUntil(lambda: len(notice.text().splitlines()) == 4)
    window.resize(520, 700)
    qtbot.waitUntil(lambda: "And 3 more" in notice.text() or "And 2 more" in notice.text())
    window.resize(520, 1200)
    qtbot.waitUntil(lambda: len(notice.text().splitlines()) == 4)


def test_one_long_sentence_is_never_cut(qtbot, window):
    Theme.current().apply("light", 2.0)
    words = "The server said something that takes many words to be told. " * 5
    window.composer.show_error(HelperError(ErrorKind.NETWORK, words.strip()))
    notice = window.composer._notice
    qtbot.waitUntil(lambda: notice.height() >= notice.heightForWidth(notice.width()))
    assert notice.text() == words.strip()


def test_a_note_stands_beside_what_was_left_out(window):
    words = "big.pdf has 900 pages; only the first 20 are attached."
    window.composer.add_chip("big.pdf").set_ready((FilePart(words.encode(), NOTE_MIME, "big.pdf", words),))
    window.composer.show_note("8 words are copied.")
    assert window.composer._notice.text().splitlines() == [words, "8 words are copied."]


class Painted(QObject):
    """Looks at each picture of the composer that is painted."""

    def __init__(self, composer) -> None:
        super().__init__()
        self.composer, self.count, self.overlapping = composer, 0, 0
        composer.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            above = [self.composer._shelf, self.composer._notice, self.composer.edit]
            seen = [one.geometry() for one in above if one.isVisible()]
            self.count += 1
            self.overlapping += any(a.bottom() >= b.top() for a, b in itertools.pairwise(seen))
            self.overlapping += self.composer.height() < self.composer.minimumSizeHint().height()
        return False


def test_nothing_is_painted_over_the_text_while_attachments_come(qtbot, window):
    qtbot.wait(100)
    painted = Painted(window.composer)
    chips = [window.composer.add_chip(name) for name in NAMES]
    qtbot.wait(100)
    for chip in chips[:4]:
        chip.set_failed(HelperError(ErrorKind.SOURCE, f"{chip.name} is damaged and cannot be read to its end."))
        qtbot.wait(50)
    for chip in chips:
        chip.removed.emit()
        qtbot.wait(20)
    assert painted.count > 5
    assert painted.overlapping == 0
