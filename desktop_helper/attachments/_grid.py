"""One sheet of a workbook: its cells within a budget, as a table whose rows and columns have their own names."""

from __future__ import annotations

from desktop_helper.attachments._document import Document
from desktop_helper.attachments._table import area, column_name, markdown, plain, types
from desktop_helper.core.i18n import tr

MAX_CELLS = 30_000  # of a workbook; shared fairly by its sheets
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
        document.text(f"## {title}")
        if not self._cells:
            document.text(tr("(This sheet is empty.)"))
            return
        columns = sorted({column for row in self._cells.values() for column in row})
        letters = [column_name(column) for column in columns]
        rows = [[self._cells[row].get(column, "") for column in columns] for row in sorted(self._cells)]
        shown = area(columns[-1] + 1, max(self._cells) + 1)
        document.text(f"{name}!{shown}: {types(rows, letters)}".rstrip(": "))
        numbered = [[str(row + 1), *cells] for row, cells in zip(sorted(self._cells), rows, strict=True)]
        document.text(markdown([["", *letters], *numbered], ready=True))
        everything = area(self.width, self.height)
        if everything != shown:
            document.note(
                tr(
                    "Of sheet {sheet} in {name}, only {shown} of {all} is attached.",
                    sheet=name,
                    name=document.name,
                    shown=shown,
                    all=everything,
                )
            )
