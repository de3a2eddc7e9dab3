"""Enter on a button: Qt leaves it to Space, and to the default button of dialogs, which our windows are not."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QWidget


def pressed_button(window: QWidget, event: QKeyEvent) -> QAbstractButton | None:
    """The button of `window` that Enter is meant for, if it is Enter.

    For the window's `keyPressEvent`: it gets what the button itself does not want.
    """
    if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or event.isAutoRepeat():
        return None
    if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
        return None
    button = window.focusWidget()
    if not isinstance(button, QAbstractButton) or isinstance(button, QCheckBox) or not button.isEnabled():
        return None
    return button
