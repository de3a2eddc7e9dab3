"""Places in a text, as Python counts them and as Qt does: characters beyond U+FFFF are two to Qt."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

Ranges = Sequence[tuple[int, int]]


def utf16(text: str, ranges: Ranges) -> list[tuple[int, int]]:
    """Python's places as Qt's."""
    wide = [] if text.isascii() else [place for place, character in enumerate(text) if character > "\uffff"]
    return [(start + bisect_left(wide, start), end + bisect_left(wide, end)) for start, end in ranges]
