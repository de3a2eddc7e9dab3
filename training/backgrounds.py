"""What is behind the things: plain colours, shades, and what looks like a desktop or the inside of a window.

Nothing here has one of the colours or shapes that are asked about, or it would be counted.
"""

from __future__ import annotations

from functools import cache
from random import Random

import cv2
import numpy as np

from training.drawing import Picture

_POOL_SIDE = 768
_GREYS = (
    (255, 255, 255),
    (247, 247, 248),
    (240, 240, 242),
    (228, 230, 234),
    (205, 208, 212),
    (60, 62, 66),
    (32, 34, 38),
)


def background(width: int, height: int, random: Random, *, plain: bool) -> Picture:
    """An empty picture of this many pixels; `plain` is one grey, as the first lessons have it."""
    choice = 0.0 if plain else random.random()
    if choice < 0.45:
        picture = np.empty((height, width, 3), np.uint8)
        picture[:] = random.choice(_GREYS[:5] if plain else _GREYS)
        return picture
    if choice < 0.75:
        return _crop(_pool()[random.randrange(len(_pool()))], width, height, random)
    return _inside_of_window(width, height, random)


def _crop(pool: Picture, width: int, height: int, random: Random) -> Picture:
    left, top = random.randrange(_POOL_SIDE - width + 1), random.randrange(_POOL_SIDE - height + 1)
    return pool[top : top + height, left : left + width].copy()


def _inside_of_window(width: int, height: int, random: Random) -> Picture:
    """A title bar of grey, some lines of text, a status line."""
    dark = random.random() < 0.3
    page, bar, ink = (
        ((40, 42, 46), (58, 60, 66), (120, 122, 128)) if dark else ((250, 250, 251), (224, 226, 230), (150, 152, 158))
    )
    picture = np.empty((height, width, 3), np.uint8)
    picture[:] = page
    if random.random() < 0.7:
        depth = random.randint(14, 30)
        picture[:depth] = bar
        cv2.line(picture, (8, depth // 2), (random.randint(30, 90), depth // 2), ink, 2)
    if random.random() < 0.5:
        picture[-random.randint(8, 20) :] = bar
    for _ in range(random.randint(0, 4)):
        x, y = random.randrange(width), random.randrange(height)
        cv2.line(picture, (x, y), (x + random.randint(20, 90), y), ink, random.choice((1, 2)))
    return picture


@cache
def _pool() -> tuple[Picture, ...]:
    """Large pictures of which pieces are cut: soft shades, with and without grain. The same in every process."""
    random = np.random.default_rng(20261129)
    found = []
    for index in range(10):
        small = random.uniform(0, 1, (4, 4, 1)) * random.uniform(8, 40) + random.uniform(-8, 8, (4, 4, 3))
        base = 40 if index % 3 == 0 else 190
        large = cv2.resize((small + base).astype(np.float32), (_POOL_SIDE, _POOL_SIDE), interpolation=cv2.INTER_CUBIC)
        grain = random.normal(0, 4, large.shape[:2])[..., None] if index % 2 else 0
        found.append(np.clip(large + grain, 0, 255).astype(np.uint8))
    return tuple(found)
