"""Goes to a message of the conversation and marks in it the words that found it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit
from shiboken6 import isValid

from desktop_helper.services.search_text import matches
from desktop_helper.ui.document_view import DocumentView
from desktop_helper.ui.text_places import utf16
from desktop_helper.ui.theme import Theme

if TYPE_CHECKING:
    from desktop_helper.ui.message_list import MessageList

NUMBER = "number"  # the property that holds a view's message in the history
BELOW = 48  # pixels between the upper edge and the first found word
_MARKED = 500  # words in one text; more would only be slow


class FoundWords(QObject):
    """At most one message has marks."""

    def __init__(self, messages: MessageList) -> None:
        super().__init__(messages)
        self._messages = messages
        self._texts: list[DocumentView] = []
        self._words = ""
        Theme.current().changed.connect(self._mark)

    def show(self, number: int, words: str) -> bool:
        """See `MessageList.show_message`."""
        view = next((view for view in self._messages.messages() if view.property(NUMBER) == number), None)
        if view is None:
            return False
        self.unmark()
        self._texts, self._words = view.findChildren(DocumentView), words
        first = self._mark()
        text, position = first if first is not None else (view, None)
        self._messages.place.go_to(text, BELOW, position)
        return True

    def unmark(self) -> None:
        """Take the marks away."""
        for text in self._texts:
            if isValid(text):
                text.setExtraSelections([])
        self._texts, self._words = [], ""

    def _mark(self) -> tuple[DocumentView, int] | None:
        """The place of the first word."""
        first = None
        for text in self._texts:
            if not isValid(text):
                continue
            found = _places(text, self._words)
            text.setExtraSelections([_selection(text, start, end) for start, end in found])
            if found and first is None and text.isVisibleTo(self._messages):
                first = text, found[0][0]
        return first


def _places(text: DocumentView, words: str) -> list[tuple[int, int]]:
    shown = text.document().toRawText()  # every character at its place in the document
    return utf16(shown, matches(shown, words)[:_MARKED])


def _selection(text: DocumentView, start: int, end: int) -> QTextEdit.ExtraSelection:
    theme, selection, style = Theme.current(), QTextEdit.ExtraSelection(), QTextCharFormat()
    style.setBackground(theme.color("accent_soft"))
    style.setForeground(theme.color("accent"))
    cursor = QTextCursor(text.document())
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    selection.cursor, selection.format = cursor, style
    return selection
