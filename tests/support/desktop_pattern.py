"""A desktop background on which no two places look alike, so that a crop that is one pixel off is noticed."""

from __future__ import annotations

import random

from PIL import Image
from Xlib.display import Display


def paint(display: str, width: int, height: int, seed: int = 1) -> Image.Image:
    """Cover the root window with noise; returns it as the picture that a capture must equal."""
    picture = Image.frombytes("RGB", (width, height), random.Random(seed).randbytes(width * height * 3))
    show(display, picture)
    return picture


def show(display: str, picture: Image.Image) -> None:
    """Cover the root window with `picture`."""
    connection = Display(display)
    try:
        root = connection.screen().root
        pixmap = root.create_pixmap(*picture.size, connection.screen().root_depth)
        pixmap.put_pil_image(pixmap.create_gc(), 0, 0, picture)
        root.change_attributes(background_pixmap=pixmap)
        root.clear_area()
        connection.sync()
    finally:
        connection.close()
