"""Where the overlay's label, handles and magnifier go. Plain arithmetic in picture pixels, no Qt.

`unit` is the number of picture pixels per logical pixel, so that everything has its usual size on every screen.
"""

from __future__ import annotations

from desktop_helper.core.geometry import Rect

HANDLE = 9  # side of a handle, logical pixels
GAP = 10  # between the selection and its label: more than half a handle
CELL, COLUMNS, ROWS = 12, 15, 11  # the magnifier's pixels; odd numbers have a middle
FOOTER = 28
POINTER_GAP = 22  # between the mouse and the magnifier

Size = tuple[int, int]
Point = tuple[int, int]


def handle_side(unit: float) -> int:
    """Of a handle."""
    return max(3, round(HANDLE * unit))


def handles(region: Rect, unit: float) -> list[Rect]:
    """The eight handles of `region`, centred on its corners and edges."""
    side = handle_side(unit)
    columns = (region.x, region.x + region.width // 2, region.right - 1)
    rows = (region.y, region.y + region.height // 2, region.bottom - 1)
    middle = (columns[1], rows[1])
    centres = [(x, y) for y in rows for x in columns if (x, y) != middle]
    return [Rect(x - side // 2, y - side // 2, side, side) for x, y in centres]


def middle_handles(region: Rect, unit: float) -> tuple[Rect, Rect, Rect, Rect]:
    """Those of the left, right, upper and lower edge; `handles` has fewer where the region is too thin for them."""
    side = handle_side(unit)
    x, y = region.x + region.width // 2, region.y + region.height // 2
    centres = ((region.x, y), (region.right - 1, y), (x, region.y), (x, region.bottom - 1))
    left, right, upper, lower = (Rect(x - side // 2, y - side // 2, side, side) for x, y in centres)
    return left, right, upper, lower


def label(region: Rect, size: Size, screen: Size, unit: float) -> Rect:
    """Where a label of `size` goes: above the region, else below, else inside its top; never over a handle."""
    width, height = size
    gap = round(GAP * unit)
    x = min(max(region.x, 0), max(0, screen[0] - width))
    if region.y - gap - height >= 0:
        return Rect(x, region.y - gap - height, width, height)
    if region.bottom + gap + height <= screen[1]:
        return Rect(x, region.bottom + gap, width, height)
    inside = min(max(region.x + gap, 0), max(0, screen[0] - width))
    return Rect(inside, region.y + gap, width, height)


def bar(
    region: Rect, size: Size, screen: Size, unit: float, label_: Rect | None, *, under: int = 0, lane: int = 0
) -> Rect:
    """Where the bar of `size` goes: right of the region, else left of it, else inside, clear of the label.

    What lies `under` the region is at least so wide, and is to have its place there. The `lane` at the lower edge of
    the screen, e.g. for a line of help, stays free if the rest has room for it.
    """
    width, height = size
    gap = round(GAP * unit)
    floor = screen[1] - lane if height + 2 * gap <= screen[1] - lane else screen[1]
    top = min(max(region.y, gap), max(0, floor - gap - height))
    low = min(max(region.bottom - height, gap), max(0, floor - gap - height))
    wide = max(region.width, under)
    columns = [region.x + wide + gap, region.right - wide - gap - width]
    columns += [region.right + gap, region.x - gap - width, region.right - gap - width]
    rows = [top, low]
    if label_ is not None:  # it may be in the way on every side of a small region in a corner
        columns += [label_.right + gap, label_.x - gap - width]
        rows += [label_.bottom + gap, label_.y - gap - height]
    places = [Rect(x, y, width, height) for x in columns for y in rows]
    inside = Rect(0, 0, *screen)
    fitting = [place for place in places if place.intersected(inside) == place]
    clear = [place for place in fitting if label_ is None or not place.intersected(label_)]
    return (clear or fitting or [Rect(max(0, screen[0] - width), top, width, height)])[0]


def magnifier(cursor: Point, growth: Point, screen: Size, unit: float, avoid: Rect | None = None) -> Rect:
    """Where the magnifier goes: beside the mouse, on the side that the drag grows to, always on the screen.

    It does not cover `avoid`, the label, where the screen has room for both.
    """
    cell = max(2, round(CELL * unit))
    width, height = cell * COLUMNS, cell * ROWS + round(FOOTER * unit)
    gap = round(POINTER_GAP * unit)
    columns = _sides(cursor[0], growth[0], width, gap, screen[0])
    rows = _sides(cursor[1], growth[1], height, gap, screen[1])
    places = [Rect(x, y, width, height) for y in rows for x in columns]
    if avoid is not None:
        columns += _sides(avoid.x, 1, width, gap, screen[0], avoid.width)
        rows += _sides(avoid.y, 1, height, gap, screen[1], avoid.height)
        pointer = Rect(cursor[0] - gap // 2, cursor[1] - gap // 2, gap + 1, gap + 1)
        places += [Rect(x, y, width, height) for y in rows for x in columns]
        for place in places:
            if not place.intersected(pointer) and not place.intersected(avoid):
                return place
    return places[0]


def _sides(at: int, direction: int, size: int, gap: int, limit: int, length: int = 0) -> list[int]:
    """Where something of `size` can begin to lie after or before what begins `at`; the best place first."""
    after, before = at + length + gap, at - gap - size
    both = (after, before) if direction > 0 else (before, after)
    return [place for place in both if place >= 0 and place + size <= limit] or [
        min(max(both[0], 0), max(0, limit - size))
    ]
