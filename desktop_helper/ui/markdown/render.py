"""Writes Markdown tokens at the end of a QTextDocument. No HTML is involved, so none can be smuggled in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextFrame,
    QTextList,
    QTextListFormat,
    QTextTable,
)

from desktop_helper.ui.markdown.highlight import coloured
from desktop_helper.ui.markdown.inline import InlineWriter
from desktop_helper.ui.markdown.ornaments import CodeBlock, Mark, Ornaments, Quote, Sign, SignKind
from desktop_helper.ui.markdown.styles import QUOTE_INDENT, Styles
from desktop_helper.ui.markdown.table_widths import TableBox
from desktop_helper.ui.text_safety import reveal_overrides, wrappable

if TYPE_CHECKING:
    from markdown_it.token import Token

Row = list[tuple[str, "Token"]]  # of a table: alignment and content of each cell

_TASK = re.compile(r"\[([ xX])\](?=\s)")
MAX_TABLE_CELLS = 4_000
_SPACE_AFTER = 10
_BULLETS = (SignKind.DISC, SignKind.CIRCLE)


@dataclass(slots=True)
class _List:
    items: QTextListFormat
    tight: bool
    made: QTextList | None = None
    marker_due: bool = False
    task: SignKind | None = None


class Renderer:
    """Appends blocks to `document`.

    The document always ends in a paragraph; `fresh` says that it is empty and the next block uses it.
    """

    def __init__(self, document: QTextDocument, styles: Styles) -> None:
        self.styles = styles
        self.ornaments = Ornaments()
        self.links: list[str] = []
        self._document = document
        self._cursor = QTextCursor(document)
        self._fresh = True
        self._lists: list[_List] = []
        self._quotes: list[Quote] = []
        self._note = ""  # the mark of a footnote that is not written yet
        self._inline = InlineWriter(self._cursor, styles, self.links)
        self._collapse()

    def write(self, tokens: Sequence[Token]) -> list[str]:
        """Append `tokens`; returns the addresses of the links among them."""
        self.links.clear()
        index = 0
        while index < len(tokens):
            index = self._block(tokens, index)
        return list(self.links)

    def end(self) -> int:
        """Position where the next block begins; everything before it can stay untouched."""
        self._start_fresh()
        return self._cursor.block().position()

    def truncate(self, position: int, mark: Mark) -> None:
        """Remove everything from `position` (an earlier `end`) on."""
        self.ornaments.cut(mark)
        self._cursor.setPosition(position)
        self._cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        self._cursor.removeSelectedText()
        self._lists.clear()
        self._quotes.clear()
        self._note = ""
        self._fresh = True
        self._collapse()

    def open_code(self) -> QTextCursor:
        """Begin a code block whose text is still to come; returns a cursor inside."""
        self._code("", "")
        return QTextCursor(self.ornaments.codes[-1].frame.firstCursorPosition())

    def open_paragraph(self) -> QTextCursor:
        """Begin a paragraph whose text is still to come; returns a cursor inside."""
        self._begin(self._paragraph_format())
        return QTextCursor(self._cursor)

    def open_table(self, rows: list[Row]) -> QTextTable:
        """Begin a table whose further rows are still to come: see `write_row`. `links` has those among `rows`."""
        self.links.clear()
        return self._table(rows)

    def write_row(self, table: QTextTable, number: int, cells: Row, before: Row) -> None:
        """Fill a row of what `open_table` made, which is still the last thing in the document.

        Args:
            table: what `open_table` returned.
            number: of the row, from 0.
            cells: what it shall say; `links` gets all addresses in it.
            before: what it says now, or nothing.
        """
        for column in range(len(before)):
            cell = table.cellAt(number, column)
            self._cursor.setPosition(cell.firstPosition())
            self._cursor.setPosition(cell.lastPosition(), QTextCursor.MoveMode.KeepAnchor)
            self._cursor.removeSelectedText()
        self._cells(table, number, cells)
        self._leave(table)

    def _block(self, tokens: Sequence[Token], index: int) -> int:
        token = tokens[index]
        match token.type:
            case "heading_open":
                self._heading(token, tokens[index + 1])
                return index + 3
            case "paragraph_open":
                self._text(tokens[index + 1])
                return index + 3
            case "bullet_list_open" | "ordered_list_open":
                self._open_list(token, tight=_is_tight(tokens, index))
            case "list_item_open":
                self._lists[-1].marker_due = True
            case "list_item_close":
                self._write_marker()
            case "bullet_list_close" | "ordered_list_close":
                self._close_list()
            case "blockquote_open":
                self._open_quote()
            case "blockquote_close":
                self._close_quote()
            case "fence" | "code_block":
                language = token.info.strip().split(" ")[0]
                self._code(token.content.removesuffix("\n"), language)
            case "math_block":
                self._formula(token)
            case "table_open":
                end = next(i for i in range(index, len(tokens)) if tokens[i].type == "table_close")
                self._table(rows_of(tokens[index:end]))
                return end + 1
            case _:
                self._mark(token)
        return index + 1

    def _mark(self, token: Token) -> None:
        match token.type:
            case "footnote_open":
                self._note = token.info
            case "footnote_close":
                self._write_note()
            case "hr":
                self._rule()

    @property
    def _left(self) -> int:
        """Pixels by which quotations move what comes next to the right."""
        return QUOTE_INDENT * len(self._quotes)

    # --- paragraphs -------------------------------------------------------------------------------------------------

    def _begin(self, block: QTextBlockFormat) -> None:
        """Start a paragraph, as the next list item if one is due."""
        block.setLeftMargin(self._left)
        block.setRightMargin(self._left)  # beside a text from the right, the bar stands there
        if self._fresh:
            self._cursor.setBlockFormat(block)
            self._cursor.setBlockCharFormat(self.styles.text)
            self._fresh = False
        else:
            self._cursor.insertBlock(block, self.styles.text)
        self._make_item()

    def _start_fresh(self) -> None:
        if not self._fresh:
            self._cursor.insertBlock(self.styles.collapsed, self.styles.collapsed_chars)
            self._fresh = True

    def _collapse(self) -> None:
        self._cursor.setBlockFormat(self.styles.collapsed)
        self._cursor.setBlockCharFormat(self.styles.collapsed_chars)

    def _paragraph_format(self) -> QTextBlockFormat:
        tight = bool(self._lists) and self._lists[-1].tight
        due = bool(self._lists) and self._lists[-1].marker_due
        return self.styles.block(bottom=4 if tight else _SPACE_AFTER, indent=len(self._lists) - due)

    def _heading(self, token: Token, content: Token) -> None:
        level = int(token.tag[1])
        due = bool(self._lists) and self._lists[-1].marker_due
        style = self.styles.heading(level)
        line = round(style.font().pixelSize() * 1.4)
        top = 0 if self._at_start() else (14 if level < 3 else 8)
        block = self.styles.block(top=top, bottom=6, indent=len(self._lists) - due, line_px=line)
        block.setHeadingLevel(level)
        self._begin(block)
        self._inline.write(content.children or [], style)

    def _text(self, content: Token) -> None:
        children = content.children or []
        due = bool(self._lists) and self._lists[-1].marker_due
        task = _TASK.match(content.content) if due and children and children[0].type == "text" else None
        if task:
            self._lists[-1].task = SignKind.OPEN_TASK if task[1] == " " else SignKind.DONE_TASK
        self._begin(self._paragraph_format())
        if task:
            first = children[0].copy(content=children[0].content[4:].lstrip())
            children = [first, *children[1:]]
        if not self._note:
            self._inline.write(children, self.styles.text)
            return
        self._inline.plain(f"{self._note} ", self.styles.raised(self.styles.dim))
        self._note = ""
        self._inline.write(children, self.styles.dim)

    def _write_note(self) -> None:
        """A footnote that does not begin with text still needs its mark."""
        if self._note:
            self._begin(self._paragraph_format())
            self._inline.plain(self._note, self.styles.raised(self.styles.dim))
            self._note = ""

    def _at_start(self) -> bool:
        return self._cursor.block().position() == 0 and self._fresh

    # --- lists ------------------------------------------------------------------------------------------------------

    def _open_list(self, token: Token, *, tight: bool) -> None:
        self._write_marker()
        items = QTextListFormat()
        items.setIndent(len(self._lists) + 1)
        if token.type == "ordered_list_open":
            items.setStyle(QTextListFormat.Style.ListDecimal)
            items.setStart(int(token.attrs.get("start", 1)))
            items.setNumberSuffix(token.markup or ".")
        else:
            items.setStyle(QTextListFormat.Style.ListStyleUndefined)  # the view paints the bullet
        self._lists.append(_List(items, tight))

    def _close_list(self) -> None:
        self._lists.pop()
        if not self._lists and not self._fresh:
            block = self._cursor.blockFormat()
            block.setBottomMargin(_SPACE_AFTER)
            self._cursor.setBlockFormat(block)

    def _make_item(self) -> None:
        if not self._lists or not self._lists[-1].marker_due:
            return
        top = self._lists[-1]
        top.marker_due = False
        if top.made is None:
            top.made = self._cursor.createList(top.items)
        else:
            top.made.add(self._cursor.block())
        block = self._cursor.blockFormat()
        block.setIndent(0)
        self._cursor.setBlockFormat(block)
        bullet = (
            None if top.items.style() == QTextListFormat.Style.ListDecimal else _BULLETS[(len(self._lists) - 1) % 2]
        )
        sign, top.task = top.task or bullet, None
        if sign:
            self._sign(sign)

    def _sign(self, kind: SignKind) -> None:
        self.ornaments.signs.append(Sign(self._cursor.block().position(), kind))

    def _write_marker(self) -> None:
        """An item that begins with something other than text still needs its marker."""
        if self._lists and self._lists[-1].marker_due:
            self._begin(self._paragraph_format())

    # --- boxes ------------------------------------------------------------------------------------------------------

    def _open_quote(self) -> None:
        self._write_marker()
        self._start_fresh()
        position = self._cursor.block().position()
        left = len(self._lists) * self.styles.indent_px + self._left
        quote = Quote(position, position, left, len(self._quotes))
        self.ornaments.quotes.append(quote)
        self._quotes.append(quote)

    def _close_quote(self) -> None:
        quote, position = self._quotes.pop(), self._cursor.block().position()
        if self._fresh and position == quote.first:  # nothing was in it
            self.ornaments.quotes.pop()
        quote.ends_in_box = self._fresh  # the paragraph behind a code block or table belongs to what follows
        quote.last = position - 1 if quote.ends_in_box else position

    def _code(self, code: str, language: str) -> None:
        self._write_marker()
        self._start_fresh()
        frame = self._cursor.insertFrame(self.styles.code_frame(len(self._lists), self._left))
        self.ornaments.codes.append(CodeBlock(frame, code))
        self._cursor.setPosition(frame.firstPosition())
        self._cursor.setBlockFormat(self.styles.code_block())
        self._cursor.setBlockCharFormat(self.styles.code)
        for role, text in coloured(code, language):
            self._cursor.insertText(wrappable(reveal_overrides(text)), self.styles.code_colour(role))
        self._leave(frame)

    def _leave(self, frame: QTextFrame) -> None:
        """Go on behind a frame or table, in the paragraph that Qt keeps there."""
        self._cursor.setPosition(frame.lastPosition() + 1)
        self._fresh = True
        self._collapse()

    def _formula(self, token: Token) -> None:
        block = self.styles.block(top=2, bottom=12, indent=len(self._lists))
        block.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._begin(block)
        closing = "\\]" if token.markup == "\\[" else token.markup
        source = f"{token.markup}\n{token.content}\n{closing}"
        self._inline.formula(token.content, source, self.styles.text, display=True)

    def _rule(self) -> None:
        self._write_marker()
        self._begin(self.styles.block(top=8, bottom=16, line_px=2))
        self._cursor.setBlockCharFormat(self.styles.collapsed_chars)
        self._sign(SignKind.RULE)

    def _table(self, rows: list[Row]) -> QTextTable:
        del rows[max(1, MAX_TABLE_CELLS // len(rows[0])) :]
        self._write_marker()
        self._start_fresh()
        style = self.styles.table(len(self._lists), self._left)
        table = self._cursor.insertTable(len(rows), len(rows[0]), style)
        columns = len(rows[0])
        self.ornaments.tables.append(TableBox(table, [0.0] * columns, [0.0] * columns))
        for number, cells in enumerate(rows):
            self._cells(table, number, cells)
        self._leave(table)
        return table

    def _cells(self, table: QTextTable, number: int, cells: Row) -> None:
        style = self.styles.text if number else self.styles.strong(self.styles.dim)
        box = self.ornaments.tables[-1]
        for column, (alignment, content) in enumerate(cells):
            cell = table.cellAt(number, column)
            cell.setFormat(self.styles.cell)
            self._cursor.setPosition(cell.firstPosition())
            self._cursor.setBlockFormat(self.styles.aligned(alignment))
            self._inline.write(content.children or [], style)
            box.note(column, self.styles.cell_fonts.measure(content))


def _is_tight(tokens: Sequence[Token], index: int) -> bool:
    """markdown-it hides the paragraphs of a tight list."""
    level = tokens[index].level + 2
    for token in tokens[index + 1 :]:
        if token.type == "paragraph_open" and token.level == level:
            return token.hidden
        if token.level < level - 1:
            break
    return True


def rows_of(tokens: Sequence[Token]) -> list[Row]:
    """Cells of a table as (alignment, inline token)."""
    rows: list[Row] = []
    for index, token in enumerate(tokens):
        if token.type == "tr_open":
            rows.append([])
        elif token.type in ("th_open", "td_open"):
            style = str(token.attrs.get("style", ""))
            rows[-1].append((style.removeprefix("text-align:"), tokens[index + 1]))
    return rows
