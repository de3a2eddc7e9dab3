"""Messages that go take nothing else with them, whatever Tab has walked through before."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from tests.support.chat_desk import said

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def desk(open_desk, qtbot):
    desk = open_desk(said("One."), said("Two."))
    desk.window.activateWindow()
    qtbot.waitUntil(desk.window.isActiveWindow)
    desk.ask(qtbot)
    return desk


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, key, modifier)


def test_a_message_that_tab_went_through_can_be_deleted_and_the_window_goes_on(desk, qtbot):
    """The list's scroll bar was gone for Python, and the app crashed when the window took its other size."""
    messages = desk.window.messages
    lasting = messages.verticalScrollBar(), messages.viewport(), desk.window.composer.edit.viewport()
    desk.composer.edit.setFocus()
    press(Qt.Key.Key_Backtab, SHIFT)
    press(Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: not desk.answers)
    QApplication.sendPostedEvents(None, 52)  # DeferredDelete
    assert all(map(isValid, lasting))
    desk.window.size_requested.emit(True)
    desk.window.undo.undo()
    qtbot.waitUntil(lambda: len(desk.answers) == 1)
    desk.window.size_requested.emit(False)
    assert desk.ask(qtbot, "And?").markdown() == "Two."


def test_the_question_comes_last_and_its_buttons_as_they_stand(desk, qtbot):
    composer = desk.composer
    for name in ("a", "b"):
        composer.add_chip(name)
    composer.edit.setFocus()
    composer.edit.setPlainText("x")
    seen = []
    for _ in range(60):
        press(Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget())
        if seen[-1] is composer.edit:
            break
    inside = [composer.isAncestorOf(widget) for widget in seen]
    assert inside[: inside.index(False)] == [True] * inside.index(False), "what stands below the field"
    back = inside.index(True, inside.index(False))
    assert all(inside[back:])
    chips = [widget for widget in seen[back:] if widget in composer.chips]
    assert chips == list(composer.chips)
    row = [widget.mapTo(composer, widget.rect().topLeft()).x() for widget in seen[: inside.index(False)]]
    assert row == sorted(row)
