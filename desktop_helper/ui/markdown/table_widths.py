"""How wide the columns of a table must be so that no word is broken, and how wide they are to be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QFont, QFontMetricsF, QTextTable

from desktop_helper.ui.theme import Theme

if TYPE_CHECKING:
    from markdown_it.token import Token

CELL_PADDING = 8
TABLE_MARGIN = 12  # below it
_ASIDE = 2 * CELL_PADDING + 2  # of a column, beside its words; glyphs and borders are no whole pixels
_COMFORTABLE = 140  # pixels of a column where the table is scrolled anyway
_LONG = 120  # characters that are measured; more would fill lines anyway
_TOGETHER = 4  # Chinese characters that stay on a line: they break anywhere, but one below the other is no text
_FOREIGN = "\u2e80-\U0010ffff"  # as in `text_safety`: breaks between any two characters
_PIECE = re.compile(rf"[{_FOREIGN}]{{1,{_TOGETHER}}}|[^\s{_FOREIGN}\u200b/-]+[/-]*|[/-]+")


class CellFonts:
    """Widths of words in the fonts of a theme."""

    def __init__(self, theme: Theme) -> None:
        self._text = QFontMetricsF(theme.font(weight=QFont.Weight.DemiBold))  # any word may be bold
        self._code = QFontMetricsF(theme.mono_font())

    def measure(self, content: Token) -> tuple[float, float] | None:
        """The longest word of a cell, and all of it in one line; None if it has something else than words."""
        least = whole = 0.0
        for child in content.children or ():
            if child.type == "math_inline":
                return None
            text, metrics = child.content[:_LONG], self._code if child.type == "code_inline" else self._text
            if text:
                longest = max(_PIECE.findall(text), key=_letters, default="")
                least = max(least, metrics.horizontalAdvance(longest))
                whole += metrics.horizontalAdvance(text)
        return least, whole


@dataclass(slots=True)
class TableBox:
    """A table in the document, with what its columns need.

    Args:
        frame: in the document.
        least: pixels of the longest word in each column.
        whole: pixels of the longest cell.
        known: False if there is something in it that is not measured here; Qt then shares the room out alone.
        given: what the view gave the columns; empty: Qt shares the room out.
        wide: whether that is more than there is room for.
    """

    frame: QTextTable
    least: list[float]
    whole: list[float]
    known: bool = True
    given: tuple[int, ...] = ()
    wide: bool = False

    def note(self, column: int, size: tuple[float, float] | None) -> None:
        """A cell was written. What it said before, if it was still open, may go on counting."""
        if size is None:
            self.known = False
        else:
            self.least[column] = max(self.least[column], size[0])
            self.whole[column] = max(self.whole[column], size[1])

    def widths(self, room: float) -> tuple[int, ...]:
        """Of the columns in so much room; empty where nothing needs to be said. May be more than the room."""
        least = [min(one, room - _ASIDE) + _ASIDE for one in self.least]
        whole = [max(one + _ASIDE, small) for one, small in zip(self.whole, least, strict=True)]
        if not self.known or sum(whole) <= room:
            return ()
        if sum(least) > room:
            return _rounded([max(small, min(one, _COMFORTABLE)) for one, small in zip(whole, least, strict=True)])
        spare = (room - sum(least)) / (sum(whole) - sum(least))
        return _rounded([small + (one - small) * spare for one, small in zip(whole, least, strict=True)])


def _letters(word: str) -> int:
    """About how wide: a Chinese character is as wide as two letters."""
    return sum(2 if letter >= "\u2e80" else 1 for letter in word)


def _rounded(widths: Sequence[float]) -> tuple[int, ...]:
    return tuple(int(width) for width in widths)
