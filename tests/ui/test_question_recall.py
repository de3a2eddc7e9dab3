"""Up brings earlier questions back, Down what was being typed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication

from desktop_helper.core.messages import Message, Role, TextPart
from desktop_helper.ui.composer_edit import ComposerEdit
from desktop_helper.ui.question_recall import QuestionRecall

EARLIER = ["Third\nin two lines?", "Second?", "First?"]


@pytest.fixture
def edit(qtbot):
    made = ComposerEdit()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def recall(edit):
    return QuestionRecall(edit, lambda take: take(list(EARLIER)))


def keys(qtbot, edit, *wanted) -> list[str]:
    """Press keys; the text after each of them."""
    seen = []
    for key in wanted:
        qtbot.keyClick(edit, key)
        seen.append(edit.toPlainText())
    return seen


UP, DOWN = Qt.Key.Key_Up, Qt.Key.Key_Down


def test_up_goes_back_and_down_comes_back(qtbot, edit, recall):
    assert keys(qtbot, edit, UP, UP, UP, UP) == [*EARLIER, "First?"]
    assert keys(qtbot, edit, DOWN, DOWN, DOWN, DOWN) == ["Second?", "Third\nin two lines?", "", ""]


def test_what_was_being_typed_is_there_again_with_its_cursor(qtbot, edit, recall):
    qtbot.keyClicks(edit, "my own")
    qtbot.keyClick(edit, Qt.Key.Key_Left)
    assert keys(qtbot, edit, UP, UP, DOWN, DOWN)[-1] == "my own"
    qtbot.keyClicks(edit, "!")
    assert edit.toPlainText() == "my ow!n"


def test_in_a_text_of_several_lines_the_keys_move_the_cursor_first(qtbot, edit, recall):
    qtbot.keyClicks(edit, "one")
    qtbot.keyClick(edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(edit, "two")
    assert keys(qtbot, edit, UP) == ["one\ntwo"]
    assert edit.textCursor().blockNumber() == 0
    assert keys(qtbot, edit, UP) == [EARLIER[0]]
    qtbot.keyClick(edit, Qt.Key.Key_Left)  # from here on it is a text like any other
    assert keys(qtbot, edit, UP) == [EARLIER[0]]
    assert keys(qtbot, edit, UP) == ["Second?"]
    assert keys(qtbot, edit, DOWN, DOWN)[-1] == "one\ntwo"


def test_one_that_was_changed_is_a_question_of_its_own(qtbot, edit, recall):
    keys(qtbot, edit, UP, UP)
    qtbot.keyClicks(edit, " Really?")
    assert keys(qtbot, edit, DOWN) == ["Second? Really?"]
    assert keys(qtbot, edit, UP, DOWN) == [EARLIER[0], "Second? Really?"]


def test_undo_brings_back_what_was_there(qtbot, edit, recall):
    qtbot.keyClicks(edit, "my own")
    keys(qtbot, edit, UP)
    qtbot.keyClick(edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert edit.toPlainText() == "my own"


def test_keys_that_come_before_the_questions_are_not_lost(qtbot, edit):
    waiting: list = []
    recall = QuestionRecall(edit, waiting.append)
    assert recall.parent() is edit
    assert keys(qtbot, edit, UP, UP, UP, DOWN) == ["", "", "", ""]
    (take,) = waiting
    take(list(EARLIER))
    assert edit.toPlainText() == "Second?"


def test_questions_that_come_too_late_change_nothing(qtbot, edit):
    waiting: list = []
    QuestionRecall(edit, waiting.append)
    keys(qtbot, edit, UP)
    qtbot.keyClicks(edit, "typed on")
    waiting[0](list(EARLIER))
    assert edit.toPlainText() == "typed on"


def test_with_no_earlier_question_nothing_happens(qtbot, edit):
    QuestionRecall(edit, lambda take: take([]))
    qtbot.keyClicks(edit, "x")
    assert keys(qtbot, edit, UP, DOWN) == ["x", "x"]


def test_selecting_and_composing_keep_their_keys(qtbot, edit, recall):
    qtbot.keyClick(edit, UP, Qt.KeyboardModifier.ShiftModifier)
    assert edit.toPlainText() == ""
    QApplication.sendEvent(edit, QInputMethodEvent("ni", []))
    assert keys(qtbot, edit, UP) == [""]


def test_in_the_chat_they_are_those_of_the_history(qtbot, open_desk):
    desk = open_desk()
    history = desk.services.history
    for text in ("Old?", "New?", "Old?"):
        history.add_message(history.new_conversation(), Message(Role.USER, (TextPart(text),)))
    desk.composer.edit.setFocus()
    qtbot.keyClick(desk.composer.edit, UP)
    qtbot.waitUntil(lambda: desk.composer.edit.toPlainText() == "Old?", timeout=5000)
    assert keys(qtbot, desk.composer.edit, UP, DOWN, DOWN) == ["New?", "Old?", ""]
