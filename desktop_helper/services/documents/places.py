"""Which parts of a document are meant, as models write them: `7-9`, `lines 1200-1350`, `Sheet1!A40:H60`."""

from __future__ import annotations

import re

from desktop_helper.core.document_places import Area, area_of, in_file
from desktop_helper.core.pages import chosen, ranges_of
from desktop_helper.services.documents.page_index import PageIndex

_PART = re.compile(
    r"(?:(?:.+[,，]\s*)?(?:parts?|第))?\s*(?P<numbers>\d[\d\s,，、;；~～–—-]*?)\s*(?:部分)?"
    r"(?:\s*of \d+|，共 \d+ 部分)?(?::.*)?",
    re.IGNORECASE,
)
_LINES = re.compile(r"(?:lines?|第|L)\s*(\d{1,9})(?:\s*(?:[-–—~～]|to|至|到)\s*L?(\d{1,9}))?\s*(?:行)?", re.IGNORECASE)
_OF_LINES = re.compile(r"(?:lines? |第 )(\d{1,9})(?:–(\d{1,9}))?\b")
_CELLS = re.compile(r"'?(?P<sheet>[^!]*?)'?!(?P<cells>\$?[A-Za-z]{1,3}\$?\d{1,7}(?::\$?[A-Za-z]{1,3}\$?\d{1,7})?)")
_BEHIND_FILE = re.compile(r"[,，:：]\s*|\s+")
_BRACKETS = str.maketrans("[]\\", "()/")  # in names of parts there are round ones
_LONG = 600  # characters of what is asked for
_FEW = 40  # parts that a name of something may mean


def numbers(wanted: str, index: PageIndex) -> list[int]:
    """The numbers of these parts, in their order; none if there are none like that."""
    written = " ".join(wanted[:_LONG].split())
    said = written.strip("[]()“”\"'")
    for each in (written, written[1:-1] if _is_marked(written) else "", said):  # names may begin with a mark, too
        if numbered := _in_file(each, index):
            return numbered
    if found := _PART.fullmatch(said):
        try:
            return chosen(ranges_of(found["numbers"]), index.count)
        except ValueError:
            return []
    if found := _CELLS.fullmatch(said):
        return _with_cells(found["sheet"], found["cells"].upper(), index)
    if found := _LINES.fullmatch(said):
        return _with_lines(int(found[1]), int(found[2] or found[1]), index)
    return _called(said, index)


def _is_marked(text: str) -> bool:
    return text[:1] + text[-1:] in ("[]", "()", "“”", '""', "''")


def _in_file(said: str, index: PageIndex) -> list[int]:
    """Parts that hold lines of one of many files, by its path or the end of that: the longest one that there is."""
    asked = [
        (said[: behind.start()].translate(_BRACKETS).strip("“”\"'`").casefold(), lines)
        for behind in _BEHIND_FILE.finditer(said)
        if (lines := _LINES.fullmatch(said, behind.end()))
    ]
    if not asked:
        return []
    known = [(number, *in_file(name)) for number, name in index.named("%")]
    known = [one for one in known if one[1]]
    for file, lines in reversed(asked):
        first, last = int(lines[1]), int(lines[2] or lines[1])
        parts = [
            (number, told)
            for number, path, place in known
            if f"/{path.casefold()}".endswith(f"/{file}") and (told := _OF_LINES.match(place))
        ]
        if parts:
            return [number for number, told in parts if int(told[1]) <= last and int(told[2] or told[1]) >= first]
    return []


def _with_lines(first: int, last: int, index: PageIndex) -> list[int]:
    """Parts that hold lines of a text."""
    found = []
    for number, name in index.named("line%") or index.named("第%行%"):
        told = _OF_LINES.match(name)
        if told is not None and int(told[1]) <= last and int(told[2] or told[1]) >= first:
            found.append(number)
    return found


def _with_cells(sheet: str, cells: str, index: PageIndex) -> list[int]:
    """Parts that hold rows of a sheet."""
    area = area_of(cells.replace("$", ""))
    if area is None:
        return []
    found = []
    for number, name in index.named("%!%"):
        told = _CELLS.fullmatch(name)
        rows = None if told is None else area_of(told["cells"])
        same = told is not None and told["sheet"].casefold() == sheet.casefold()
        if same and rows is not None and _meet(area, rows):
            found.append(number)
    return found


def _meet(one: Area, other: Area) -> bool:
    return one.top <= other.bottom and other.top <= one.bottom


def _called(said: str, index: PageIndex) -> list[int]:
    """Parts by what they are called: `slide 7`, `cell 12`, the heading of a chapter."""
    wanted = said.translate(_BRACKETS).casefold()
    named = index.named("%")
    same = [number for number, name in named if wanted in (name.casefold(), name.partition(": ")[0].casefold())]
    return (same or [number for number, name in named if wanted and wanted in name.casefold()])[:_FEW]
