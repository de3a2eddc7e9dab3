"""Places in documents that an answer speaks of lead into the viewer."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_helper.core.messages import FilePart, ImagePart, MediaPart, Message, Role, TextPart
from desktop_helper.ui.answer_view import AnswerView
from desktop_helper.ui.message_list import MessageList
from desktop_helper.ui.theme import Theme
from tests.ui.test_clip_links import links

MANUAL = tuple(
    ImagePart(b"%d" % number, "image/png", 28, 28, f"manual.pdf, page {number} of 12", 8) for number in range(1, 13)
)
TABLE = "|  | A | B |\n| --- | --- | --- |\n| 1 | a | b |\n| 2 | c | 5 |\n| 3 | d | 7 |"
SHEET = f"## Sales\n\nSales!A1:B3: B number\n\n{TABLE}"
BOOK = FilePart(SHEET.encode(), "text/markdown", "book.xlsx", SHEET)


@pytest.fixture
def messages(qtbot: QtBot) -> MessageList:
    Theme.current("light")
    made = MessageList()
    qtbot.addWidget(made)
    made.resize(500, 500)
    made.show()
    return made


def asked(messages: MessageList, *media: MediaPart, at: int | None = None) -> Message:
    message = Message(Role.USER, (*media, TextPart("Where?")))
    messages.add_user(message, at)
    return message


def answered(messages: MessageList, words: str, at: int | None = None) -> AnswerView:
    view = messages.add_answer("GLM", at)
    view.append_text(words)
    view.finish()
    return view


def shown(view: AnswerView) -> list[str]:
    return list(links(view))


def opened_by(messages: MessageList) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    messages.place_opened.connect(lambda media, place, spot: found.append((media[place].name, spot.area)))
    return found


def test_pages_that_were_sent_are_links(qtbot: QtBot, messages: MessageList) -> None:
    asked(messages, *MANUAL)
    words = "It is on **page 3** (😀 p. 12), not on page 13. `page 4` counts, `x = page 5` does not.\n\n- 第 7 页"
    view = answered(
        messages, f"{words}\n\n```\nsee page 6\n```\n\n[page 8](https://example.org)\n\n| page 9 |\n| --- |\n| p. 2 |"
    )
    wanted = ["page 3", "p. 12", "page 4", "第 7 页", "page 8", "page 9", "p. 2"]
    qtbot.waitUntil(lambda: shown(view) == wanted)
    Theme.current("dark")  # writes the text again
    qtbot.waitUntil(lambda: shown(view) == wanted)
    assert links(view)["page 8"] == "https://example.org"
    later = answered(messages, "And page 4")
    qtbot.waitUntil(lambda: shown(later) == ["page 4"])


def test_an_answer_speaks_of_what_was_sent_before_it(qtbot: QtBot, messages: MessageList) -> None:
    asked(messages)
    view = answered(messages, "page 3")
    asked(messages, *MANUAL)
    later = answered(messages, "page 3")
    qtbot.waitUntil(lambda: shown(later) == ["page 3"])
    assert shown(view) == []


def test_a_link_opens_the_page_with_the_mouse_and_the_keyboard(qtbot: QtBot, messages: MessageList) -> None:
    asked(messages, *MANUAL)
    view = answered(messages, "See page 3 and page 11.")
    qtbot.waitUntil(lambda: len(shown(view)) == 2)
    opened, text = opened_by(messages), view.text_view
    cursor = text.document().find("page 3")
    spot = text.cursorRect(cursor).center()
    spot.setX(spot.x() - 8)
    qtbot.mouseMove(text.viewport(), spot)
    qtbot.mouseClick(text.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert opened == [("manual.pdf, page 3 of 12", None)]
    text.setFocus()
    QTest.keyClick(text, Qt.Key.Key_Tab)  # from the one that was clicked
    QTest.keyClick(text, Qt.Key.Key_Return)
    assert opened[1:] == [("manual.pdf, page 11 of 12", None)]


def test_what_is_above_may_come_later(qtbot: QtBot, messages: MessageList) -> None:
    view = answered(messages, "page 3", 0)
    qtbot.wait(10)
    assert shown(view) == []
    asked(messages, *MANUAL, at=0)
    qtbot.waitUntil(lambda: shown(view) == ["page 3"])
    other = [ImagePart(b"o", "image/png", 28, 28, "other.pdf, page 3 of 5", 8)]
    asked(messages, *other, at=0)
    qtbot.waitUntil(lambda: shown(view) == [], timeout=2000)


def test_pages_that_were_chosen_for_the_question_are_those_that_count(qtbot: QtBot, messages: MessageList) -> None:
    message = Message(Role.USER, (*MANUAL[:3], TextPart("Where?")))
    question = messages.add_user(message)
    opened: list[str] = []
    messages.media_opened.connect(lambda said, place: opened.append(said.media[place].name))
    view = answered(messages, "page 2, page 9")
    qtbot.waitUntil(lambda: shown(view) == ["page 2"])
    question.show_media_of(Message(Role.USER, (*MANUAL[8:10], TextPart("Where?"))))
    qtbot.waitUntil(lambda: shown(view) == ["page 9"])
    question.media_opened.emit(0)
    assert opened == ["manual.pdf, page 9 of 12"]


def test_cells_open_their_sheet(qtbot: QtBot, messages: MessageList) -> None:
    asked(messages, BOOK)
    view = answered(messages, "Sales!B2:B3 and `B2:B9` and B1:B2")
    qtbot.waitUntil(lambda: shown(view) == ["Sales!B2:B3", "B1:B2"])
    opened = opened_by(messages)
    view.link_activated.emit(links(view)["B1:B2"])
    ((name, area),) = opened
    assert (name, str(area)) == ("book.xlsx", "Area(left=2, top=1, right=2, bottom=2)")


def test_what_the_model_makes_up_leads_nowhere(qtbot: QtBot, messages: MessageList) -> None:
    asked(messages, *MANUAL)
    view = answered(messages, "page 3 [x](place-0:0) [y](place:0)")
    qtbot.waitUntil(lambda: "page 3" in shown(view))
    opened = opened_by(messages)
    for address in ("place-0:0", "place:0", "0", links(view)["page 3"] + "9"):
        view.link_activated.emit(address)
    assert opened == []


def test_nothing_is_looked_for_while_the_answer_comes(qtbot: QtBot, messages: MessageList, monkeypatch) -> None:
    asked(messages, *MANUAL)
    view = messages.add_answer("GLM")
    qtbot.wait(10)
    calls: list[object] = []
    monkeypatch.setattr("desktop_helper.ui.place_links.link_places", lambda *_given: calls.append(_given) or [])
    for number in range(50):
        view.append_text(f"See page {number % 12}. ")
    assert calls == []
    view.finish()
    qtbot.waitUntil(lambda: len(calls) == 1)
