"""Coarse squares that hide what is under them: the averages of a fixed grid, in few shades. No Qt.

The grid begins at the picture's first pixel, and the averages are those of the frozen picture, whatever else is drawn.
So marks that overlap, or are undone and drawn again with an offset, show the same squares: there are no differences
from which single rows could be worked out. At the rim of a mark a square is averaged with what is seen beside the mark;
whoever subtracts that is left with a rounding of half a shade of the *whole* square, which is more than a narrow strip
can make. Numpy would be no faster, and the window's process would have to load it for this alone.
"""

from __future__ import annotations

from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Frame

SHADES = 16  # of each colour
_STEP = 255 / (SHADES - 1)
_LANES = 256  # rows whose bytes can be added in 16 bits


class Blocks:
    """The squares of one frozen picture, worked out when they are first asked for."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._known: dict[tuple[int, int], dict[int, int]] = {}

    def within(self, area: Rect, side: int) -> list[tuple[Rect, int]]:
        """Each square of `side` that `area` touches, with its colour as 0xRRGGBB. It may reach out of `area`."""
        frame = self._frame
        part = area.intersected(Rect(0, 0, frame.width, frame.height))
        if part is None:
            return []
        columns = range(part.x // side, (part.right - 1) // side + 1)
        found = []
        for row in range(part.y // side, (part.bottom - 1) // side + 1):
            colours = self._row(side, row, columns)
            top, bottom = row * side, min((row + 1) * side, frame.height)
            for column in columns:
                left, right = column * side, min((column + 1) * side, frame.width)
                found.append((Rect(left, top, right - left, bottom - top), colours[column]))
        return found

    def _row(self, side: int, row: int, columns: range) -> dict[int, int]:
        known = self._known.setdefault((side, row), {})
        missing = [column for column in columns if column not in known]
        if missing:
            first, last = missing[0], missing[-1]
            known.update(zip(range(first, last + 1), _colours(self._frame, side, row, first, last), strict=True))
        return known


def _colours(frame: Frame, side: int, row: int, first: int, last: int) -> list[int]:
    """The colours of a row of squares, from column `first` to `last`."""
    top, bottom = row * side, min((row + 1) * side, frame.height)
    left, right = first * side, min((last + 1) * side, frame.width)
    sums = [[0] * (last - first + 1) for _ in range(3)]
    for start in range(top, bottom, _LANES):
        blue_red, green = _columns(frame, left, right, start, min(start + _LANES, bottom))
        for number in range(last - first + 1):
            begin = 2 * number * side
            end = begin + 2 * side
            for colour, values in enumerate((blue_red[begin + 1 : end : 2], green[begin:end:2], blue_red[begin:end:2])):
                sums[colour][number] += sum(values)
    colours = []
    for number, rgb in enumerate(zip(*sums, strict=True)):
        width = min((first + number + 1) * side, frame.width) - (first + number) * side
        red, green_, blue = (_shade(total / (width * (bottom - top))) for total in rgb)
        colours.append(red << 16 | green_ << 8 | blue)
    return colours


def _columns(frame: Frame, left: int, right: int, top: int, bottom: int) -> tuple[memoryview, memoryview]:
    """The sums of each column: blue and red in turn, and green and nothing. A row is added as one number."""
    rows, stride, size = memoryview(frame.data).cast("B"), frame.width * 4, (right - left) * 4
    even = int.from_bytes(b"\xff\x00" * (size // 2), "little")
    low = high = 0
    for row in range(top, bottom):
        begin = row * stride + left * 4
        pixels = int.from_bytes(rows[begin : begin + size], "little")
        low += pixels & even
        high += (pixels >> 8) & even
    return tuple(memoryview(lanes.to_bytes(size, "little")).cast("H") for lanes in (low, high))  # type: ignore[return-value]


def _shade(value: float) -> int:
    return round(round(value / _STEP) * _STEP)
