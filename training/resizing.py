"""Makes a picture as large as llama.cpp does before the encoder sees it (facts of its GLM-4V preprocessing).

Both sides are rounded to multiples of 28, at least eight of such squares. The picture keeps its shape, by Pillow's
bicubic filter, and lies in the middle of black.
"""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from training.drawing import Picture

CELL = 28  # pixels of one token's side
LEAST_TOKENS = 8


def target_size(width: int, height: int) -> tuple[int, int]:
    """Width and height of the picture that the encoder gets."""
    wide, high = (max(CELL, _round(side / CELL) * CELL) for side in (width, height))
    if wide * high < LEAST_TOKENS * CELL * CELL:
        grow = math.sqrt(LEAST_TOKENS * CELL * CELL / (width * height))
        wide, high = (math.ceil(side * grow / CELL) * CELL for side in (width, height))
    return wide, high


def placement(width: int, height: int) -> tuple[float, int, int]:
    """By how much the picture is scaled, and where its left upper corner then stands."""
    wide, high = target_size(width, height)
    scale, new_width, new_height = _fitted(width, height, wide, high)
    return scale, (wide - new_width) // 2, (high - new_height) // 2


def resized(picture: Picture) -> Picture:
    """What the encoder gets."""
    height, width = picture.shape[:2]
    wide, high = target_size(width, height)
    if (wide, high) == (width, height):
        return picture
    _, new_width, new_height = _fitted(width, height, wide, high)
    small = np.asarray(Image.fromarray(picture).resize((new_width, new_height), Image.Resampling.BICUBIC))
    canvas = np.zeros((high, wide, 3), np.uint8)
    left, top = (wide - new_width) // 2, (high - new_height) // 2
    canvas[top : top + new_height, left : left + new_width] = small
    return canvas


def _fitted(width: int, height: int, wide: int, high: int) -> tuple[float, int, int]:
    """In float32, as llama.cpp reckons: a rounding up may depend on it."""
    scale = min(np.float32(wide) / np.float32(width), np.float32(high) / np.float32(height))
    new_width, new_height = (
        min(math.ceil(np.float32(side) * scale), most) for side, most in ((width, wide), (height, high))
    )
    return float(scale), new_width, new_height


def _round(value: float) -> int:
    """Half away from zero, as C does."""
    return math.floor(value + 0.5)
