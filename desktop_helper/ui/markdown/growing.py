"""Open ends that only grow: a code block or a very long paragraph is appended to, never written again."""

from __future__ import annotations

import re

from PySide6.QtGui import QTextBlockFormat, QTextCursor

from desktop_helper.ui.markdown.highlight import coloured_lines
from desktop_helper.ui.markdown.inline import PIECE_CHARS
from desktop_helper.ui.markdown.styles import Styles
from desktop_helper.ui.text_safety import reveal_overrides, wrappable

_HALF_CLOSED = re.compile(r"(?:^|\n) {0,3}(?:`+|~+)[ \t]*$")


class GrowingCode:
    """A code block whose end has not come; each line is coloured by itself."""

    def __init__(self, cursor: QTextCursor, language: str, styles: Styles) -> None:
        self._cursor = cursor
        self._language = language
        self._styles = styles
        self.shown = ""
        self._done = 0  # characters of the code before the last line shown
        self._line_start = cursor.position()

    def update(self, code: str, *, whole: bool = False) -> None:
        """Show `code`, which begins with what was shown before. `whole`: this is all of it."""
        code = (code if whole else _HALF_CLOSED.sub("", code)).removesuffix("\n")
        self.shown = code
        frame = self._cursor.currentFrame()
        self._cursor.setPosition(self._line_start)
        self._cursor.setPosition(frame.lastPosition(), QTextCursor.MoveMode.KeepAnchor)
        self._cursor.removeSelectedText()
        last = max(code.rfind("\n") + 1, self._done)
        self._insert(code[self._done : last])
        self._done, self._line_start = last, self._cursor.position()
        self._insert(code[last:])

    def _insert(self, code: str) -> None:
        for role, text in coloured_lines(code, self._language):
            self._cursor.insertText(wrappable(reveal_overrides(text)), self._styles.code_colour(role))


class GrowingText:
    """A paragraph beyond the cap, shown as it is in pieces that Qt can lay out one by one."""

    def __init__(self, cursor: QTextCursor, styles: Styles) -> None:
        self._cursor = cursor
        self._styles = styles
        self._done = 0
        self._block: QTextBlockFormat = cursor.blockFormat()
        self._piece_start = cursor.position()

    def update(self, text: str) -> None:
        """Show `text`, which begins with what was shown before."""
        self._cursor.setPosition(self._piece_start)
        self._cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        self._cursor.removeSelectedText()
        while True:
            piece = text[self._done : self._done + PIECE_CHARS]
            self._cursor.insertText(wrappable(reveal_overrides(piece)), self._styles.text)
            if len(text) <= self._done + PIECE_CHARS:
                return
            self._cursor.insertBlock(self._block, self._styles.text)
            self._done += PIECE_CHARS
            self._piece_start = self._cursor.position()
