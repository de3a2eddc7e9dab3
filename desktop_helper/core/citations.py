"""Places in documents that an answer speaks of: “page 12”, “lines 4–6”, “Sheet1!B2:C9”, “第 12 页”.

A grammar only; whether there is such a page is what `core.library` knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, lru_cache

from desktop_helper.core.document_names import Names, is_file

_AFTER = r"(?![0-9A-Za-z_%]|[.,:][0-9])"
_NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,7})"
_DASH = r"\s?(?:[-–—~～]|to|至|到)\s?"
_BETWEEN = r"\s?(?:[,、，&]|and|和|及|与)\s?"
_SPAN = rf"{_NUMBER}(?:{_DASH}{_NUMBER})?{_AFTER}"
_LIST = rf"{_SPAN}(?:{_BETWEEN}(?:and\s)?{_SPAN})*"
_OF = rf"(?:\s?(?:of|/)\s?(?P<of>[0-9]{{1,7}}){_AFTER})?"
_CHINESE = "零〇一二两三四五六七八九十百"
_ZH_NUMBER = rf"(?:[0-9]{{1,7}}|[{_CHINESE}]{{1,6}})"
_ZH_LIST = rf"{_ZH_NUMBER}(?:(?:{_DASH}|{_BETWEEN}){_ZH_NUMBER})*"
_BEFORE = r"(?<![A-Za-z0-9_$€£¥.])"
_NOT_COUNTED = r"(?<![0-9]\s)"  # “20 pages 3 times” counts them
_ONE_WORD = r"(?:page|slide|p\.|pg\.)"

_PATTERNS = {
    "span": rf"{_BEFORE}(?P<span_kind>{_ONE_WORD})\s?(?P<span>{_NUMBER}{_DASH}{_NUMBER}{_AFTER})(?!/[0-9])",
    "one": rf"{_BEFORE}(?P<one_kind>{_ONE_WORD})\s?(?P<one>{_NUMBER}{_AFTER}){_OF}(?!/[0-9])",
    "many": rf"{_BEFORE}{_NOT_COUNTED}(?P<many_kind>pages|slides|pp\.)\s?(?P<many>{_LIST})(?!/[0-9])",
    "part": rf"{_BEFORE}part\s(?P<part>[0-9]{{1,7}})\sof\s(?P<part_of>[0-9]{{1,7}}){_AFTER}",
    "line": rf"{_BEFORE}(?:line|{_NOT_COUNTED}lines)\s(?P<line>{_LIST})(?!/[0-9])",
    "zh_part": r"第\s?(?P<zh_part>[0-9]{1,7})\s?部分\s?[，,]\s?共\s?(?P<zh_part_of>[0-9]{1,7})\s?部分",
    "zh_line": rf"第\s?(?P<zh_line>{_ZH_LIST})\s?行",
    "zh": rf"第\s?(?P<zh>{_ZH_LIST})\s?(?:页幻灯片|张幻灯片|(?P<zh_page>页))",
    "zh_slide": rf"幻灯片\s?(?:第\s?)?(?P<zh_slide>{_ZH_LIST})(?:\s?页)?(?![0-9A-Za-z_%.:：]|\s?[个张份])",
}
_CELL = r"\$?[A-Z]{1,3}\$?[1-9][0-9]{0,6}"
_CELLS = re.compile(rf"(?P<cells>{_CELL}(?::{_CELL})?)(?![A-Za-z0-9_!(]|[:.][A-Za-z0-9])", re.ASCII)
_BARE_CELLS = re.compile(rf"(?<![A-Za-z0-9_$!.:]){_CELLS.pattern}", re.ASCII)
_ITEM = re.compile(rf"(?P<first>{_NUMBER}|[{_CHINESE}]+)(?:{_DASH}(?P<last>{_NUMBER}|[{_CHINESE}]+))?", re.IGNORECASE)
_CELL_WORD = re.compile(r"(?:\bcells?|\brange|单元格|区域)\s?[(（“\"`]?$", re.IGNORECASE)
_CELL_WORD_AFTER = re.compile(r"\s?(?:单元格|区域)")

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}


class Kind(StrEnum):
    """What is counted."""

    PAGE = "page"
    SLIDE = "slide"
    PART = "part"
    LINE = "line"
    CELLS = "cells"


_KINDS = {"part": Kind.PART, "zh_part": Kind.PART, "line": Kind.LINE, "zh_line": Kind.LINE}


@dataclass(frozen=True, slots=True)
class Mention:
    """Characters `start` to `end` of a text speak of a place.

    Args:
        kind: of place.
        number: of the page, slide, part or line; the first one of several.
        last: of several that follow one another; 0 for one alone.
        of: how many there are, if that is said; else 0.
        cells: of a sheet, as written.
        sheet: its name, as far as `sheets` knows it; empty if none is said.
        document: the one of `documents` that is named with it; empty if none is.
        foreign: another document is named with it.
    """

    start: int
    end: int
    kind: Kind
    number: int = 0
    of: int = 0
    cells: str = ""
    sheet: str = ""
    document: str = ""
    foreign: bool = False
    last: int = 0


def mentions(text: str, documents: Sequence[str] = (), sheets: Sequence[str] = ()) -> Iterator[Mention]:
    """The places that `text` speaks of, in their order. `documents` and `sheets` are the names that count as such."""
    named = _names(tuple(documents))
    names = named.in_names(text)
    found = [*_numbered(text), *_in_sheets(text, sheets)]
    found = [one for one in found if not is_file(text, one.end) and not _overlaps(one, names)]
    found.sort(key=lambda one: (one.start, -one.end))
    end = group_end = 0
    before: Mention | None = None
    for one in found:
        if one.start < end:
            continue
        if before is not None and one.start < group_end:  # of the same list
            told = replace(one, document=before.document, foreign=before.foreign)
        else:
            group_end = _end_of_list(text, one)
            document, foreign = named.beside(text, one.start, group_end)
            told = replace(one, document=document, foreign=foreign)
        before, end = told, one.end
        yield told


def _overlaps(one: Mention, spans: Iterable[tuple[int, int]]) -> bool:
    return any(one.start < end and start < one.end for start, end in spans)


def _numbered(text: str) -> Iterator[Mention]:
    for found in _mention().finditer(text):
        kind, items = _kind_and_items(found)
        begin, end = found.span(items)
        of = _count(found, items)
        pieces = list(_ITEM.finditer(text, begin, end))
        for place, piece in enumerate(pieces):
            number, until = _value(piece["first"]), _value(piece["last"]) if piece["last"] else 0
            if number is None or until is None or (piece["last"] and until <= number):
                continue
            first, last = place == 0, place == len(pieces) - 1
            start = found.start() if first else piece.start()
            yield Mention(start, found.end() if last else piece.end(), kind, number, of, last=until)


@cache
def _mention() -> re.Pattern[str]:
    """Made when there is a text about documents: an app that only waits does without it."""
    return re.compile("|".join(_PATTERNS.values()), re.IGNORECASE)


def _kind_and_items(found: re.Match[str]) -> tuple[Kind, str]:
    """What is counted, and the name of the group with the numbers."""
    items = next(name for name in _PATTERNS if found[name] is not None)
    if items in _KINDS:
        return _KINDS[items], items
    if items == "zh":
        return (Kind.PAGE if found["zh_page"] else Kind.SLIDE), items
    if items == "zh_slide":
        return Kind.SLIDE, items
    return (Kind.SLIDE if found[f"{items}_kind"].lower().startswith("s") else Kind.PAGE), items


def _count(found: re.Match[str], items: str) -> int:
    """How many there are of what is counted, if that is said; else 0."""
    group = {"one": "of", "part": "part_of", "zh_part": "zh_part_of"}.get(items)
    return int(found[group] or 0) if group is not None else 0


def _in_sheets(text: str, sheets: Iterable[str]) -> Iterator[Mention]:
    """Cells behind the name of a sheet, or, of the only one, those that can be nothing else."""
    if not sheets:
        return
    known = sorted(sheets, key=len, reverse=True)
    for found in re.finditer(r"!", text):
        cells = _CELLS.match(text, found.end())
        if cells is None:
            continue
        for name in known:
            begin = _begin_of(text, found.start(), name)
            if begin is not None:
                yield Mention(begin, cells.end(), Kind.CELLS, cells=cells["cells"], sheet=name)
                break
    for cells in _BARE_CELLS.finditer(text):
        said = _CELL_WORD.search(text[max(0, cells.start() - 20) : cells.start()])
        if ":" in cells["cells"] or said or _CELL_WORD_AFTER.match(text, cells.end()):
            yield Mention(cells.start(), cells.end(), Kind.CELLS, cells=cells["cells"])


def _begin_of(text: str, end: int, name: str) -> int | None:
    """Where a sheet's name begins that ends there, with the marks around it."""
    for written in (f"'{name.replace(chr(39), chr(39) * 2)}'", f"“{name}”", f'"{name}"', name):
        begin = end - len(written)
        if begin >= 0 and text[begin:end].casefold() == written.casefold():
            before = text[begin - 1 : begin]
            if not (before.isalnum() and before.isascii()) or not written[0].isascii():
                return begin
    return None


def _end_of_list(text: str, one: Mention) -> int:
    """How far the list reaches whose first place this is."""
    found = _mention().match(text, one.start)
    return found.end() if found is not None else one.end


@lru_cache(maxsize=4)
def _names(documents: tuple[str, ...]) -> Names:
    return Names(documents, lambda name: ((one.start, one.end) for one in _numbered(name)))


def _value(written: str) -> int | None:
    """The number; None if the Chinese characters are none, or it is 0."""
    if written[0].isascii():
        return int(written.replace(",", "")) or None
    value, digit, known = 0, 0, False
    for character in written:
        if character in _DIGITS:
            if known and digit:
                return None
            digit, known = _DIGITS[character], True
        else:
            unit = 10 if character == "十" else 100
            if value % (unit * 10):
                return None
            value, digit, known = value + (digit or 1) * unit, 0, False
    return value + digit or None
