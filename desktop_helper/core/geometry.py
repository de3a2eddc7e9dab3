"""Rectangles in physical pixels of the whole desktop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rect:
    """`x`, `y` of the top-left corner, `width`, `height`; physical pixels, origin at the primary desktop's corner."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """One past the last column."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """One past the last row."""
        return self.y + self.height

    def intersected(self, other: Rect) -> Rect | None:
        """The common part, or None if there is none."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        right, bottom = min(self.right, other.right), min(self.bottom, other.bottom)
        return Rect(x, y, right - x, bottom - y) if right > x and bottom > y else None

    @classmethod
    def around(cls, rects: Sequence[Rect]) -> Rect:
        """The smallest one with all of `rects`, of which there is at least one, in it."""
        x, y = min(rect.x for rect in rects), min(rect.y for rect in rects)
        return cls(x, y, max(rect.right for rect in rects) - x, max(rect.bottom for rect in rects) - y)

    @classmethod
    def parse(cls, text: str) -> Rect:
        """`X,Y,W,H` as the command line takes it. Raises ValueError."""
        x, y, width, height = (int(number) for number in text.split(","))
        if width <= 0 or height <= 0:
            raise ValueError(text)
        return cls(x, y, width, height)
