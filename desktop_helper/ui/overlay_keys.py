"""Which keys the overlay listens to, and what the mouse looks like over a region that is held."""

from __future__ import annotations

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from desktop_helper.ui.overlay_adjust import MOVE, Grip

ARROWS: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
# Deeds that need no answer of a model, with what Enter would take.
DEEDS = {"Ctrl+C": "copy", "Ctrl+Shift+C": "read", "Ctrl+S": "save", "P": "pin"}
DELAYS_S = {"3": 3, "5": 5, "0": 10}

_SHAPES: dict[Grip | None, Qt.CursorShape] = {
    None: Qt.CursorShape.CrossCursor,
    MOVE: Qt.CursorShape.SizeAllCursor,
    (-1, 0): Qt.CursorShape.SizeHorCursor,
    (1, 0): Qt.CursorShape.SizeHorCursor,
    (0, -1): Qt.CursorShape.SizeVerCursor,
    (0, 1): Qt.CursorShape.SizeVerCursor,
    (-1, -1): Qt.CursorShape.SizeFDiagCursor,
    (1, 1): Qt.CursorShape.SizeFDiagCursor,
    (-1, 1): Qt.CursorShape.SizeBDiagCursor,
    (1, -1): Qt.CursorShape.SizeBDiagCursor,
}


def chord(event: QKeyEvent) -> str:
    """The keys in Qt's own spelling; those of the number block are the usual ones."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    key = Qt.Key.Key_Return if event.key() == Qt.Key.Key_Enter else Qt.Key(event.key())
    return QKeySequence(QKeyCombination(modifiers, key)).toString()


def show_grip(window: QWidget, grip: Grip | None) -> None:
    """The mouse says what it would take hold of."""
    if window.cursor().shape() != _SHAPES[grip]:
        window.setCursor(_SHAPES[grip])
