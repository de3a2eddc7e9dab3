"""The cells of an Excel sheet, listened to one by one, so that a sheet of a million rows needs no memory."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element

from desktop_helper.attachments import _xml
from desktop_helper.attachments._grid import Grid
from desktop_helper.attachments._xml import children, find

MAX_STRINGS = 1_000_000
MAX_PIECES = 10_000  # of one cell; a line of it is a piece
MAX_ROWS = 1_048_576
DATE_FORMATS = frozenset({14, 15, 16, 17, 18, 19, 20, 21, 22, *range(27, 37), 45, 46, 47, *range(50, 59)})
PERCENT_FORMATS = frozenset({9, 10})
_ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_CURRENCY = re.compile(r"[€$£¥₹₩]|\b(?:EUR|USD|GBP|CHF|CNY|JPY)\b")
_LOCALE = re.compile(r"\[\$([^\]-]*)[^\]]*\]")  # `[$€-407]`: a currency, and whose dates and digits
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')


def shared_strings(data: bytes) -> list[str]:
    """The texts that cells refer to by number, without the reading aids of Japanese."""
    strings: list[str] = []
    inside: list[str] = []
    piece: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "si":
            piece.clear()
        inside.append(tag)

    def text(data: str) -> None:
        if inside and inside[-1] == "t" and "rPh" not in inside:
            piece.append(data)

    def end(tag: str) -> None:
        inside.pop()
        if tag == "si":
            strings.append("".join(piece))
            if len(strings) >= MAX_STRINGS:
                raise _xml.Stop

    _xml.listen(data, start, end, text)
    return strings


class Formats:
    """How a cell's style shows its number: as a date, as per cent, as money, or as it is."""

    def __init__(self, styles: Element | None, *, from_1904: bool) -> None:
        self._epoch = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)
        codes = {
            one.get("numFmtId", ""): one.get("formatCode", "") for one in children(find(styles, "numFmts"), "numFmt")
        }
        self._kinds = [_kind(one.get("numFmtId", "0"), codes) for one in children(find(styles, "cellXfs"), "xf")]

    def shown(self, raw: str, style: str) -> str:
        """What stands in the cell."""
        try:
            number = float(raw)
        except ValueError:
            return raw
        at = int(style) if style.isdecimal() and len(style) < 8 else 0
        kind = self._kinds[at] if at < len(self._kinds) else ""
        if kind == "date" and 0 <= number < 2_958_466:  # the year 9999
            return self._date(number)
        return f"{number * 100:.15g}%" if kind == "percent" else f"{number:.15g} {kind}".rstrip()

    def _date(self, number: float) -> str:
        moment = self._epoch + timedelta(seconds=round(number * 86_400))
        if number < 1:
            return moment.strftime("%H:%M:%S")
        return moment.strftime("%Y-%m-%d" if number == int(number) else "%Y-%m-%d %H:%M:%S")


def _kind(number: str, codes: dict[str, str]) -> str:
    """`date`, `percent`, or the sign of a currency; nothing for any other number."""
    written = codes.get(number, "")
    code = _LITERAL.sub("", written).lower()
    known = int(number) if number.isdecimal() and len(number) < 8 else 0
    if known in DATE_FORMATS or (code != "general" and re.search(r"[ymdhs]", code)):
        return "date"
    if known in PERCENT_FORMATS or "%" in code:
        return "percent"
    currency = _CURRENCY.search(_LOCALE.sub(r"\1", written))
    return currency[0] if currency else ""


class SheetListener:
    """Fills a grid from what expat tells about a sheet.

    Args:
        grid: takes the cells; when it is full, reading ends.
        strings: the workbook's shared texts.
        formats: how numbers are shown.
    """

    def __init__(self, grid: Grid, strings: Sequence[str], formats: Formats) -> None:
        self._grid, self._strings, self._formats = grid, strings, formats
        self._row, self._column = -1, -1
        self._kind = self._style = self._inside = ""
        self._pieces: dict[str, list[str]] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if tag == "dimension":
            self._note_size(attributes.get("ref", ""))
        elif tag == "row":
            number = attributes.get("r", "")
            self._row = int(number) - 1 if number.isdecimal() and len(number) < 8 else self._row + 1
            self._column = -1
        elif tag == "c":
            address = _ADDRESS.fullmatch(attributes.get("r", ""))
            self._column = _column(address[1]) if address else self._column + 1
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._pieces = {}
        self._inside = tag

    def text(self, data: str) -> None:
        """Characters of the element that began last."""
        if self._inside in ("v", "f", "t"):
            pieces = self._pieces.setdefault(self._inside, [])
            if len(pieces) < MAX_PIECES:
                pieces.append(data)

    def end(self, tag: str) -> None:
        """An element ends."""
        self._inside = ""
        if tag == "c":
            if self._grid.full:
                self._grid.extend(self._column + 1, min(self._row + 1, MAX_ROWS))
                self._grid.extend(*self._declared)
                raise _xml.Stop
            self._grid.put(self._row, self._column, self._content())

    def _content(self) -> str:
        raw, formula, inline = ("".join(self._pieces.get(key, ())) for key in ("v", "f", "t"))
        if self._kind == "inlineStr":
            return inline
        if not raw:
            return f"={formula}" if formula else ""  # never calculated: by a program that only writes
        if self._kind == "s":
            at = int(raw) if raw.isdecimal() and len(raw) < 10 else -1
            return self._strings[at] if 0 <= at < len(self._strings) else ""
        if self._kind == "b":
            return "TRUE" if raw == "1" else "FALSE"
        return self._formats.shown(raw, self._style) if self._kind == "n" else raw

    def _note_size(self, reference: str) -> None:
        address = _ADDRESS.fullmatch(reference.rpartition(":")[2])
        if address:
            self._declared = (_column(address[1]) + 1, min(int(address[2]), MAX_ROWS))

    _declared = (0, 0)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
