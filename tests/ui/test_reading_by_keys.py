"""A conversation is read, marked and quoted without the mouse, wherever the keyboard is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop_helper.ui.answer_view import AnswerView
from desktop_helper.ui.focus_ring import FocusRing
from desktop_helper.ui.keyboard_marking import _first_in_sight
from tests.support.chat_desk import said

LONG = "\n\n".join(f"Paragraph {number}. " + "Words that fill a line or two of it. " * 4 for number in range(40))


@pytest.fixture
def desk(open_desk, qtbot):
    """A long answer has just come; the keyboard is in the question."""
    desk = open_desk(said(LONG))
    desk.window.resize(460, 600)
    desk.window.activateWindow()
    qtbot.waitUntil(desk.window.isActiveWindow)
    desk.ask(qtbot)
    bar = desk.window.messages.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 1000 and bar.value() == bar.maximum())
    return desk


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """As a keyboard does: the widget with the focus has it first."""
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, key, modifier)


def ring_of(desk) -> FocusRing:
    (ring,) = desk.window.messages.findChildren(FocusRing)
    return ring


def go_into(desk) -> AnswerView:
    view = desk.answers[-1]
    view.text_view.setFocus(Qt.FocusReason.TabFocusReason)
    return view


@pytest.mark.parametrize("draft", ["", "Half a question"])
def test_page_keys_scroll_the_conversation_while_a_question_is_typed(desk, draft):
    bar, edit = desk.window.messages.verticalScrollBar(), desk.composer.edit
    edit.setPlainText(draft)
    edit.setFocus()
    press(Qt.Key.Key_PageUp)
    above = bar.value()
    assert bar.maximum() - above == bar.pageStep()
    assert not desk.window.messages.following
    press(Qt.Key.Key_PageDown)
    assert bar.value() == bar.maximum()
    assert (edit.hasFocus(), edit.toPlainText()) == (True, draft)


@pytest.mark.parametrize("draft", ["", "Half a question", "One\ntwo\nthree"])
def test_with_shift_they_mark_the_question_and_never_scroll(desk, draft):
    bar, edit = desk.window.messages.verticalScrollBar(), desk.composer.edit
    edit.setPlainText(draft)
    edit.setFocus()
    cursor = edit.textCursor()
    cursor.setPosition(len(draft) // 2)
    edit.setTextCursor(cursor)
    for key, rest in ((Qt.Key.Key_PageUp, draft[: len(draft) // 2]), (Qt.Key.Key_PageDown, draft[len(draft) // 2 :])):
        for _ in range(3):  # at the end of the text nothing is left to be done
            press(key, Qt.KeyboardModifier.ShiftModifier)
        assert edit.textCursor().selectedText().replace("\u2029", "\n") == rest
        assert bar.value() == bar.maximum()
    go_into(desk)
    press(Qt.Key.Key_PageUp, Qt.KeyboardModifier.ShiftModifier)
    assert bar.value() == bar.maximum()


def test_a_long_question_is_marked_page_by_page(desk):
    edit = desk.composer.edit
    edit.setPlainText("\n".join("line" for _ in range(40)))
    edit.setFocus()
    QApplication.processEvents()
    press(Qt.Key.Key_PageDown, Qt.KeyboardModifier.ShiftModifier)
    assert 0 < edit.textCursor().selectedText().count("\u2029") < 20
    for _ in range(12):
        press(Qt.Key.Key_PageDown, Qt.KeyboardModifier.ShiftModifier)
    assert len(edit.textCursor().selectedText()) == len(edit.toPlainText())


def test_page_keys_belong_to_a_question_that_is_too_long_to_be_seen(desk):
    bar, edit = desk.window.messages.verticalScrollBar(), desk.composer.edit
    edit.setPlainText("\n".join("line" for _ in range(40)))
    edit.setFocus()
    QApplication.processEvents()
    press(Qt.Key.Key_PageDown)
    assert edit.textCursor().blockNumber() > 0
    assert bar.value() == bar.maximum()


def test_keys_scroll_while_the_keyboard_is_in_an_answer(desk):
    bar = desk.window.messages.verticalScrollBar()
    go_into(desk)
    for key, expected in (
        (Qt.Key.Key_Home, lambda: bar.value() == 0),
        (Qt.Key.Key_Down, lambda: bar.value() == bar.singleStep()),
        (Qt.Key.Key_PageDown, lambda: bar.value() == bar.singleStep() + bar.pageStep()),
        (Qt.Key.Key_PageUp, lambda: bar.value() == bar.singleStep()),
        (Qt.Key.Key_Up, lambda: bar.value() == 0),
        (Qt.Key.Key_End, lambda: bar.value() == bar.maximum()),
    ):
        press(key)
        assert expected(), key


def test_a_paragraph_in_sight_is_marked_and_quoted(desk):
    view = go_into(desk)
    press(Qt.Key.Key_Home)
    press(Qt.Key.Key_PageDown)
    in_sight = _first_in_sight(view.text_view).block().text()
    assert in_sight.startswith("Paragraph ")
    press(Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert view.selection() == in_sight.rstrip()
    press(Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    second = view.selection()
    assert second.startswith(f"Paragraph {int(in_sight.split()[1][:-1]) + 1}. ")
    press(Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert view.selection() == in_sight.rstrip()
    QTest.keyClick(desk.window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert desk.composer.edit.toPlainText().startswith(f"> {in_sight.rstrip()}")
    assert desk.composer.edit.hasFocus()


def test_shift_marks_more_and_less(desk):
    view = go_into(desk)
    press(Qt.Key.Key_Home)
    shift, both = (
        Qt.KeyboardModifier.ShiftModifier,
        Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier,
    )
    press(Qt.Key.Key_Right, both)
    assert view.selection() == "Paragraph "
    press(Qt.Key.Key_Right, shift)
    assert view.selection() == "Paragraph 0"
    press(Qt.Key.Key_Left, shift)
    assert view.selection() == "Paragraph "
    press(Qt.Key.Key_End, both)
    assert view.selection().rstrip().endswith("of it.")
    assert len(view.selection()) > 4000
    bar = desk.window.messages.verticalScrollBar()
    assert bar.value() > bar.maximum() - 200  # the end of what is marked is in sight


def test_marking_stops_at_the_ends(desk):
    view = go_into(desk)
    press(Qt.Key.Key_Home)
    for _ in range(45):
        press(Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert view.selection().startswith("Paragraph 39.")
    for _ in range(45):
        press(Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert view.selection().startswith("Paragraph 0.")


def place_in(desk, widget: QWidget) -> QRect:
    return QRect(widget.mapTo(desk.window, QPoint()), widget.size())


def test_the_ring_goes_around_the_text_and_not_through_it(desk):
    text, ring = go_into(desk).text_view, ring_of(desk)
    assert ring.isVisible()
    assert place_in(desk, ring).adjusted(4, 4, -4, -4).contains(place_in(desk, text))
    desk.window.resize(520, 640)
    QApplication.processEvents()
    assert place_in(desk, ring).adjusted(4, 4, -4, -4).contains(place_in(desk, text))
    desk.composer.edit.setFocus()
    assert not ring.isVisible()


def test_who_selects_with_the_mouse_sees_no_ring(desk):
    desk.answers[-1].text_view.setFocus(Qt.FocusReason.MouseFocusReason)
    assert not ring_of(desk).isVisible()


def test_a_question_is_ringed_inside_its_bubble(desk):
    question = desk.window.messages.messages()[0]
    question.text_view.setFocus(Qt.FocusReason.TabFocusReason)
    assert ring_of(desk).isVisible()
    assert place_in(desk, question._bubble).contains(place_in(desk, ring_of(desk)))


def test_the_ring_goes_with_the_message_that_has_it(desk, qtbot):
    go_into(desk)
    press(Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: not desk.answers)
    assert not ring_of(desk).isVisible()
