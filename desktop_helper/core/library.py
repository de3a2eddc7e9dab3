"""The documents that a conversation was about so far: finds the place that an answer speaks of, or none.

A wrong page is worse than no link: what could be meant of two documents is meant of none.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from desktop_helper.core.citations import Kind, Mention, mentions
from desktop_helper.core.document_places import (
    NOTHING,
    SLIDES,
    Area,
    Outline,
    Sheet,
    Span,
    Stretch,
    area_of,
    document_of,
    page_of,
    page_of_detail,
    page_text,
    stem,
)
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a place is to be seen.

    Args:
        part: a picture of a page, or a text.
        lines: characters of the text that are its heading, or all of it.
        sheet: of the text, with the cells in `area`.
    """

    part: MediaPart
    lines: Span | None = None
    sheet: Sheet | None = None
    area: Area | None = None


@dataclass(slots=True)
class _Document:
    name: str
    count: int = 0
    pages: dict[int, Spot | None] = field(default_factory=dict)  # None: two are called the same
    sheets: dict[str, tuple[tuple[MediaPart, Sheet], ...]] = field(default_factory=dict)
    parts: dict[int, tuple[MediaPart, Stretch]] = field(default_factory=dict)

    @property
    def is_talk(self) -> bool:
        return self.name.lower().endswith(SLIDES)


class Library:
    """Grows question by question. Equal if the same parts were added."""

    def __init__(self) -> None:
        self._documents: dict[str, _Document] = {}
        self._added: list[str] = []

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Library) and self._added == other._added

    __hash__ = None  # type: ignore[assignment]  # it grows

    def __bool__(self) -> bool:
        return any(one.pages or one.sheets or one.parts for one in self._documents.values())

    def copy(self) -> Library:
        """One that goes on by itself."""
        other = Library()
        other._documents = {
            key: _Document(one.name, one.count, dict(one.pages), dict(one.sheets), dict(one.parts))
            for key, one in self._documents.items()
        }
        other._added = list(self._added)
        return other

    def add(self, media: tuple[MediaPart, ...], outlines: Mapping[str, Outline]) -> None:
        """What goes with a question; `outlines` by the texts' digests. What was there under the same names goes."""
        parts = [(part, _page_name(part), _outline(part, outlines)) for part in media]
        counts: dict[str, int] = {}
        for part, page, outline in parts:
            if page is not None or outline.count:
                counts.setdefault(document_of(part).casefold(), outline.count if page is None else page[2])
        seen: set[tuple[str, int]] = set()
        fresh: set[str] = set()
        for part, page, outline in parts:
            if page is None and not outline.pages and not outline.sheets and not outline.parts:
                continue
            name = document_of(part)
            key = name.casefold()
            if key not in fresh:
                fresh.add(key)
                self._renew(name, counts.get(key, 0))
            document = self._documents[key]
            self._added.append(part.name if page is not None else f"{part.name}\0{part.sha256}")
            if page is not None:
                self._add_page(document, page, Spot(part), seen)
            for number, lines in outline.pages.items():
                if (key, number) not in seen:  # else its picture is there
                    document.pages[number] = Spot(part, lines)
            for sheet, told in outline.sheets.items():
                rows = tuple((part, one) for one in (told, *told.more))
                document.sheets[sheet] = (*document.sheets.get(sheet, ()), *rows)
            for number, stretch in outline.parts.items():
                self._add_part(document, number, part, stretch)

    def bring(self, media: tuple[MediaPart, ...], outlines: Mapping[str, Outline]) -> None:
        """What tools brought. It adds to what questions brought, and says more of a page, or is left alone."""
        for part in media:
            outline, page = _outline(part, outlines), _page_name(part)
            if page is None and isinstance(part, ImagePart):
                page = page_of_detail(part.name)
            if page is not None:
                self._bring_page(*page, Spot(part))
            for number, lines in outline.pages.items():
                self._bring_page(document_of(part), number, outline.count, Spot(part, lines))
            if outline.parts:
                self._bring_parts(part, outline)

    def links(self, text: str) -> Iterator[tuple[Mention, Spot]]:
        """What of `text` speaks of a place that was sent."""
        names = list(dict.fromkeys(document.name for document in self._documents.values()))
        sheets = list(dict.fromkeys(sheet for document in self._documents.values() for sheet in document.sheets))
        tables = [one.name for one in self._documents.values() if one.sheets and not one.pages]
        for mention in mentions(text, names, [*sheets, *(name for name in tables if stem(name) in sheets)]):
            spot = self.find(mention)
            if spot is not None:
                yield mention, spot

    def find(self, mention: Mention) -> Spot | None:
        """The place that is meant, if it is certain which one."""
        if mention.foreign:
            return None
        documents = list(self._documents.values())
        if mention.document:
            named = mention.document.casefold()
            same = [one for one in documents if one.name.casefold() == named]
            documents = same or [one for one in documents if one.name.casefold().endswith(f"/{named}")]
        if mention.kind is Kind.CELLS:
            return _cells(documents, mention)
        if mention.kind is Kind.PART:
            return _part(documents, mention)
        if mention.kind is Kind.LINE:
            return _lines(documents, mention)
        return _page(documents, mention)

    def _renew(self, name: str, count: int) -> None:
        """The file may be another one than before, or the same with other pages: those stay."""
        old = self._documents.get(name.casefold())
        if old is None or old.count != count or (old.sheets and not old.parts):
            self._documents[name.casefold()] = _Document(name, count)

    def _bring_page(self, name: str, number: int, count: int, spot: Spot) -> None:
        document = self._documents.setdefault(name.casefold(), _Document(name, count))
        document.count = document.count or count
        old = document.pages.get(number)
        doubtful = count not in (0, document.count) or (old is None and number in document.pages)
        if not doubtful and (old is None or _worth(spot) > _worth(old)):
            document.pages[number] = spot
            self._added.append(f"{spot.part.name}\0{spot.part.sha256}\0{number}")

    def _bring_parts(self, part: MediaPart, outline: Outline) -> None:
        """Those that are not known yet, or of which more is told now; what a search found is only some of one."""
        name = document_of(part)
        document = self._documents.setdefault(name.casefold(), _Document(name, outline.count))
        document.count = document.count or outline.count
        if outline.count != document.count:
            return
        for number, stretch in outline.parts.items():
            old = document.parts.get(number)
            if old is None or stretch.length > old[1].length:
                self._add_part(document, number, part, stretch)
                self._added.append(f"{part.name}\0{part.sha256}\0{number}")
        for sheet, told in outline.sheets.items():
            document.sheets[sheet] = (*document.sheets.get(sheet, ()), *((part, one) for one in (told, *told.more)))

    def _add_part(self, document: _Document, number: int, part: MediaPart, stretch: Stretch) -> None:
        """Of a folder or an archive, the lines are those of one of its files: two such files are two documents."""
        document.parts[number] = (part, replace(stretch, first=0) if stretch.file else stretch)
        if stretch.file:
            key = f"{document.name}\0{stretch.file}".casefold()
            self._documents.setdefault(key, _Document(stretch.file)).parts[number] = (part, stretch)

    @staticmethod
    def _add_page(document: _Document, page: tuple[str, int, int], spot: Spot, seen: set[tuple[str, int]]) -> None:
        name, number, count = page
        twice = (name.casefold(), number) in seen
        other = document.pages.get(number)
        doubtful = count != document.count or (twice and (other is None or other.part.sha256 != spot.part.sha256))
        document.pages[number] = None if doubtful else spot
        seen.add((name.casefold(), number))


def _worth(spot: Spot) -> tuple[int, float]:
    """How much of a page it shows: an area of it, some words or all of them, its picture."""
    if spot.lines is None:
        return (2 if page_of(spot.part.name) is not None else 0), 0.0
    text = spot.part.text if isinstance(spot.part, FilePart) else ""
    return 1, len(page_text(text, spot.lines)) if text else math.inf  # it was sent with a question, if it is not read


def _page_name(part: MediaPart) -> tuple[str, int, int] | None:
    return page_of(part.name) if isinstance(part, ImagePart) and part.moment is None else None


def _outline(part: MediaPart, outlines: Mapping[str, Outline]) -> Outline:
    return NOTHING if isinstance(part, ImagePart) else outlines.get(part.sha256, NOTHING)


def _page(documents: list[_Document], mention: Mention) -> Spot | None:
    """Slides are looked for among presentations, and pages among the others, if there are such."""
    documents = [one for one in documents if one.pages]
    fitting = [one for one in documents if one.is_talk is (mention.kind is Kind.SLIDE)] or documents
    having = [
        one for one in fitting if mention.number in one.pages and (not mention.of or one.count in (0, mention.of))
    ]
    return having[0].pages[mention.number] if len(having) == 1 else None


def _cells(documents: list[_Document], mention: Mention) -> Spot | None:
    area = area_of(mention.cells.replace("$", ""))
    sheets = [
        rows
        for one in documents
        for name, rows in one.sheets.items()
        if not mention.sheet or mention.sheet in (name, one.name)
    ]
    if area is None or len(sheets) != 1:
        return None
    return next((Spot(part, sheet=rows, area=area) for part, rows in sheets[0] if rows.cells.holds(area)), None)


def _part(documents: list[_Document], mention: Mention) -> Spot | None:
    """Only with the right count: books have parts of their own."""
    having = [one for one in documents if one.count == mention.of and mention.number in one.parts]
    if len(having) != 1:
        return None
    part, stretch = having[0].parts[mention.number]
    return Spot(part, lines=stretch.heading)


def _lines(documents: list[_Document], mention: Mention) -> Spot | None:
    """As many of them as stand in the part that has the first one."""
    last = mention.last or mention.number
    having = [
        Spot(part, lines=span)
        for one in documents
        for part, stretch in one.parts.values()
        if mention.number >= stretch.first and (span := stretch.lines(mention.number, last)) is not None
    ]
    return having[0] if len(having) == 1 else None
