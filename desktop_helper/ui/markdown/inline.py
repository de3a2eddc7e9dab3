"""Text within a paragraph: emphasis, code, links. Pictures are never loaded; their address becomes a link."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtGui import QFontMetricsF, QTextBlockFormat, QTextCharFormat, QTextCursor

from desktop_helper.core.i18n import tr
from desktop_helper.ui.markdown import formula_object
from desktop_helper.ui.markdown.formulas import formulas
from desktop_helper.ui.markdown.styles import Styles
from desktop_helper.ui.text_safety import reveal_overrides, wrappable

if TYPE_CHECKING:
    from markdown_it.token import Token

LINE_SEPARATOR = "\u2028"
_DISTANCE = QTextBlockFormat.LineHeightTypes.LineDistanceHeight.value
MAX_RUNS = 1_500  # of one paragraph; the rest is shown without formats (Qt slows down with each one)
PIECE_CHARS = 4_000  # characters of one Qt paragraph: a longer text becomes several


class InlineWriter:
    """Writes inline tokens at a cursor.

    Args:
        cursor: where to write; left behind what was written.
        styles: formats of the theme.
        links: gets the address of each link written.
    """

    def __init__(self, cursor: QTextCursor, styles: Styles, links: list[str]) -> None:
        self._cursor = cursor
        self._styles = styles
        self._links = links

    def write(self, tokens: Iterable[Token], base: QTextCharFormat) -> None:
        """Write a paragraph's content."""
        stack, text, runs = [base], [], 0
        for token in tokens:
            if token.type in ("text", "text_special"):
                text.append(token.content)
                continue
            if token.type in ("softbreak", "hardbreak"):
                text.append(LINE_SEPARATOR)
                continue
            self.plain("".join(text), stack[-1])
            text, runs = [], runs + 1
            if runs < MAX_RUNS:
                self._span(token, stack)
            elif token.content:
                text.append(token.content)
        self.plain("".join(text), stack[-1])

    def plain(self, text: str, style: QTextCharFormat) -> None:
        """Write text as it is."""
        if len(text) <= PIECE_CHARS:
            if text:
                self._cursor.insertText(wrappable(reveal_overrides(text)), style)
            return
        for begin in range(0, len(text), PIECE_CHARS):
            if begin:
                self._cursor.insertBlock(self._cursor.blockFormat())
            self._cursor.insertText(wrappable(reveal_overrides(text[begin : begin + PIECE_CHARS])), style)

    def formula(self, tex: str, source: str, base: QTextCharFormat, *, display: bool) -> None:
        """Write a formula as its picture, or as `source` if it cannot be drawn."""
        shape = formulas().get((tex, display))
        if shape is None:
            self.plain(source.replace("\n", LINE_SEPARATOR), self._styles.inline_code(base))
            return
        if formula_object.insert(self._cursor, shape, base, tex, source, display=display) > 0:
            self._make_room()

    def _make_room(self) -> None:
        """Let lines grow with what is in them; those without a high formula stay about as they were."""
        block = self._cursor.blockFormat()
        if block.lineHeightType() == _DISTANCE:
            return
        natural = QFontMetricsF(self._styles.theme.font()).height()
        distance = max(0.0, block.lineHeight() - natural)
        block.setTopMargin(block.topMargin() + round(distance / 2))
        block.setBottomMargin(max(0.0, block.bottomMargin() - round(distance / 2)))
        block.setLineHeight(distance, _DISTANCE)
        self._cursor.setBlockFormat(block)

    def _span(self, token: Token, stack: list[QTextCharFormat]) -> None:
        styles, top = self._styles, stack[-1]
        match token.type:
            case "strong_open":
                stack.append(styles.strong(top))
            case "em_open":
                stack.append(styles.emphasis(top))
            case "s_open":
                stack.append(styles.strike(top))
            case "link_open":
                stack.append(self._link(top, str(token.attrs.get("href", ""))))
            case "strong_close" | "em_close" | "s_close" | "link_close":
                stack.pop()
            case "code_inline":
                self.plain(token.content, styles.inline_code(top))
            case "math_inline":
                self.formula(token.content, token.markup, top, display=False)
            case "footnote_mark":
                self.plain(token.content, styles.raised(top))
            case "image":
                label = tr("[picture: {name}]", name=token.content or tr("no description"))
                self.plain(label, self._link(top, str(token.attrs.get("src", ""))))
            case _:
                self.plain(token.content, top)

    def _link(self, base: QTextCharFormat, address: str) -> QTextCharFormat:
        self._links.append(address)
        return self._styles.link(base, address)
