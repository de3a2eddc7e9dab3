"""A table whose end has not come: rows are added to it, so that a chunk costs the same in a long one.

A table that is written anew costs more than its rows: for each frame or cell that comes or goes Qt looks through the
whole document. So an open row stays, and only the text in its cells changes.
"""

from __future__ import annotations

import re
from itertools import takewhile

from PySide6.QtGui import QTextTable

from desktop_helper.services.markdown.parser import References, formula_keys, parse
from desktop_helper.ui.markdown.formulas import formulas
from desktop_helper.ui.markdown.mend import mend_row
from desktop_helper.ui.markdown.render import MAX_TABLE_CELLS, Renderer, Row, rows_of

_HEAD = re.compile(r"(?:[ \t]*\n)*[^\n]+\n[ \t]*[|:-][ \t|:-]*\n")
_FORMULA = re.compile(r"^[ \t]*(?:\$\$|\\\[)", re.MULTILINE)  # ends the table if its own end comes, which nobody knows


class GrowingTable:
    """Writes the table that a text begins with.

    Args:
        renderer: stands where the table shall be, from the first `show` on.
        head: what `table_head` found.
        references: link definitions so far.
    """

    def __init__(self, renderer: Renderer, head: str, references: References) -> None:
        self.links: list[str] = []  # addresses in rows that are complete
        self._renderer = renderer
        self._head = head
        self._references = dict(references)
        self._top = rows_of(parse(head, self._references))
        self._room = max(1, MAX_TABLE_CELLS // len(self._top[0])) - 1
        self._table: QTextTable | None = None
        self._done = len(head)  # characters of the source whose rows will not change
        self._rows = 0  # complete ones, without the head
        self._last: Row = []  # what stands in the row after them, if there is one
        self._read: tuple[int, list[Row], Row] = self._done, [], []

    def read(self, source: str, patience_s: float | None) -> bool:
        """Take in `source`, which begins with what was shown before; False if formulas are still being drawn.

        Raises:
            ValueError: there is something else behind the table. What is shown may stay.
        """
        end = source.rfind("\n") + 1
        if _FORMULA.search(source, self._done):
            raise ValueError
        lines = source[self._done : end].split("\n")[:-1]
        complete = [self._row(line) for line in takewhile(str.strip, lines)]
        last = mend_row(source[end:])
        if "".join([*lines[len(complete) :], last if len(complete) < len(lines) else ""]).strip():
            raise ValueError  # an empty line ends a table
        row = self._row(last) if last.strip() else []
        cells = (cell for cells in (*self._top, *complete, row) for _, cell in cells)
        self._read = end, complete, row
        return formulas().wait(formula_keys(cells), patience_s)

    def show(self) -> None:
        """Write what was read."""
        self._done, complete, row = self._read
        if self._table is None:
            self._table = self._renderer.open_table(self._top)
            self.links += self._renderer.links
        for cells in complete:
            self._write(self._table, cells)
            self.links += self._renderer.links
            self._rows, self._last = self._rows + 1, []
        if row:
            self._last = row if self._write(self._table, row) else []
        elif self._last:
            self._table.removeRows(self._table.rows() - 1, 1)
            self._last = []
        self._read = self._done, [], []

    def _row(self, line: str) -> Row:
        tokens = parse(f"{self._head}{line}\n", dict(self._references))
        rows = rows_of(tokens)
        if len(rows) != 2 or tokens[-1].type != "table_close":
            raise ValueError
        return rows[1]

    def _write(self, table: QTextTable, cells: Row) -> bool:
        """Into the row after the complete ones; False if the table has as many as it may."""
        self._renderer.links.clear()
        if self._rows >= self._room:
            return False
        if not self._last:
            table.appendRows(1)
        self._renderer.write_row(table, table.rows() - 1, cells, self._last)
        return True


def table_head(source: str) -> str:
    """The first two lines of `source` if it begins with a table; "" if it does not."""
    match = _HEAD.match(source)
    if match is None:
        return ""
    tokens = parse(match[0], {})
    return match[0] if tokens and tokens[0].type == "table_open" and tokens[-1].type == "table_close" else ""
