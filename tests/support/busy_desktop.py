"""A window over the whole desktop on which things go on, for who measures what looking at it costs.

    python -m tests.support.busy_desktop SCENE WIDTH HEIGHT

`still`: a page of words. `typing`: eight letters a second are added to it. `scrolling`: pages and a picture full of
detail go by, 60 times a second, without a rest. Says `ready` when it has begun.
"""

from __future__ import annotations

import sys
import time

import numpy as np
from PIL import Image
from Xlib.display import Display

from tests.support.desktop_scenes import page

LETTERS, PAINTS = 8, 60  # a second
STEP = 4  # pixels between two paints
ROWS = 64  # in one request of the X protocol, which has a limit


def main(scene: str, width: int, height: int) -> None:
    """Paint until the server goes or somebody ends it."""
    display = Display()
    screen = display.screen()
    window = screen.root.create_window(0, 0, width, height, 0, screen.root_depth, override_redirect=True)
    window.map()
    pen = window.create_gc(foreground=0x202020, graphics_exposures=False)
    tall = _tall(width, height)
    paper = window.create_pixmap(width, tall.shape[0], screen.root_depth)
    for top in range(0, tall.shape[0], ROWS):
        paper.put_pil_image(pen, 0, top, Image.fromarray(tall[top : top + ROWS]))
    for number in range(sys.maxsize):
        if scene == "scrolling":
            top = number * STEP % (tall.shape[0] - height)
            window.copy_area(pen, paper, 0, top, width, height, 0, 0)
        elif number == 0:
            window.copy_area(pen, paper, 0, 0, width, height, 0, 0)
        elif scene == "typing":
            row, column = divmod(number, 120)
            window.fill_rectangle(pen, 400 + 10 * column, 100 + 20 * (row % 40), 6, 3 + number * 7 % 9)
        display.sync()
        if number == 0:
            print("ready", flush=True)
        time.sleep(1 / (PAINTS if scene == "scrolling" else LETTERS))


def _tall(width: int, height: int) -> np.ndarray:
    """Three pages of words and, between them, one of a picture."""
    wave = np.add.outer(np.sin(np.arange(height) / 37), np.cos(np.arange(width) / 53)) * 50 + 128
    grain = np.random.default_rng(7).normal(0, 6, (height, width, 1))
    colours = np.stack([wave, wave[::-1], wave[:, ::-1]], axis=2) + grain
    words = [np.repeat(page(seed, width, height)[:, :, None], 3, axis=2) for seed in (1, 2, 3)]
    return np.concatenate([words[0], words[1], colours.clip(0, 255).astype(np.uint8), words[2]])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
