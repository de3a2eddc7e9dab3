"""Texts longer than a model reads, cut into parts that are found and read one by one.

A part is about as long as a page. It begins with a chapter, a slide or a heading where there is one, and is called by
what a reader finds it by: its lines, its cells, or the headings above it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import BinaryIO

from desktop_helper.attachments import _errors
from desktop_helper.attachments._document import Document
from desktop_helper.core.documents import PageReading, PageText, ReadTexts
from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import ConvertOptions
from desktop_helper.core.text_tokens import text_tokens

TOKENS = 700  # of a part at most, as it is counted here; a page of a book says as much
MAX_CHARACTERS = 12_000_000  # of a file that are looked at
MAX_CELLS = 600_000
MAX_BYTES = 256 * 1024 * 1024
MOST_CRUMB = 120  # characters of the headings above a part
_WINDOW = 4 * TOKENS  # characters that are more than a part, whatever they are
_ENOUGH = TOKENS // 2  # a part that long ends where there is a good place for it
_HEADING = re.compile(r"(#{1,6}) +(\S[^\n]*)")
_LOWEST = 6  # level of a heading that is only seen to be one
_FENCE = re.compile(r"\s*(?:```|~~~)")
# What stands alone in a line of books and manuals that are plain text.
_TITLE = re.compile(
    r"(?:chapter|section|appendix|book|part) (?:[0-9]{1,4}(?:\.[0-9]{1,3})*|[ivxlc]{1,7}|[a-z])\b"
    r"(?:[^\n]{0,80}[^\n.,;!?])?"
    r"|第 ?[0-9零〇一二三四五六七八九十百千]{1,9} ?[章节回卷篇部](?:[^\n]{0,60}[^\n。，；！？])?",
    re.IGNORECASE,
)
_LINE_END = re.compile(r"\r\n|\n|\r")
_CUT = re.compile(r"(?<=[.!?;,]) |(?<=[。！？；，])")

Tell = Callable[[bytes, str, Document], object]


def texts(tell: Tell) -> ReadTexts:
    """Reads the parts of a kind whose own reader is `tell`, which gets the bytes and the name."""

    def read(source: bytes | BinaryIO, name: str, wanted: PageReading) -> tuple[int, list[PageText]]:
        told = Parts(name)
        tell(content(source, name), name, told)
        return from_page(told.made(), wanted)

    return read


def from_page(parts: list[PageText], wanted: PageReading) -> tuple[int, list[PageText]]:
    """How many there are, and all that follow: they have been made already."""
    return len(parts), parts[max(0, wanted.first - 1) :]


def content(source: bytes | BinaryIO, name: str) -> bytes:
    """All bytes of a file. Raises `HelperError(SOURCE)`."""
    if isinstance(source, bytes):
        return source
    source.seek(0)
    data = source.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise _errors.unreadable(tr("{name} is larger than {limit} MB.", name=name, limit=MAX_BYTES // (1024 * 1024)))
    return data


class Parts(Document):
    """Listens to a reader like any document, and cuts what it hears."""

    most_characters = MAX_CHARACTERS
    most_cells = MAX_CELLS
    in_parts = True

    def __init__(self, name: str) -> None:
        super().__init__(name, ConvertOptions(), pictures=False)
        self._packer = _Packer()

    def begin(self, name: str, heading: str = "", *, alone: bool = True) -> None:
        """See `Document`."""
        self._packer.begin(name, heading, alone=alone)

    def text(self, block: str) -> None:
        """See `Document`."""
        block = block.strip("\n")
        if not block.strip() or self.full:
            return
        self._length += len(block) + 2
        paragraphs = block.split("\n\n") if text_tokens(block) > TOKENS else [block]  # e.g. all of a mail
        for paragraph in filter(str.strip, paragraphs):
            if found := _HEADING.fullmatch(paragraph):
                self._packer.heading(len(found[1]), found[2])
            elif _TITLE.fullmatch(paragraph.strip()):
                self._packer.heading(_LOWEST, paragraph)
            for piece in _pieces(paragraph):
                self._packer.add(piece)

    def parts(self) -> tuple[()]:
        """Nothing is shown."""
        return ()

    def made(self) -> list[PageText]:
        """All of it."""
        return self._packer.finish()


def of_lines(text: str, *, marked: bool = False) -> list[PageText]:
    """The lines of a text in parts that are called by their numbers. In a `marked` one, headings begin with `#`."""
    packer = _LinePacker(marked=marked)
    for number, line in enumerate(_LINE_END.split(text), 1):
        packer.add(number, line)
    return packer.finish()


@dataclass
class _Crumbs:
    """The headings above a place."""

    titles: dict[int, str] = field(default_factory=dict)

    def heading(self, level: int, title: str) -> None:
        self.titles = {above: one for above, one in self.titles.items() if above < level} | {level: _clean(title)}

    def __str__(self) -> str:
        return " › ".join(self.titles.values())[-MOST_CRUMB:]


class _Packer:
    """Puts blocks that follow one another together."""

    def __init__(self) -> None:
        self._made: list[PageText] = []
        self._blocks: list[str] = []
        self._tokens = 0
        self._crumbs = _Crumbs()
        self._crumb = self._title = self._above = ""
        self._names: list[str] = []

    def begin(self, name: str, heading: str, *, alone: bool) -> None:
        if alone:
            self._close()
            self._crumbs = _Crumbs()
        self._title, self._above = _clean(name), _clean(heading)

    def heading(self, level: int, title: str) -> None:
        if self._tokens >= _ENOUGH:
            self._close()
        self._crumbs.heading(level, title)

    def add(self, block: str) -> None:
        cost = text_tokens(block)
        if self._blocks and self._tokens + cost > TOKENS:
            self._close()
        if not self._blocks:
            self._crumb = self._above or str(self._crumbs)
        self._blocks.append(block)
        self._tokens += cost
        if self._title and self._title not in self._names:
            self._names.append(self._title)

    def finish(self) -> list[PageText]:
        self._close()
        return self._made

    def _close(self) -> None:
        if self._blocks:
            named = " – ".join(dict.fromkeys((self._names[0], self._names[-1]))) if self._names else self._crumb
            self._made.append(PageText("\n\n".join(self._blocks), name=named, heading=self._crumb))
        self._blocks, self._names, self._tokens = [], [], 0


class _LinePacker:
    """The same for lines: a part ends at a heading or between paragraphs, if there is one in its second half."""

    def __init__(self, *, marked: bool) -> None:
        self._marked = marked
        self._made: list[PageText] = []
        self._lines: list[tuple[int, str, int]] = []  # number, text, tokens
        self._tokens = 0
        self._good = 0  # how many lines are before a good place to end
        self._crumbs, self._crumb = _Crumbs(), ""
        self._in_code = False
        self._outer = ""

    def add(self, number: int, line: str) -> None:
        cost = text_tokens(line) + 1
        if cost > TOKENS:
            self._close(len(self._lines))
            self._long(number, line)
            return
        heading = self._heading(line)
        if heading is not None and self._tokens >= _ENOUGH:
            self._close(len(self._lines))
        while self._lines and self._tokens + cost > TOKENS:
            self._close(self._good or len(self._lines))
        if heading is not None:
            self._crumbs.heading(*heading)
        if not self._lines:
            self._crumb = self._above(line)
        elif not self._lines[-1][1].strip() and line[:1].strip() and self._tokens >= _ENOUGH:
            self._good = len(self._lines)
        if line[:1].isalpha():
            self._outer = line
        self._lines.append((number, line, cost))
        self._tokens += cost

    def finish(self) -> list[PageText]:
        self._close(len(self._lines))
        return self._made

    def _heading(self, line: str) -> tuple[int, str] | None:
        """Level and title, if it is one."""
        if self._marked:
            if _FENCE.match(line):
                self._in_code = not self._in_code
            found = None if self._in_code else _HEADING.fullmatch(line.rstrip())
            return (len(found[1]), found[2]) if found else None
        title = line.strip()
        return (_LOWEST, title) if _TITLE.fullmatch(title) else None

    def _above(self, line: str) -> str:
        """What stands above a part that begins with `line`: headings, or what an indented line belongs to."""
        within = self._outer if line[:1].isspace() and not self._marked else ""
        return ", ".join(filter(None, (str(self._crumbs), _clean(within))))[:MOST_CRUMB]

    def _close(self, count: int) -> None:
        lines, self._lines = self._lines[:count], self._lines[count:]
        self._good = 0
        self._tokens = sum(cost for _number, _line, cost in self._lines)
        while lines and not lines[0][1].strip():
            del lines[0]
        while lines and not lines[-1][1].strip():
            lines.pop()
        if lines:
            text = "\n".join(line for _number, line, _cost in lines)
            self._made.append(_numbered(text, lines[0][0], lines[-1][0], self._crumb))
        if self._lines:
            self._crumb = self._above(self._lines[0][1])

    def _long(self, number: int, line: str) -> None:
        at = 1
        for piece in _bits(line):
            name = tr("line {line} from character {at}", line=number, at=at)
            self._made.append(PageText(piece, name=name, heading=str(self._crumbs)))
            at += len(piece)


def _numbered(text: str, first: int, last: int, above: str) -> PageText:
    name = tr("line {line}", line=first) if first == last else tr("lines {first}–{last}", first=first, last=last)
    return PageText(text, name=f"{name}: {above}" if above else name, heading=above)


def _pieces(block: str) -> Iterator[str]:
    """A block that is too long for one part in several. Of a table, each has the head."""
    if text_tokens(block) <= TOKENS:
        yield block
        return
    lines = block.split("\n")
    head = lines[:2] if len(lines) > 2 and lines[1].startswith("| ---") and text_tokens(lines[0]) < _ENOUGH else []
    group, tokens = list(head), text_tokens("\n".join(head))
    begun = tokens
    for line in chain.from_iterable(map(_bits, lines[len(head) :])):
        cost = text_tokens(line) + 1
        if tokens + cost > TOKENS and len(group) > len(head):
            yield "\n".join(group)
            group, tokens = list(head), begun
        group.append(line)
        tokens += cost
    yield "\n".join(group)


def _bits(line: str) -> Iterator[str]:
    """A line that is too long for one part in several, cut behind sentences if there are some."""
    at = 0
    while True:
        head = line[at : at + _WINDOW]
        cost = text_tokens(head)
        if cost <= TOKENS:  # the window holds more than a part may, so this is the rest
            yield head
            return
        end = max(1, len(head) * TOKENS // cost * 9 // 10)
        behind = [found.end() for found in _CUT.finditer(head, end // 2, end)]
        cut = behind[-1] if behind else head.rfind(" ", end // 2, end) + 1 or end
        yield head[:cut]
        at += cut


def _clean(name: str) -> str:
    """On one line, and without what ends a name where parts are told."""
    return " ".join(name.replace("[", "(").replace("]", ")").split())[:MOST_CRUMB]


def rows_in_parts(rows: Sequence[str], head: str = "") -> Iterator[tuple[int, int]]:
    """Which rows of a table go together in a part below its head: the first, and the one behind the last."""
    above = text_tokens(head)
    first, tokens = 0, above
    for place, row in enumerate(rows):
        cost = text_tokens(row) + 1
        if place > first and tokens + cost > TOKENS:
            yield first, place
            first, tokens = place, above
        tokens += cost
    if rows:
        yield first, len(rows)
