"""Tables as Markdown, and how the cells of a sheet are named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from desktop_helper.core.i18n import tr

MAX_CELL_CHARACTERS = 2_000
_BREAKS = re.compile(r"\s*[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+\s*")
_NUMBER = re.compile(
    r"[-+]?(\d{1,3}(,\d{3})+|\d+)?([.,]\d+)?([eE][-+]?\d+)?\s?(?:[%€$£¥₹₩]|[A-Z]{3}(?<=EUR|USD|GBP|CHF|CNY|JPY))?"
)
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?([ T]\d\d?:\d\d(:\d\d(\.\d+)?)?)?|\d\d?:\d\d(:\d\d)?")


def markdown(rows: Sequence[Sequence[str]], *, ready: bool = False) -> str:
    """A Markdown table with the first row as its head; `ready` cells went through `plain` before."""
    width = max((len(row) for row in rows), default=0)
    if not width:
        return ""
    lines = [_line([*(row if ready else map(plain, row)), *[""] * (width - len(row))]) for row in rows]
    return "\n".join([lines[0], _line(["---"] * width), *lines[1:]])


def plain(cell: str) -> str:
    """A cell's text on one line, without what would end the cell."""
    text = _BREAKS.sub(" / ", cell[: 4 * MAX_CELL_CHARACTERS].strip()).replace("|", "\\|")
    return text if len(text) <= MAX_CELL_CHARACTERS else text[:MAX_CELL_CHARACTERS] + "…"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def column_name(index: int) -> str:
    """`A` for 0, `AB` for 27."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def area(width: int, height: int) -> str:
    """`A1:D40`."""
    return f"A1:{column_name(max(width, 1) - 1)}{max(height, 1)}"


def types(rows: Sequence[Sequence[str]], columns: Sequence[str]) -> str:
    """What the columns hold below their heads: `A text, B number`."""
    found = [_column_type([row[at] for row in rows[1:] if at < len(row) and row[at]]) for at in range(len(columns))]
    return ", ".join(f"{column} {kind}" for column, kind in zip(columns, found, strict=True) if kind)


def _column_type(cells: Sequence[str]) -> str:
    if not cells:
        return ""
    if all(_NUMBER.fullmatch(cell) for cell in cells):
        return tr("number")
    if all(_DATE.fullmatch(cell) for cell in cells):
        return tr("date or time")
    if all(cell in ("TRUE", "FALSE") for cell in cells):
        return tr("yes or no")
    return tr("text")
