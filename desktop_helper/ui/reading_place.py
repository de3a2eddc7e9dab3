"""Keeps the reader's place: the line at the upper edge stays there when the text is laid out anew.

A wider or narrower window breaks the lines elsewhere, so the same scroll value would be another text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QTimer
from PySide6.QtGui import QResizeEvent, QTextCursor
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from desktop_helper.ui.document_view import DocumentView

if TYPE_CHECKING:
    from desktop_helper.ui.message_list import MessageList

SETTLE_MS = 150  # after the last change of the width; layouts finish one after the other


@dataclass(frozen=True, slots=True)
class _Anchor:
    """A spot in the conversation: a position in a text, or a part without text, and how far below the edge it is."""

    widget: QWidget
    position: int | None
    below: int


class ReadingPlace(QObject):
    """Watches a `MessageList`; whoever follows the end goes on following it."""

    def __init__(self, messages: MessageList) -> None:
        super().__init__(messages)
        self._messages, self._bar = messages, messages.verticalScrollBar()
        self._anchor: _Anchor | None = None
        self._value = -1  # where the anchor was put last
        self._settling = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settling.timeout.connect(self._restore)
        messages.viewport().installEventFilter(self)
        self._bar.rangeChanged.connect(self._on_range)

    def go_to(self, widget: QWidget, position: int | None, below: int) -> None:
        """Bring a spot to `below` pixels under the upper edge, and keep it there until the layout has settled."""
        self._anchor = _Anchor(widget, position, below)
        self._settling.start()
        self._restore()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Look before the list itself hears of its new width: everything is still where it was."""
        if isinstance(event, QResizeEvent) and event.oldSize().width() != event.size().width():
            self._remember()
        return False

    def _remember(self) -> None:
        untouched = self._anchor is not None and self._bar.value() == self._value
        if not self._settling.isActive() and not untouched:
            self._anchor = None if self._messages.following else self._at_the_edge()
        self._settling.start()

    def _on_range(self) -> None:
        if self._settling.isActive():
            self._restore()

    def _restore(self) -> None:
        anchor = self._anchor
        if anchor is None or not isValid(anchor.widget):
            self._anchor = None
            return
        self._bar.setValue(self._top_of(anchor.widget, anchor.position) - anchor.below)
        self._value = self._bar.value()

    def _at_the_edge(self) -> _Anchor | None:
        edge = self._bar.value()
        for view in self._messages.messages():
            if self._top_of(view, None) + view.height() <= edge:
                continue
            for text in view.findChildren(DocumentView):
                top = self._top_of(text, None)
                if text.isVisible() and top <= edge < top + text.height():
                    position = text.cursorForPosition(QPoint(1, edge - top)).position()
                    return _Anchor(text, position, self._top_of(text, position) - edge)
            return _Anchor(view, None, self._top_of(view, None) - edge)
        return None

    def _top_of(self, widget: QWidget, position: int | None) -> int:
        """Where it is on the page of the list."""
        top = widget.mapTo(self._messages.viewport(), QPoint(0, 0)).y() + self._bar.value()
        if position is None or not isinstance(widget, DocumentView):
            return top
        cursor = QTextCursor(widget.document())
        cursor.setPosition(min(position, widget.document().characterCount() - 1))
        return top + widget.cursorRect(cursor).top()
