"""Which pages of a document are meant, as people write them: `3-7`, `1, 4, 9-`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

Ranges = tuple[tuple[int, int | None], ...]
"""First and last page, counted from 1; without a last one, to the end. None at all: as many as usual."""

USUAL_PAGES: Ranges = ()
USUAL_COUNT = 20  # of pages that go if nobody chooses
MOST_PAGES = 100  # that can be chosen of one document; no server takes more than 150 pictures
_MOST_RANGES = 100
_RANGE = re.compile(r"(\d{1,7})?\s*([-–—~～]|至|到)?\s*(\d{1,7})?", re.ASCII)


def ranges_of(text: str) -> Ranges:
    """What somebody wrote. Raises ValueError for what is no choice of pages, e.g. `0`, `7-3` or nothing."""
    pieces = [piece.strip() for piece in re.split(r"[,，、;；\s]+", re.sub(r"\s*([-–—~～])\s*", r"\1", text.strip()))]
    if not text.strip() or len(pieces) > _MOST_RANGES:
        raise ValueError(text)
    ranges = tuple(_range(piece) for piece in pieces if piece)
    if not ranges:
        raise ValueError(text)
    return ranges


def checked(described: object) -> Ranges:
    """Ranges that somebody else sent or wrote down. Raises ValueError or TypeError."""
    if not isinstance(described, list | tuple):
        raise TypeError("ranges are a list")
    found = []
    for first, last in described:
        if not isinstance(first, int) or not (last is None or isinstance(last, int)):
            raise TypeError("pages are numbers")
        if first < 1 or (last is not None and last < first):
            raise ValueError("a range goes forward from page 1")
        found.append((first, last))
    return tuple(found)


def chosen(ranges: Ranges, count: int) -> list[int]:
    """The pages of a document of `count` pages that are meant, each once, in its order."""
    found: set[int] = set()
    for first, last in ranges:
        found.update(range(first, min(count, count if last is None else last) + 1))
    return sorted(found)


def first_of(ranges: Ranges, count: int) -> list[int]:
    """The first pages that are meant, `count` of them at most, of a document that is long enough."""
    if not ranges:
        return list(range(1, count + 1))
    return chosen(ranges, max(first if last is None else last for first, last in ranges) + count)[:count]


def as_ranges(pages: Iterable[int]) -> Ranges:
    """The same pages, which are in order, as first and last ones."""
    return tuple((run[0], run[1]) for run in _runs(pages))


def most_characters(max_video_tokens: int) -> int:
    """How much of the text of all chosen pages goes beside their pictures, for a model with this limit."""
    return max_video_tokens * 2


def written(pages: Iterable[int]) -> str:
    """As people write them: `3–7, 9`."""
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in _runs(pages))


def as_typed(ranges: Sequence[tuple[int, int | None]]) -> str:
    """What `ranges_of` reads again."""
    return ", ".join(_typed(first, last) for first, last in ranges)


def _runs(pages: Iterable[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][1] + 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    return runs


def _typed(first: int, last: int | None) -> str:
    if last is None:
        return f"{first}-"
    return str(first) if first == last else f"{first}-{last}"


def _range(piece: str) -> tuple[int, int | None]:
    found = _RANGE.fullmatch(piece)
    if found is None or not (found[1] or found[3]):
        raise ValueError(piece)
    first = int(found[1] or 1)
    last = int(found[3]) if found[3] else (None if found[2] else first)
    if first < 1 or (last is not None and last < first):
        raise ValueError(piece)
    return first, last
