"""Keeps the reader's place: the end, while that is followed, or what is in sight, when anything is laid out anew.

A wider or narrower window breaks the lines elsewhere, and messages come and go above, so the same scroll value would be
another text. Nothing else scrolls a conversation but the reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtGui import QResizeEvent, QTextCursor
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from desktop_helper.ui.document_view import DocumentView

if TYPE_CHECKING:
    from desktop_helper.ui.message_list import MessageList

NEAR_END_PX = 24
_LAID_OUT = (QEvent.Type.LayoutRequest, QEvent.Type.Resize)


@dataclass(frozen=True, slots=True)
class _Anchor:
    """A spot in the conversation: a position in a text, or a part without text, and how far below the edge it is."""

    widget: QWidget
    position: int | None
    below: int


class ReadingPlace(QObject):
    """Watches a `MessageList` and the page in it that holds the messages."""

    def __init__(self, messages: MessageList, page: QWidget) -> None:
        super().__init__(messages)
        self._messages, self._page, self._bar = messages, page, messages.verticalScrollBar()
        self._following = True
        self._moving = False
        self._anchor: _Anchor | None = None  # stays where it is until the reader scrolls
        messages.viewport().installEventFilter(self)
        page.installEventFilter(self)
        self._bar.valueChanged.connect(self._on_scrolled)
        self._bar.rangeChanged.connect(self._on_range)

    @property
    def following(self) -> bool:
        """Whether new text keeps the end in sight."""
        return self._following

    def keep(self) -> None:
        """What is above or below will change: let what is in sight stay there. Who follows the end goes on doing so."""
        if not self._following and self._anchor is None:
            self._anchor = self._at_the_edge()

    def go_to(self, widget: QWidget, below: int, position: int | None = None) -> None:
        """Bring a widget of a message, or a position in its text, to `below` pixels under the upper edge."""
        self._following, self._anchor = False, _Anchor(widget, position, below)
        self.restore()

    def go_to_end(self) -> None:
        """Scroll to the end and follow it from now on."""
        self._following, self._anchor = True, None
        self._move(self._bar.maximum())

    def restore(self) -> None:
        """Scroll to what is kept: it may have moved while the page stayed as high as it was."""
        anchor = self._anchor
        if anchor is None or not isValid(anchor.widget):
            self._anchor = None
            return
        self._move(self._place_of(anchor.widget, anchor.position) - anchor.below)

    def let_go(self, part: QWidget) -> None:
        """This part of the page goes away, or the reader changes it: what is in it need not stay where it is."""
        if self._anchor is not None and (part is self._anchor.widget or part.isAncestorOf(self._anchor.widget)):
            self._anchor = None

    def top_of(self, widget: QWidget) -> int:
        """Pixels from the upper edge of what is in sight to a widget of a message."""
        return self._place_of(widget, None) - self._bar.value()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look before the list itself hears of its new width, and again when messages have found their places."""
        if watched is self._page:
            if event.type() in _LAID_OUT:
                self.restore()
        elif isinstance(event, QResizeEvent) and event.oldSize().width() != event.size().width():
            self.keep()
        return False

    def _on_scrolled(self, value: int) -> None:
        if not self._moving:
            self._anchor = None
            self._following = value >= self._bar.maximum() - NEAR_END_PX

    def _on_range(self, _minimum: int, maximum: int) -> None:
        if self._following or self._bar.value() > maximum:  # Qt would scroll back itself: nobody else did
            self._move(maximum)
        self.restore()

    def _move(self, value: int) -> None:
        self._moving = True
        self._bar.setValue(value)
        self._moving = False

    def _at_the_edge(self) -> _Anchor | None:
        edge = self._bar.value()
        for view in self._messages.messages():
            if self._place_of(view, None) + view.height() <= edge:
                continue
            for text in view.findChildren(DocumentView):
                top = self._place_of(text, None)
                if text.isVisible() and top <= edge < top + text.height():
                    position = text.cursorForPosition(QPoint(1, edge - top)).position()
                    return _Anchor(text, position, self._place_of(text, position) - edge)
            return _Anchor(view, None, self._place_of(view, None) - edge)
        return None

    def _place_of(self, widget: QWidget, position: int | None) -> int:
        """Where it is on the page."""
        top = widget.mapTo(self._page, QPoint()).y()
        if position is None or not isinstance(widget, DocumentView):
            return top
        cursor = QTextCursor(widget.document())
        cursor.setPosition(min(position, widget.document().characterCount() - 1))
        return top + widget.cursorRect(cursor).top()
