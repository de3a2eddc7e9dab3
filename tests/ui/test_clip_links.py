"""Moments in an answer about a video lead to its frames."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from desktop_helper.core.messages import Message, Role, TextPart
from desktop_helper.ui.answer_view import AnswerView
from desktop_helper.ui.link_dialog import LinkDialog
from desktop_helper.ui.message_list import MessageList
from desktop_helper.ui.theme import Theme
from tests.ui.test_clips_shown import CLIP

WORDS = "At **0:06** it opens, at `0:40` it closes; at 9:40 we had lunch. [0:05](https://example.org)"


@pytest.fixture
def messages(qtbot: QtBot) -> MessageList:
    Theme.current("light")
    made = MessageList()
    qtbot.addWidget(made)
    made.resize(500, 500)
    made.show()
    return made


def question(*, clip: bool) -> Message:
    return Message(Role.USER, (*(CLIP if clip else ()), TextPart("What happens?")))


def answered(messages: MessageList, words: str = WORDS) -> AnswerView:
    view = messages.add_answer("GLM")
    view.append_text(words)
    view.finish()
    return view


def links(view: AnswerView) -> dict[str, str]:
    """Text of each link, and where it leads."""
    found = {}
    block = view.text_view.document().begin()
    while block.isValid():
        each = block.begin()
        while not each.atEnd():
            fragment = each.fragment()
            if fragment.charFormat().isAnchor():
                found[fragment.text()] = fragment.charFormat().anchorHref()
            each += 1
        block = block.next()
    return found


WEB = {"0:05": "https://example.org"}


def test_moments_of_a_video_are_links_and_others_are_not(qtbot: QtBot, messages: MessageList) -> None:
    messages.add_user(question(clip=True))
    view = answered(messages)
    wanted = {"0:06": "clip:6.000", "0:40": "clip:40.000"} | WEB
    qtbot.waitUntil(lambda: links(view) == wanted)
    Theme.current("dark")  # writes the text again
    qtbot.waitUntil(lambda: links(view) == wanted)
    messages.add_user(question(clip=False))
    later = answered(messages)
    qtbot.waitUntil(lambda: links(later) == wanted)
    assert view.markdown() == WORDS


def test_signs_that_take_two_places_shift_no_link(qtbot: QtBot, messages: MessageList) -> None:
    messages.add_user(question(clip=True))
    view = answered(messages, "🎬🎬 At 0:06 it opens.")
    qtbot.waitUntil(lambda: list(links(view)) == ["0:06"])


def test_without_a_video_a_time_is_only_a_time(qtbot: QtBot, messages: MessageList) -> None:
    messages.add_user(question(clip=False))
    view = answered(messages)
    qtbot.wait(10)
    assert links(view) == WEB


def test_an_answer_of_the_past_that_is_there_before_its_question(qtbot: QtBot, messages: MessageList) -> None:
    view = messages.add_answer("GLM", 0)
    view.append_text(WORDS)
    view.finish()
    qtbot.wait(10)
    messages.add_user(question(clip=True), 0)
    qtbot.waitUntil(lambda: "0:06" in links(view))


def test_a_link_opens_the_frame(qtbot: QtBot, messages: MessageList) -> None:
    messages.add_user(question(clip=True))
    view = answered(messages)
    qtbot.waitUntil(lambda: "0:06" in links(view))
    opened: list[tuple[Message, int]] = []
    messages.media_opened.connect(lambda message, place: opened.append((message, place)))
    cursor = QTextCursor(view.text_view.document().find("0:06"))
    spot = view.text_view.cursorRect(QTextCursor(cursor)).center()
    spot.setX(spot.x() - 8)
    qtbot.mouseClick(view.text_view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert [(message.media[place].name, place) for message, place in opened] == [("clip.mkv, 5.5", 2)]


def test_a_moment_that_was_not_sent_is_said_with_the_one_that_is_shown(qtbot: QtBot, messages: MessageList) -> None:
    messages.add_user(question(clip=True))
    view = answered(messages)
    missed: list[tuple[float, float]] = []
    messages.moment_missed.connect(lambda asked, shown: missed.append((asked, shown)))
    view.link_activated.emit("clip:6.000")
    assert missed == []
    view.link_activated.emit("clip:20.000")
    assert missed == [(20.0, 5.5)]


def test_what_the_model_makes_up_leads_nowhere(qtbot: QtBot, messages: MessageList) -> None:
    messages.add_user(question(clip=False))
    view = answered(messages, "[x](clip:5) [y](clip:nan)")
    opened: list[int] = []
    messages.media_opened.connect(lambda _message, place: opened.append(place))
    for address in ("clip:5", "clip:nan", "clip:"):
        view.link_activated.emit(address)
    assert opened == []
    assert not [window for window in messages.findChildren(LinkDialog) if window.isVisible()]
