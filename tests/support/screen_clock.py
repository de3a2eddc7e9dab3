"""A window that shows what time it is, so that a picture of it tells when it was taken.

    python -m tests.support.screen_clock WIDTH HEIGHT

covers that much of the desktop's top left corner, 60 times a second: a row of black and white blocks that spell the
time, a background whose colour changes every half second, and a square that moves. `read` finds them in a picture.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from Xlib import X
from Xlib.display import Display

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BLOCK = 16  # pixels; H.264 codes such squares by themselves
BITS = 24
SPAN_MS = 1 << BITS
SIZE = (BITS * BLOCK, 10 * BLOCK)  # at least
COLOURS = (0xC81E1E, 0x1E961E, 0x1E3CC8, 0xC8B414)
CHANGES_MS = 500
PAINTS = 60  # a second
PROBE = (5, SIZE[1] - 5)  # always background


def now_ms(seconds: float | None = None) -> int:
    """What the blocks spell."""
    return round((time.time() if seconds is None else seconds) * 1000) % SPAN_MS


def read(picture: NDArray[np.uint8]) -> int:
    """What the blocks of a picture (rows of red, green, blue) spell."""
    row = picture[BLOCK // 2, BLOCK // 2 : BITS * BLOCK : BLOCK].astype(int).sum(axis=1)
    return sum(1 << (BITS - 1 - at) for at, light in enumerate(row) if light > 382)


def colour_at(ms: int) -> tuple[int, int, int]:
    """The background when the blocks spelled `ms`."""
    colour = COLOURS[ms // CHANGES_MS % len(COLOURS)]
    return colour >> 16, colour >> 8 & 0xFF, colour & 0xFF


def main(width: int, height: int) -> None:
    """Paint until the server goes or somebody ends it."""
    display = Display()
    screen = display.screen()
    window = screen.root.create_window(0, 0, width, height, 0, screen.root_depth, override_redirect=True)
    window.map()
    picture = window.create_pixmap(width, height, screen.root_depth)
    pen = window.create_gc(graphics_exposures=False)
    for number in range(sys.maxsize):
        _paint(picture, pen, width, height, number)
        window.copy_area(pen, picture, 0, 0, width, height, 0, 0)  # at once: nobody sees half of it
        display.sync()
        time.sleep(1 / PAINTS - time.time() % (1 / PAINTS))


def _paint(picture: Any, pen: Any, width: int, height: int, number: int) -> None:
    ms = now_ms()
    pen.change(foreground=COLOURS[ms // CHANGES_MS % len(COLOURS)])
    picture.fill_rectangle(pen, 0, 0, width, height)
    ones = [bool(ms >> (BITS - 1 - at) & 1) for at in range(BITS)]
    for colour, wanted in ((0x000000, False), (0xFFFFFF, True)):
        pen.change(foreground=colour)
        blocks = [(at * BLOCK, 0, BLOCK, BLOCK) for at, one in enumerate(ones) if one is wanted]
        if blocks:
            picture.poly_fill_rectangle(pen, blocks)
    picture.fill_rectangle(pen, 3 * BLOCK + number * 7 % (width - 6 * BLOCK), 4 * BLOCK, 2 * BLOCK, 2 * BLOCK)


if __name__ == "__main__":
    assert X.CopyFromParent == 0
    main(int(sys.argv[1]), int(sys.argv[2]))
