"""What lies over the cells of an OpenDocument sheet: the same as in `_sheet_extras`, written in another way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from xml.etree.ElementTree import Element

from desktop_helper.attachments import _sheet_extras
from desktop_helper.attachments._document import Document
from desktop_helper.attachments._table import column_name
from desktop_helper.attachments._xml import children, find
from desktop_helper.attachments._zip import Archive

MAX_ROWS = 1_048_576
INSIDE = "./"  # how an object's address begins that is a part of the file
CELLS = ("table-cell", "covered-table-cell")


def tell(archive: Archive, table: Element, document: Document) -> bool:
    """Tell `document` of the comments and the charts of a sheet. Returns whether there are charts."""
    comments, charts = (partial(_comments, table),), _charts(archive, table)
    return _sheet_extras.say(document, table.get("name", ""), comments, charts)


def times(element: Element, key: str, most: int) -> int:
    """How often a row or a cell is repeated."""
    text = element.get(key, "1")
    return max(1, min(int(text), most)) if text.isdecimal() and len(text) < 10 else 1


def _comments(table: Element) -> Iterator[str]:
    number = 0
    for row in table.iter("table-row"):
        column = 0
        for cell in row:
            if cell.tag not in CELLS:
                continue
            for one in children(cell, "annotation"):
                author = "".join(name.text or "" for name in children(one, "creator"))
                said = " ".join("".join(line.itertext()) for line in children(one, "p"))
                if line := _sheet_extras.comment(f"{column_name(column)}{number + 1}", author, said):
                    yield line
            column += times(cell, "number-columns-repeated", 16_384)
        number += times(row, "number-rows-repeated", MAX_ROWS)


def _charts(archive: Archive, table: Element) -> Iterator[Callable[[], Iterable[str]]]:
    for one in table.iter("object"):
        if one.get("href", "").startswith(INSIDE):
            yield partial(_chart, archive, one)


def _chart(archive: Archive, written: Element) -> Iterator[str]:
    """Nothing of other objects."""
    drawn = find(archive.xml(f"{written.get('href', '').removeprefix(INSIDE)}/content.xml"), "body", "chart", "chart")
    if drawn is not None:
        title = find(drawn, "title")
        places = written.get("notify-on-update-of-ranges", "").replace("$", "").split()
        yield _sheet_extras.chart("" if title is None else "".join(title.itertext()), places)
