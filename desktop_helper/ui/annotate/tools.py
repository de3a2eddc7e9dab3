"""The tools, one entry each: how a mark begins and how it follows the mouse. No Qt.

A new tool is a new `Tool` in `tools()` and, if nothing there paints it yet, a painter in `shapes`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from desktop_helper.core.i18n import tr
from desktop_helper.ui.annotate.marks import Mark, Point

Follow = Callable[[Mark, Point, bool], Mark]
STROKES = (2, 3, 4, 6, 9)  # logical pixels, like all sizes here
LETTERS = (14, 17, 22, 30, 42)
DISCS = (20, 24, 30, 38, 50)
# Three letters of ordinary size lie in the smallest square; see `blocks`. Each is twice the one before, so that the
# squares of one size lie in those of the next and two sizes over each other tell no more than the finer one.
SQUARES = (24, 48, 96)


@dataclass(frozen=True, slots=True)
class Tool:
    """Something to draw with.

    Args:
        name: what its marks are called.
        key: takes it up, and puts it down again.
        label: in the user's language.
        sizes: that it comes in, thinnest first.
        follow: the mark with the mouse elsewhere; with True in a straight way (level, upright, diagonal, square).
        usual: the size that it has at first.
        coloured: whether the colour means anything to it.
        nested: whether each size is a whole multiple of the first one, at every scale.
        dragged: whether a mark is drawn from one place to another; else it is put in one.
    """

    name: str
    key: str
    label: str
    sizes: Sequence[int]
    follow: Follow
    usual: int = 2
    coloured: bool = True
    dragged: bool = True
    nested: bool = False

    def pixels(self, level: int, unit: float) -> int:
        """Its size with that number, in picture pixels, of which `unit` make a logical one."""
        first, size = self.sizes[0], self.sizes[level]
        if self.nested:
            return max(1, round(first * unit)) * (size // first)
        return max(1, round(size * unit))

    def begin(self, point: Point, colour: str, size: int) -> Mark:
        """A mark at the place where the button went down."""
        return Mark(self.name, (point,), colour if self.coloured else "", size)


def tools() -> tuple[Tool, ...]:
    """Every tool, in the order of the bar."""
    return (
        Tool("arrow", "A", tr("Arrow"), STROKES, _to),
        Tool("box", "B", tr("Box"), STROKES, _square),
        Tool("pen", "D", tr("Pen"), STROKES, _along),
        Tool("text", "T", tr("Text"), LETTERS, _at, dragged=False),
        Tool("number", "N", tr("Number"), DISCS, _at, dragged=False),
        Tool("hide", "H", tr("Hide under coarse squares"), SQUARES, _square, usual=0, coloured=False, nested=True),
    )


def is_something(mark: Mark) -> bool:
    """Whether there is anything to see: a click with a tool that is dragged leaves only a dot of the pen."""
    if mark.tool == "text":
        return bool(mark.text.strip())
    return mark.tool in ("pen", "number") or len(set(mark.points)) > 1


def _at(mark: Mark, point: Point, _straight: bool) -> Mark:
    return replace(mark, points=(point,))


def _to(mark: Mark, point: Point, straight: bool) -> Mark:
    start = mark.points[0]
    return replace(mark, points=(start, _straightened(start, point) if straight else point))


def _square(mark: Mark, point: Point, straight: bool) -> Mark:
    start = mark.points[0]
    return replace(mark, points=(start, _squared(start, point) if straight else point))


def _along(mark: Mark, point: Point, straight: bool) -> Mark:
    if straight:
        return _to(mark, point, straight)
    return mark if point == mark.points[-1] else replace(mark, points=(*mark.points, point))


def _straightened(start: Point, point: Point) -> Point:
    dx, dy = point[0] - start[0], point[1] - start[1]
    if abs(dx) > 2 * abs(dy):
        return point[0], start[1]
    if abs(dy) > 2 * abs(dx):
        return start[0], point[1]
    return _squared(start, point)


def _squared(start: Point, point: Point) -> Point:
    dx, dy = point[0] - start[0], point[1] - start[1]
    side = max(abs(dx), abs(dy))
    return start[0] + (side if dx >= 0 else -side), start[1] + (side if dy >= 0 else -side)
