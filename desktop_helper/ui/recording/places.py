"""Where the frame around a recorded region and the bar beside it go. Plain arithmetic in logical pixels, no Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from desktop_helper.core.geometry import Rect

THICKNESS = 3  # of the frame
GAP = 16  # between the frame and the bar, whose shadow would reach the picture: compositors let it begin 15 above
MARGIN = 12  # between the bar and the screen's corner

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the bar goes. `inside`: over what is recorded, since there is no room anywhere else."""

    x: int
    y: int
    inside: bool = False


def logical(area: Rect, screen: Rect, scale: float) -> Rect:
    """`area` of the desktop as whole logical pixels that cover all of it.

    Args:
        area: physical.
        screen: whose corner is the same in both; its size does not matter.
        scale: of that screen.
    """
    left, top = math.floor((area.x - screen.x) / scale), math.floor((area.y - screen.y) / scale)
    right, bottom = math.ceil((area.right - screen.x) / scale), math.ceil((area.bottom - screen.y) / scale)
    return Rect(screen.x + left, screen.y + top, right - left, bottom - top)


def edges(region: Rect, screen: Rect, scale: float) -> list[Rect]:
    """The four bars of a frame around `region`, cut to the screen; without those that would lie outside of it.

    Between two pixels, Qt rounds place and size each by itself: a pixel of air keeps that out of the picture.
    """
    air = 0 if scale == int(scale) else 1
    outer = _grown(region, air + THICKNESS)
    bars = (
        Rect(outer.x, outer.y, outer.width, THICKNESS),
        Rect(outer.x, outer.bottom - THICKNESS, outer.width, THICKNESS),
        Rect(outer.x, outer.y + THICKNESS, THICKNESS, outer.height - 2 * THICKNESS),
        Rect(outer.right - THICKNESS, outer.y + THICKNESS, THICKNESS, outer.height - 2 * THICKNESS),
    )
    return [part for bar in bars if (part := bar.intersected(screen)) is not None]


def bar(region: Rect, size: Size, screens: Sequence[Rect]) -> Place:
    """Below the region, else above, right or left of it, else in a corner of another screen, else in one of its own.

    Args:
        region: what is recorded.
        size: of the bar.
        screens: where windows may be, the region's own first.
    """
    own, (width, height) = screens[0], size
    around = _grown(region, THICKNESS + 1 + GAP)
    x = _between(region.x + (region.width - width) // 2, own.x, own.right - width)
    y = _between(region.y, own.y, own.bottom - height)
    for left, top in ((x, around.bottom), (x, around.y - height), (around.right, y), (around.x - width, y)):
        place = Rect(left, top, width, height)
        if place.intersected(own) == place:
            return Place(left, top)
    for screen in screens[1:]:
        place = _corner(screen, size)
        if place.intersected(around) is None:
            return Place(place.x, place.y)
    place = _corner(own, size)
    return Place(place.x, place.y, inside=True)


def _corner(screen: Rect, size: Size) -> Rect:
    return Rect(screen.right - MARGIN - size[0], screen.y + MARGIN, *size)


def _grown(rect: Rect, by: int) -> Rect:
    return Rect(rect.x - by, rect.y - by, rect.width + 2 * by, rect.height + 2 * by)


def _between(value: int, low: int, high: int) -> int:
    return max(low, min(value, high))
