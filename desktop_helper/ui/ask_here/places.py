"""Where the line for the question and the bubble with the answer go, beside the region. Plain arithmetic, no Qt.

Everything is in logical pixels: of the overlay for the line, of the desktop for the bubble.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from desktop_helper.core.geometry import Rect

GAP = 10  # from the region, as its label and its bar
MARGIN = 8  # from the edge of the screen
RING = 3  # around the line's field, while it has the keyboard

Size = tuple[int, int]


def line(region: Rect, size: Size, room: int, screen: Size, avoid: Iterable[Rect]) -> Rect:
    """Where a line of `size` goes: under the region, else above it, else inside its lower edge.

    `room` is the height that must be free there: the line may grow so far without changing sides. It does not cover
    what it is to `avoid`, the label and the bar, where the screen has room for all of them.
    """
    width, height = size
    avoid = tuple(avoid)
    columns = [region.x, region.right - width]
    columns += [x for one in avoid for x in (one.x - GAP - width, one.right + GAP)]
    above = sorted((one.y - GAP - room for one in (region, *avoid)), reverse=True)
    middle = region.x + (region.width - width) // 2

    def first(tops: list[int], columns: list[int], clear_of: tuple[Rect, ...]) -> Rect | None:
        places = (Rect(_kept(x, width, screen[0]), top, width, room) for top in tops for x in columns)
        fitting = (place for place in places if place.y >= 0 and place.bottom <= screen[1])
        return next((place for place in fitting if not _hits(place, clear_of)), None)

    inside = [region.bottom - GAP - room]
    place = first([region.bottom + GAP, *above], columns, (region, *avoid))
    place = place or first(inside, [middle, *columns], avoid) or first(inside, [middle], ())
    place = place or Rect(_kept(region.x, width, screen[0]), screen[1] - MARGIN - room, width, room)
    top = place.y if place.y >= region.bottom else place.bottom - height  # what is not under it grows upwards
    return Rect(place.x, max(0, min(top, screen[1] - height)), width, height)


@dataclass(frozen=True, slots=True)
class Slot:
    """The room of a bubble.

    Args:
        area: where it may be, as high as it may become.
        upwards: it grows from its lower edge.
    """

    area: Rect
    upwards: bool = False

    def at(self, height: int) -> Rect:
        """The bubble with this height, or with the most there is room for."""
        height = min(height, self.area.height)
        top = self.area.bottom - height if self.upwards else self.area.y
        return Rect(self.area.x, top, self.area.width, height)


def bubble(region: Rect, width: int, heights: tuple[int, int], screen: Rect) -> Slot:
    """Where a bubble goes whose height may be between the two: where all of it has room, on the screen.

    Under the region, where the question was typed, else at its right, its left or above it; else where there is most
    room; over a region that leaves none, in the lower corner of the screen.
    """
    least, most = heights
    inside = Rect(screen.x + MARGIN, screen.y + MARGIN, screen.width - 2 * MARGIN, screen.height - 2 * MARGIN)
    width, most = min(width, inside.width), min(most, inside.height)
    x = min(max(region.x, inside.x), inside.right - width)
    under, over = inside.bottom - region.bottom - GAP, region.y - GAP - inside.y
    top = min(max(region.y, inside.y), inside.bottom)
    low = min(max(region.bottom, inside.y), inside.bottom)
    slots = [Slot(Rect(x, region.bottom + GAP, width, min(most, under)))]
    for column in (region.right + GAP, region.x - GAP - width):
        if column < inside.x or column + width > inside.right:
            continue
        if inside.bottom - top >= most:
            slots.append(Slot(Rect(column, top, width, most)))
        elif low - inside.y >= most:
            slots.append(Slot(Rect(column, low - most, width, most), upwards=True))
        else:
            slots.append(Slot(Rect(column, inside.bottom - most, width, most)))
    slots.append(Slot(Rect(x, region.y - GAP - min(most, over), width, min(most, over)), upwards=True))
    roomy = [slot for slot in slots if slot.area.height >= most]
    usable = sorted((slot for slot in slots if slot.area.height >= least), key=lambda slot: -slot.area.height)
    corner = Slot(Rect(inside.right - width, inside.bottom - most, width, most), upwards=True)
    return next(iter(roomy or usable), corner)


def _kept(x: int, width: int, limit: int) -> int:
    """`x`, or the nearest place where something of `width` is on the screen."""
    return min(max(x, 0), max(0, limit - width))


def _hits(place: Rect, others: Iterable[Rect]) -> bool:
    return any(place.intersected(other) is not None for other in others)
