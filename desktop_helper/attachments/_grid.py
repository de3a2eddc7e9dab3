"""One sheet of a workbook: its cells within a budget, as a table whose rows and columns have their own names."""

from __future__ import annotations

from collections.abc import Sequence

from desktop_helper.attachments._document import Document
from desktop_helper.attachments._parts import TOKENS, rows_in_parts
from desktop_helper.attachments._table import area, column_name, markdown, plain, types
from desktop_helper.core.i18n import tr
from desktop_helper.core.text_tokens import text_tokens

MAX_COLUMNS = 256


class Grid:
    """The filled cells of one sheet.

    Args:
        budget: how many of them are kept.
    """

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._cells: dict[int, dict[int, str]] = {}
        self.used = 0
        self.width = 0  # of everything that was seen
        self.height = 0

    @property
    def full(self) -> bool:
        """Whether the next cell would be left out."""
        return self.used >= self._budget

    def put(self, row: int, column: int, text: str) -> None:
        """Keep a cell (counted from 0) if there is something in it and room for it."""
        if not text.strip():
            return
        self.extend(column + 1, row + 1)
        if self.used < self._budget and column < MAX_COLUMNS:
            self._cells.setdefault(row, {})[column] = plain(text)
            self.used += 1

    def extend(self, width: int, height: int) -> None:
        """The sheet is at least this large, whatever is kept of it."""
        self.width, self.height = max(self.width, width), max(self.height, height)

    def write(self, document: Document, name: str, title: str) -> None:
        """The sheet under its name, with its range and the types of its columns."""
        if not self._cells and not document.in_parts:
            document.text(f"## {title}")
            document.text(tr("(This sheet is empty.)"))
        if not self._cells:
            return
        columns = sorted({column for row in self._cells.values() for column in row})
        letters = [column_name(column) for column in columns]
        rows = [[self._cells[row].get(column, "") for column in columns] for row in sorted(self._cells)]
        if document.in_parts:
            tell_parts(document, name, list(zip(sorted(self._cells), rows, strict=True)), letters, title)
            return
        document.text(f"## {title}")
        shown = area(columns[-1] + 1, max(self._cells) + 1)
        document.text(f"{name}!{shown}: {types(rows, letters)}".rstrip(": "))
        numbered = [[str(row + 1), *cells] for row, cells in zip(sorted(self._cells), rows, strict=True)]
        document.text(markdown([["", *letters], *numbered], ready=True))
        everything = area(self.width, self.height)
        if everything != shown:
            document.cut(
                tr(
                    "Of sheet {sheet} in {name}, only {shown} of {all} is attached.",
                    sheet=name,
                    name=document.name,
                    shown=shown,
                    all=everything,
                )
            )


def tell_parts(
    document: Document, name: str, rows: Sequence[tuple[int, Sequence[str]]], letters: Sequence[str], title: str = ""
) -> None:
    """A sheet row by row, some rows in each part. The first row is told in each: it mostly says what the columns are.

    Args:
        document: is told.
        name: of the sheet.
        rows: with their numbers, counted from 0; their cells went through `plain` before.
        letters: of the columns.
        title: of the sheet, as it is shown; empty for a file that is one table.
    """
    table = [markdown([[str(number + 1), *row]], ready=True).partition("\n")[0] for number, row in rows]
    above = "\n".join([f"## {title}", markdown([["", *letters]], ready=True), *table[:1]])
    repeated = text_tokens(above) < TOKENS // 2
    heading = " ".join([name, *filter(None, rows[0][1])]) if rows else name
    for first, end in rows_in_parts(table, above if repeated else ""):
        place = f"{name}!A{rows[first][0] + 1}:{letters[-1]}{rows[end - 1][0] + 1}"
        document.begin(place, heading)
        if title:
            document.text(f"## {title}")
        shown = table[:1] if first and repeated else []
        document.text("\n".join([markdown([["", *letters]], ready=True), *shown, *table[first:end]]))
