"""What is read stays where it is, whatever happens around it at the same time."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QAbstractButton

from desktop_helper.core.messages import Message, Role, TextPart
from desktop_helper.ui.answer_view import AnswerView
from desktop_helper.ui.message_list import MessageList

LONG = "\n\n".join(f"Paragraph {number}. " + "Words that fill a line or two of it. " * 6 for number in range(40))
THOUGHTS = "\n\n".join(f"Thought {number}." for number in range(40))
SETTLED_MS = 50


@pytest.fixture
def messages(qtbot):
    messages = MessageList()
    qtbot.addWidget(messages)
    messages.resize(600, 500)
    messages.show()
    return messages


@pytest.fixture
def reading(messages, qtbot):
    """The reader is in the middle of an answer with reasoning."""
    view = answer(messages, LONG, THOUGHTS)
    bar = messages.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 1000)
    bar.setValue(bar.maximum() // 2)
    return view


def answer(messages, text: str, thoughts: str = "", at: int | None = None) -> AnswerView:
    view = messages.add_answer("GLM", at)
    if thoughts:
        view.append_thinking(thoughts)
    view.append_text(text)
    view.finish()
    return view


def line_of(view: AnswerView, words: str) -> QTextCursor:
    return view.text_view.document().find(words)


def top_of(messages: MessageList, view: AnswerView, cursor: QTextCursor) -> int:
    text = view.text_view
    return text.mapTo(messages.viewport(), text.cursorRect(cursor).topLeft()).y()


def at_the_edge(messages: MessageList, view: AnswerView) -> QTextCursor:
    text = view.text_view
    return text.cursorForPosition(text.mapFrom(messages.viewport(), QPoint(0, 0)) + QPoint(1, 1))


def test_earlier_messages_come_while_the_window_becomes_narrower(messages, reading, qtbot):
    line = at_the_edge(messages, reading)
    before = top_of(messages, reading, line)
    messages.resize(420, 500)
    messages.place.keep()
    answer(messages, LONG, at=0)
    messages.lay_out()
    messages.resize(500, 480)
    qtbot.wait(SETTLED_MS)
    assert abs(top_of(messages, reading, line) - before) <= 1
    assert not messages.following


def test_a_place_that_was_gone_to_stays_while_earlier_messages_come(messages, reading, qtbot):
    line = line_of(reading, "Paragraph 7.")
    messages.place.go_to(reading.text_view, 30, line.selectionStart())
    qtbot.wait(SETTLED_MS)
    line.setPosition(line.selectionStart())
    assert abs(top_of(messages, reading, line) - 30) <= 1
    messages.place.keep()
    answer(messages, LONG, at=0)
    qtbot.wait(SETTLED_MS)
    assert abs(top_of(messages, reading, line) - 30) <= 1


def test_who_scrolls_meanwhile_goes_where_they_want(messages, reading, qtbot):
    messages.place.go_to(reading.text_view, 30, 0)
    bar = messages.verticalScrollBar()
    bar.setValue(700)
    line = at_the_edge(messages, reading)
    before = top_of(messages, reading, line)
    messages.resize(420, 500)
    qtbot.wait(SETTLED_MS)
    assert abs(top_of(messages, reading, line) - before) <= 1


def test_reasoning_opens_below_the_line_that_was_clicked(messages, reading, qtbot):
    """What is read below it moves: the reader looks at what opens."""
    header = next(one for one in reading.findChildren(QAbstractButton) if one.isVisible() and one.isCheckable())
    messages.place.go_to(reading.text_view, header.height() + 60, 0)
    qtbot.wait(SETTLED_MS)
    before = header.mapTo(messages.viewport(), QPoint()).y()
    assert before >= 0
    qtbot.mouseClick(header, Qt.MouseButton.LeftButton)
    qtbot.wait(SETTLED_MS)
    assert header.mapTo(messages.viewport(), QPoint()).y() == before
    assert reading.text_view.mapTo(messages.viewport(), QPoint()).y() > before + 300


def test_less_below_leaves_the_place_and_does_not_follow(messages, reading, qtbot):
    bar = messages.verticalScrollBar()
    last = answer(messages, LONG)
    qtbot.waitUntil(lambda: bar.maximum() > 3000)
    bar.setValue(last.y() + 600)
    assert not messages.following
    messages.remove(last)
    qtbot.waitUntil(lambda: bar.value() == bar.maximum())
    messages.add_answer("GLM").append_text(LONG)
    value = bar.value()
    qtbot.waitUntil(lambda: bar.maximum() > value + 1000)
    assert bar.value() == value
    assert not messages.following


def test_the_end_is_followed_whatever_the_width(messages, qtbot):
    messages.add_user(Message(Role.USER, (TextPart("Why?"),)))
    answer(messages, LONG)
    bar = messages.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 1000)
    for width in (420, 700, 500):
        messages.resize(width, 500)
        qtbot.wait(SETTLED_MS)
        assert bar.value() == bar.maximum() > 0
        assert messages.following
