"""A region that is changed after it was drawn: what of it the mouse holds, and where that takes it. No Qt.

A grip says which edges follow: -1 the left or upper one, 1 the right or lower one, 0 none, for each axis. `MOVE` holds
the region by its middle, so that the whole of it follows.
"""

from __future__ import annotations

from dataclasses import dataclass

from desktop_helper.core.geometry import Rect

Point = tuple[int, int]
Grip = tuple[int, int]
MOVE: Grip = (0, 0)
REACH = 8  # logical pixels from an edge that still hold it


@dataclass(frozen=True, slots=True)
class Pull:
    """The mouse has taken hold of `region` by `grip`, at `start`."""

    grip: Grip
    start: Point
    region: Rect

    def to(self, point: Point, picture: Point) -> Rect:
        """The region, now that the mouse is at `point`; it never leaves a picture of that size."""
        if self.grip == MOVE:
            return moved(self.region, point[0] - self.start[0], point[1] - self.start[1], picture)
        region, (side_x, side_y) = self.region, self.grip
        left, right = _pulled((region.x, region.right), side_x, point[0], self.start[0], picture[0])
        top, bottom = _pulled((region.y, region.bottom), side_y, point[1], self.start[1], picture[1])
        return Rect(left, top, right - left, bottom - top)


def grip_at(region: Rect, point: Point, unit: float) -> Grip | None:
    """What of `region` the mouse takes hold of at `point`; None outside of its reach."""
    reach = max(2, round(REACH * unit))
    side_x = _side(point[0], region.x, region.right, reach)
    side_y = _side(point[1], region.y, region.bottom, reach)
    return None if side_x is None or side_y is None else (side_x, side_y)


def moved(region: Rect, dx: int, dy: int, picture: Point) -> Rect:
    """`region` elsewhere, as far as the picture goes."""
    x = min(max(region.x + dx, 0), picture[0] - region.width)
    y = min(max(region.y + dy, 0), picture[1] - region.height)
    return Rect(x, y, region.width, region.height)


def resized(region: Rect, dx: int, dy: int, picture: Point) -> Rect:
    """`region` with its right and lower edges elsewhere: at least one pixel, and no further than the picture goes."""
    width = min(max(region.width + dx, 1), picture[0] - region.x)
    height = min(max(region.height + dy, 1), picture[1] - region.y)
    return Rect(region.x, region.y, width, height)


def _side(at: int, start: int, end: int, reach: int) -> int | None:
    inside = min(reach, (end - start) // 4)  # a small region keeps a middle to be moved by
    if start - reach <= at < start + inside:
        return -1
    if end - inside <= at < end + reach:
        return 1
    return 0 if start <= at < end else None


def _pulled(edges: Point, side: int, at: int, start: int, size: int) -> Point:
    """The edges after the mouse went from `start` to `at`; the first and last pixel stand for the picture's ends."""
    if not side:
        return edges
    target = 0 if at <= 0 else size if at >= size - 1 else min(max(edges[side > 0] + at - start, 0), size)
    low, high = sorted((target, edges[side < 0]))
    return (low, high) if high > low else (min(low, size - 1), min(low, size - 1) + 1)
