"""Links of answers of the past, up to what the viewer shows of a place."""

from __future__ import annotations

import pymupdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from desktop_helper.attachments.pdf import HANDLER as PDF
from desktop_helper.core.messages import FilePart, MediaPart, Message, Role, TextPart
from desktop_helper.core.protocols import ConvertOptions
from desktop_helper.ui.media_viewer import MediaViewer
from desktop_helper.ui.theme import Theme
from tests.support.chat_desk import ChatDesk
from tests.ui.test_boxes import settle
from tests.ui.test_clip_links import links
from tests.ui.test_clips_shown import CLIP

ROWS = "\n".join(f"| {row} | {'long words ' * 9}{'x' * 90} | 😀 {row} | {row * 10} |" for row in range(2, 400))
SHEET = "## Sales\n\nSales!A1:C399: B number\n\n|  | A | B | C |\n| --- | --- | --- | --- |\n| 1 | a | b | c |\n" + ROWS
BOOK = FilePart(SHEET.encode(), "text/markdown", "book.xlsx", SHEET)
SLIDES = "\n\n".join(f"## Slide {number}: Part {number}\n\n" + "Words.\n\n" * 30 for number in range(1, 9))
DECK = FilePart(SLIDES.encode(), "text/markdown", "deck.pptx", SLIDES)


def manual() -> tuple[MediaPart, ...]:
    document = pymupdf.open()
    for number in range(1, 6):
        document.new_page(width=300, height=400).insert_text((40, 70), f"This is page {number}", fontsize=20)
    return PDF.convert(document.tobytes(), "manual.pdf", ConvertOptions())


@pytest.fixture
def desk(qtbot: QtBot, open_desk, monkeypatch: pytest.MonkeyPatch) -> ChatDesk:
    monkeypatch.setattr(MediaViewer, "raise_", lambda _self: None)  # this platform says that it cannot
    made: ChatDesk = open_desk()
    history = made.services.history
    conversation = history.new_conversation()
    history.add_message(conversation, Message(Role.USER, (*manual(), BOOK, DECK, TextPart("Where?"))))
    answer = "manual.pdf, page 4; Sales!B300:C302; slide 7; page 9"
    history.add_message(conversation, Message(Role.ASSISTANT, (TextPart(answer),)))
    made.chat._conversation.load(conversation)
    qtbot.waitUntil(lambda: len(made.answers) == 1 and len(links(made.answers[0])) == 3)
    return made


def follow(qtbot: QtBot, desk: ChatDesk, text: str) -> MediaViewer:
    (answer,) = desk.answers
    answer.link_activated.emit(links(answer)[text])
    viewer = desk.chat._deeds._viewer
    assert viewer is not None
    qtbot.waitUntil(lambda: viewer._part is not None)
    return viewer


@pytest.fixture
def far_below(qtbot: QtBot, open_desk, monkeypatch: pytest.MonkeyPatch) -> ChatDesk:
    """Its last answer is about a document and a video whose question has no view."""
    monkeypatch.setattr(MediaViewer, "raise_", lambda _self: None)
    desk: ChatDesk = open_desk()
    history = desk.services.history
    conversation = history.new_conversation()
    long = Message(Role.ASSISTANT, (TextPart("\n\n".join(["A line."] * 200)),))
    history.add_message(conversation, Message(Role.USER, (*manual(), *CLIP, TextPart("Where?"))))
    for _ in range(2):
        history.add_message(conversation, long)
        history.add_message(conversation, Message(Role.USER, (TextPart("And then?"),)))
    history.add_message(conversation, Message(Role.ASSISTANT, (TextPart("page 4; at 0:06; page 9"),)))
    desk.chat._conversation.load(conversation)
    qtbot.waitUntil(lambda: len(desk.answers) > 0)
    settle(qtbot, desk)
    assert desk.chat._conversation.transcript._above
    return desk


def test_what_was_sent_above_the_page_is_linked(qtbot: QtBot, far_below: ChatDesk) -> None:
    answer = far_below.answers[-1]
    qtbot.waitUntil(lambda: list(links(answer)) == ["page 4", "0:06"])
    assert links(answer)["0:06"] == "clip:6.000"


def test_what_was_sent_above_the_page_is_opened(qtbot: QtBot, far_below: ChatDesk) -> None:
    opened: list[list[str]] = []
    answer, messages = far_below.answers[-1], far_below.window.messages
    qtbot.waitUntil(lambda: len(links(answer)) == 2)
    messages.place_opened.connect(lambda media, place, _spot: opened.append([media[place].name, media[place + 1].name]))
    messages.media_opened.connect(lambda message, place: opened.append([message.media[place].name]))
    for address in links(answer).values():
        answer.link_activated.emit(address)
    assert opened == [["manual.pdf, page 4 of 5", "manual.pdf, page 5 of 5"], ["clip.mkv, 5.5"]]


def marked(viewer: MediaViewer) -> list[str]:
    found = [QTextCursor(extra.cursor) for extra in viewer.text.extraSelections()]
    assert all(viewer.text.viewport().rect().intersects(viewer.text.cursorRect(cursor)) for cursor in found)
    return [cursor.selectedText().strip() for cursor in found]


def test_a_page_opens_at_its_picture_with_the_others_a_key_away(qtbot: QtBot, desk: ChatDesk) -> None:
    viewer = follow(qtbot, desk, "page 4")
    assert viewer._part is not None
    assert viewer._part.name == "manual.pdf, page 4 of 5"
    assert not viewer._image.isNull()
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: viewer._part is not None and viewer._part.name == "manual.pdf, page 5 of 5")


def test_cells_are_marked_and_in_sight(qtbot: QtBot, desk: ChatDesk) -> None:
    viewer = follow(qtbot, desk, "Sales!B300:C302")
    assert marked(viewer) == [f"😀 {row} | {row}0" for row in (300, 301, 302)]


def test_a_slide_is_marked_and_in_sight_until_something_else_is_shown(qtbot: QtBot, desk: ChatDesk) -> None:
    viewer = follow(qtbot, desk, "slide 7")
    assert marked(viewer) == ["## Slide 7: Part 7"]
    Theme.current("dark")
    (mark,) = viewer.text.extraSelections()
    assert mark.format.background().color() == Theme.current().color("accent_soft")
    Theme.current("light")
    viewer._step(-1)
    qtbot.waitUntil(lambda: viewer._part is not None and viewer._part.name == "book.xlsx")
    assert viewer.text.extraSelections() == []
    assert viewer.text.textCursor().position() == 0
