"""A picture that is too large to be sent as it is, pixel for pixel in several; and what of a picture is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from desktop_helper.core.image_tokens import MAX_SIDE, image_tokens, padded_size

MOST_PARTS = 16
OVERLAP = 56  # pixels that neighbours share: no line of text is cut in two
OVERVIEW_TOKENS = 800  # of the small picture that shows where the parts belong

Box = tuple[int, int, int, int]
"""Left, top, width and height in pixels."""

Area = tuple[float, float, float, float]
"""The same as shares of the whole, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What of a picture is wanted.

    Args:
        in_full: every pixel of it, in several pictures if need be.
        area: this part only.
        enlarged: a small part is made larger than it is: models read letters of eight pixels only then.
    """

    in_full: bool = False
    area: Area | None = None
    enlarged: bool = False


USUAL = Wish()


def parts(width: int, height: int, max_tokens: int) -> list[Box]:
    """The fewest parts, row by row, of at most `max_tokens` each; none if there would be more than `MOST_PARTS`."""
    fitting = []
    for columns, rows in product(range(1, MOST_PARTS + 1), repeat=2):
        if columns * rows <= MOST_PARTS:
            cell = _cell(width, columns), _cell(height, rows)
            if max(cell) <= MAX_SIDE and image_tokens(*padded_size(*cell)) <= max_tokens:
                fitting.append((columns * rows, max(cell) / min(cell), columns, rows))
    if not fitting:
        return []
    _count, _shape, columns, rows = min(fitting)
    across, down = _places(width, columns), _places(height, rows)
    return [(left, top, _cell(width, columns), _cell(height, rows)) for top in down for left in across]


def size_of(described: object) -> tuple[int, int] | None:
    """A size that somebody else sent or wrote down. Raises ValueError or TypeError."""
    if described is None:
        return None
    if not isinstance(described, list | tuple):
        raise TypeError("a size is a pair")
    width, height = map(int, described)
    if min(width, height) < 1:
        raise ValueError("a size is above zero")
    return width, height


def box_of(area: Area, width: int, height: int) -> Box:
    """The pixels of an area, one at least, inside of the picture."""
    left = min(max(0, round(area[0] * width)), width - 1)
    top = min(max(0, round(area[1] * height)), height - 1)
    right = min(max(left + 1, round((area[0] + area[2]) * width)), width)
    bottom = min(max(top + 1, round((area[1] + area[3]) * height)), height)
    return left, top, right - left, bottom - top


def _cell(side: int, count: int) -> int:
    return side if count == 1 else -(-(side + (count - 1) * OVERLAP) // count)


def _places(side: int, count: int) -> list[int]:
    """Where each of them begins."""
    rest = side - _cell(side, count)
    return [round(number * rest / (count - 1)) if count > 1 else 0 for number in range(count)]
