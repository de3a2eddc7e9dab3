"""Pages, slides, sheets, lines among the parts of a message: what a part is called, and where in its text they stand.

Handlers name the pictures of pages and the text of slides and sheets in the user's language. What the history holds may
be older than the language in use, so both of ours are known here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from desktop_helper.core.messages import FilePart, ImagePart, MediaPart

PAGE_NAMES = ("{name}, page {page} of {count}", "{name}，第 {page} 页，共 {count} 页")
TEXT_NAMES = ("{name}, text {part} of {count}", "{name}，文字 {part}/{count}")
LAYER_NAMES = ("{name}, text of the pages", "{name}，各页文字")
SOME_NAMES = ("{name}, parts of the text", "{name}，部分文字")
DETAIL_NAMES = ("{name}, a part of it", "{name}，局部")
_SOME = tuple(template.removeprefix("{name}") for template in SOME_NAMES)
_LAYERS = tuple(template.removeprefix("{name}") for template in LAYER_NAMES)
SLIDES = (".pptx", ".pptm", ".ppsx", ".potx", ".ppt", ".odp")
SHEETS = (".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".ods", ".csv", ".tsv")
_TABLES = (".csv", ".tsv")

_PLACEHOLDER = re.compile(r"\\{(\w+)\\}")
_SLIDE = re.compile(r"^## (?:Slide|幻灯片) (\d{1,5})\b", re.MULTILINE)
_PAGE = re.compile(r"^\[(?:page (\d{1,7}) of (\d{1,7})|第 (\d{1,7}) 页，共 (\d{1,7}) 页)\]$", re.MULTILINE)
_SHEET = re.compile(r"^## [^\n]+\n\n(?P<sheet>[^\n]+?)!A1:(?P<end>[A-Z]{1,3}\d{1,7})(?::|$)", re.MULTILINE)
_TABLE = re.compile(r"A1:(?P<end>[A-Z]{1,3}\d{1,7})(?::|$)", re.MULTILINE)
_PART = re.compile(
    r"^\[(?:part (?P<number>\d{1,7}) of (?P<count>\d{1,7})|第 (?P<zh>\d{1,7}) 部分，共 (?P<zh_count>\d{1,7}) 部分)"
    r"(?:: (?P<name>[^\n\]]*))?\]$",
    re.MULTILINE,
)
_LINES = re.compile(r"(?:lines? (\d{1,9})(?:–(\d{1,9}))?|第 (\d{1,9})(?:–(\d{1,9}))? 行)(?:: .*)?")
_BEHIND_FILE = re.compile(r", |，")
_ROWS = re.compile(r"(?P<sheet>.+)!(?P<cells>A\d{1,7}:[A-Z]{1,3}\d{1,7})")
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})", re.ASCII)
_EDGE = re.compile(r"(?<!\\)\|")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Area:
    """Cells from one corner to the other, both in it; columns and rows are counted from 1."""

    left: int
    top: int
    right: int
    bottom: int

    def holds(self, other: Area) -> bool:
        """Whether all of `other` lies in it."""
        across = self.left <= other.left and other.right <= self.right
        return across and self.top <= other.top and other.bottom <= self.bottom


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet in a text: which cells there are, and the characters that tell of it. `more`: other rows of it."""

    cells: Area
    span: Span
    more: tuple[Sheet, ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a text that has no pages.

    Args:
        heading: the characters that say which part it is.
        first: number of its first line in the file; 0 if lines are not counted.
        starts: where each of its lines begins, and the end; empty if lines are not counted.
        length: characters of what follows the heading.
        file: of a folder or an archive, the file that it is of, where lines are counted.
    """

    heading: Span
    first: int = 0
    starts: tuple[int, ...] = ()
    length: int = 0
    file: str = ""

    def lines(self, first: int, last: int) -> Span | None:
        """The characters of these lines, as far as they are here."""
        begin, end = max(0, first - self.first), min(len(self.starts) - 1, last - self.first + 1)
        return (self.starts[begin], self.starts[end] - 1) if self.first and begin < end else None


@dataclass(frozen=True, slots=True)
class Outline:
    """Where the places stand in the text of a part: characters of it. `count` is of all pages or parts, or 0."""

    pages: Mapping[int, Span] = field(default_factory=dict)
    sheets: Mapping[str, Sheet] = field(default_factory=dict)
    parts: Mapping[int, Stretch] = field(default_factory=dict)
    count: int = 0


NOTHING = Outline()


def page_of(name: str) -> tuple[str, int, int] | None:
    """Document, number and count, if a part of that name is a page of one."""
    found = next(filter(None, (pattern.fullmatch(name) for pattern in _PAGE_PATTERNS)), None)
    if found is None:
        return None
    number, count = int(found["page"]), int(found["count"])
    return (found["name"], number, count) if 1 <= number <= count else None


def page_of_detail(name: str) -> tuple[str, int, int] | None:
    """The same of a part that shows only some of a page, larger."""
    found = next(filter(None, (pattern.fullmatch(name) for pattern in _DETAIL_PATTERNS)), None)
    return None if found is None else page_of(found["name"])


def document_of(part: MediaPart) -> str:
    """Name of the file that a part was made of."""
    if isinstance(part, ImagePart):
        page = page_of(part.name)
        return part.name if page is None else page[0]
    found = next(filter(None, (pattern.fullmatch(part.name) for pattern in _TEXT_PATTERNS)), None)
    return part.name if found is None else found["name"]


def is_layer(part: FilePart) -> bool:
    """Whether it is the text of pages that go as pictures beside it: it says the same."""
    return part.name.endswith(_LAYERS)


def is_some(part: FilePart) -> bool:
    """Whether it is some parts of a longer text."""
    return part.name.endswith(_SOME)


def has_outline(part: MediaPart) -> bool:
    """Whether its text may tell of slides, sheets or pages, as far as its name says."""
    if not isinstance(part, FilePart):
        return False
    name = document_of(part)
    return name.lower().endswith((*SLIDES, *SHEETS)) or name != part.name


def outline_of(part: FilePart) -> Outline:
    """The places that its text tells of; `part` has its text."""
    name = document_of(part)
    if is_some(part):
        return _outline_of_parts(part.text, slides=name.lower().endswith(SLIDES))
    if name.lower().endswith(_TABLES):
        found = _TABLE.match(part.text)
        whole = None if found is None else area_of(f"A1:{found['end']}")
        return NOTHING if whole is None else Outline(sheets={stem(name): Sheet(whole, (0, len(part.text)))})
    sheets: dict[str, Sheet] = {}
    numbers: dict[int, Span] = {}
    count = 0
    if name.lower().endswith(SHEETS):
        heads = list(_SHEET.finditer(part.text))
        ends = [*(head.start() for head in heads[1:]), len(part.text)]
        for head, end in zip(heads, ends, strict=False):
            cells = area_of(f"A1:{head['end']}")
            if cells is not None:
                sheets.setdefault(head["sheet"], Sheet(cells, (head.start(), end)))
    elif name.lower().endswith(SLIDES) or name != part.name:
        for head in (_SLIDE if name.lower().endswith(SLIDES) else _PAGE).finditer(part.text):
            line_end = part.text.find("\n", head.end())
            span = (head.start(), line_end if line_end >= 0 else len(part.text))
            told = [int(number) for number in head.groups() if number]
            numbers.setdefault(told[0], span)
            count = count or next(iter(told[1:]), 0)
    return Outline(numbers, sheets, count=count)


def page_text(text: str, heading: Span) -> str:
    """What a text of pages says of the one whose heading that is."""
    following = _PAGE.search(text, heading[1])
    return text[heading[1] : len(text) if following is None else following.start()].strip()


def _outline_of_parts(text: str, *, slides: bool) -> Outline:
    heads = list(_PART.finditer(text))
    ends = [*(head.start() for head in heads[1:]), len(text)]
    sheets: dict[str, Sheet] = {}
    parts: dict[int, Stretch] = {}
    numbers: dict[int, Span] = {}
    count = 0
    for head, end in zip(heads, ends, strict=True):
        count = int(head["count"] or head["zh_count"])
        number, name = int(head["number"] or head["zh"]), head["name"] or ""
        rows = _ROWS.fullmatch(name)
        cells = area_of(rows["cells"]) if rows is not None else None
        if rows is not None and cells is not None:
            _add_rows(sheets, rows["sheet"], Sheet(cells, (head.end(), end)))
        if slides and (slide := _SLIDE.search(text, head.end(), end)):
            numbers.setdefault(int(slide[1]), head.span())
        parts[number] = _stretch(text, head.span(), name, end)
    return Outline(numbers, sheets, parts, count)


def _add_rows(sheets: dict[str, Sheet], name: str, rows: Sheet) -> None:
    known = sheets.get(name)
    sheets[name] = rows if known is None else replace(known, more=(*known.more, rows))


def _stretch(text: str, heading: Span, name: str, end: int) -> Stretch:
    file, place = in_file(name)
    found = _LINES.fullmatch(place)
    if found is None:
        return Stretch(heading, length=end - heading[1])
    first, last = int(found[1] or found[3]), int(found[2] or found[4] or found[1] or found[3])
    starts, at = [heading[1] + 1], heading[1] + 1
    while at < end and len(starts) <= last - first:
        at = text.find("\n", at, end) + 1
        if not at:
            break
        starts.append(at)
    behind = text.find("\n", starts[-1], end)
    edges = (*starts, (behind if behind >= 0 else end) + 1)
    return Stretch(heading, first, edges, end - heading[1], file)


def in_file(name: str) -> tuple[str, str]:
    """The file of a folder, and its lines, if a part is called after those; else nothing, and all of the name."""
    if _LINES.fullmatch(name):
        return "", name
    found = (one for one in _BEHIND_FILE.finditer(name) if _LINES.fullmatch(name, one.end()))
    first = next(found, None)
    return ("", name) if first is None else (name[: first.start()], name[first.end() :])


def stem(name: str) -> str:
    """A file's name without its ending."""
    return name.rpartition(".")[0] or name


def area_of(cells: str) -> Area | None:
    """What `B2`, `B2:C9` or `$B$2:$C$9` means; None for anything else."""
    corners = [_CELL.fullmatch(corner) for corner in cells.split(":")]
    known = [(column_number(found[1]), int(found[2])) for found in corners if found is not None]
    if len(known) != len(corners) or len(known) > 2 or any(row < 1 for _column, row in known):
        return None
    (left, top), (right, bottom) = known[0], known[-1]
    return Area(min(left, right), min(top, bottom), max(left, right), max(top, bottom))


def column_number(letters: str) -> int:
    """1 for `A`, 28 for `AB`."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def cells_in(text: str, sheet: Sheet, wanted: Area) -> list[Span]:
    """Where those cells stand in the table of `sheet`, a span for each row with some of them, downwards."""
    lines = list(_table_lines(text, sheet.span))
    if len(lines) < 2:
        return []
    head = _row(text, lines[0])
    named = [text[begin:end].strip() for begin, end in head]
    numbered = bool(named) and not named[0] and all(re.fullmatch("[A-Z]{1,3}", name) for name in named[1:])
    if numbered:
        columns = [0, *map(column_number, named[1:])]
        rows = lines[2:]
        numbers = [_number(text, line) for line in rows]
        first = bisect_right(numbers, wanted.top - 1)
        rows = rows[first : bisect_right(numbers, wanted.bottom)]
    else:  # a file that is one table: its first row is the table's head
        columns = list(range(1, len(head) + 1))
        rows = [lines[0], *lines[2:]][wanted.top - 1 : wanted.bottom]
    return list(filter(None, (_wanted(_row(text, line), columns, wanted) for line in rows)))


def _wanted(cells: Sequence[Span], columns: Sequence[int], wanted: Area) -> Span | None:
    found = [span for span, column in zip(cells, columns, strict=False) if wanted.left <= column <= wanted.right]
    return (found[0][0], found[-1][1]) if found else None


def _table_lines(text: str, span: Span) -> Iterator[Span]:
    """The lines of the table, without what stands above and below it."""
    at, inside = span[0], False
    while at < span[1]:
        end = text.find("\n", at, span[1])
        end = span[1] if end < 0 else end
        if text.startswith("|", at):
            inside = True
            yield at, end
        elif inside:
            return
        at = end + 1


def _row(text: str, line: Span) -> list[Span]:
    edges = [found.start() for found in _EDGE.finditer(text, *line)]
    return [(left + 1, right) for left, right in pairwise(edges)]


def _number(text: str, line: Span) -> int:
    found = re.compile(r"\| (\d{1,7}) ").match(text, *line)
    return int(found[1]) if found else 0


def _pattern(template: str) -> re.Pattern[str]:
    """What matches the names that `template` makes."""
    inner = _PLACEHOLDER.sub(
        lambda found: f"(?P<{found[1]}>.+)" if found[1] == "name" else f"(?P<{found[1]}>[0-9]{{1,7}})",
        re.escape(template),
    )
    return re.compile(inner, re.DOTALL)


_PAGE_PATTERNS = tuple(map(_pattern, PAGE_NAMES))
_DETAIL_PATTERNS = tuple(map(_pattern, DETAIL_NAMES))
_TEXT_PATTERNS = tuple(map(_pattern, (*TEXT_NAMES, *LAYER_NAMES, *SOME_NAMES)))
