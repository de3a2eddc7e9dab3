"""Marking a passage of a text that is only read, by keys: it can be copied, and quoted in the next question.

There is no caret in such a text. Ctrl+Down and Ctrl+Up mark a paragraph, beginning with the first one in sight; Shift
and the arrows mark more of it or less.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QTextEdit

from desktop_helper.ui.scrolled_page import page_around

_MARGIN = 24  # pixels that stay in sight around the end of what is marked
_Move, _KEEP = QTextCursor.MoveOperation, QTextCursor.MoveMode.KeepAnchor
_FURTHER = {
    Qt.Key.Key_Left: (_Move.Left, _Move.WordLeft),
    Qt.Key.Key_Right: (_Move.Right, _Move.WordRight),
    Qt.Key.Key_Up: (_Move.Up, _Move.PreviousBlock),
    Qt.Key.Key_Down: (_Move.Down, _Move.NextBlock),
    Qt.Key.Key_Home: (_Move.StartOfLine, _Move.Start),
    Qt.Key.Key_End: (_Move.EndOfLine, _Move.End),
}
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


def mark(text: QTextEdit, event: QKeyEvent) -> bool:
    """Do what a key says, if it is one of these."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    key = Qt.Key(event.key())
    if modifiers == control and key in _STEPS:
        cursor = _paragraph(text, _STEPS[key])
    elif shift in modifiers and not modifiers & ~(shift | control) and key in _FURTHER:
        cursor = _marked(text) or QTextCursor(_first_in_sight(text))
        cursor.movePosition(_FURTHER[key][control in modifiers], _KEEP)
    else:
        return False
    text.setTextCursor(cursor)
    _show(text, cursor)
    return True


def _paragraph(text: QTextEdit, step: int) -> QTextCursor:
    """The next one with words in it, in this direction; the first in sight, if nothing is marked."""
    marked = _marked(text)
    if marked is None:
        block = _first_in_sight(text).block()
    else:
        at = text.document().findBlock(marked.selectionEnd() if step > 0 else marked.selectionStart())
        block = at.next() if step > 0 else at.previous()
    while block.isValid() and not block.text().strip():
        block = block.next() if step > 0 else block.previous()
    if not block.isValid():
        return text.textCursor()
    cursor = QTextCursor(block)
    cursor.movePosition(_Move.EndOfBlock, _KEEP)
    return cursor


def _marked(text: QTextEdit) -> QTextCursor | None:
    cursor = text.textCursor()
    return cursor if cursor.hasSelection() else None


def _first_in_sight(text: QTextEdit) -> QTextCursor:
    page = page_around(text)
    scrolled = 0 if page is None or page.scroller is None else page.scroller.verticalScrollBar().value()
    above = 0 if page is None else scrolled - text.mapTo(page, QPoint()).y()
    cursor = text.cursorForPosition(QPoint(0, max(0, above) + 1))
    cursor.movePosition(_Move.StartOfLine)
    return cursor


def _show(text: QTextEdit, cursor: QTextCursor) -> None:
    page = page_around(text)
    if page is not None and page.scroller is not None:
        place = text.mapTo(page, text.cursorRect(cursor).center())
        page.scroller.ensureVisible(0, place.y(), 0, _MARGIN)
