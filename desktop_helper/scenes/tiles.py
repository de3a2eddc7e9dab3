"""Small grey pictures, and where two of them differ.

A picture of 1920 x 1080 pixels becomes 240 x 135 cells of 8 x 8 pixels. Five by five cells are a tile; a few tiles are
a window, which is slid over the picture tile by tile: a small change counts wherever it lies, and two small ones far
apart do not add up.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Counts = NDArray[np.int64]
Marks = NDArray[np.bool_]

CELL_PIXELS = 8  # at least: then a letter is a few cells in a small recording as well
MOST_CELLS = 320 * 180
TILE = 5  # cells
WINDOW = (3, 3)  # tiles
LINE = (3, 13)
SCENE_CELLS = 28  # changed cells of the 225 of a window: ten letters, half a tooltip, but no pointer and no caret
LINE_CELLS = 45  # the same of a line: thirty letters, but no pointer beside a caret
SCENE_SHARE = 0.1  # of all cells, where there are few
LEVEL = 8  # of 255: what compression does to a cell of an unchanged picture is far below


def small_size(width: int, height: int) -> tuple[int, int]:
    """Cells of the small picture, made by averaging, for a picture of `width` x `height` pixels."""
    cell = max(CELL_PIXELS, math.sqrt(width * height / MOST_CELLS))
    return max(1, round(width / cell)), max(1, round(height / cell))


def changed(one: Picture, other: Picture, level: int = LEVEL) -> Marks:
    """The cells in which two pictures differ by more than `level`."""
    marks: Marks = (np.maximum(one, other) - np.minimum(one, other)) > level
    return marks


def per_tile(marks: Marks) -> Counts:
    """How many cells are marked in each tile; those at the right and lower edge may be smaller."""
    height, width = marks.shape
    padded = np.zeros((-(-height // TILE) * TILE, -(-width // TILE) * TILE), np.bool_)
    padded[:height, :width] = marks
    rows, columns = padded.shape[0] // TILE, padded.shape[1] // TILE
    counts: Counts = padded.reshape(rows, TILE, columns, TILE).sum(axis=(1, 3))
    return counts


def per_window(counts: Counts, rows: int, columns: int) -> Counts:
    """For each tile, the sum over the window of so many tiles, both odd, around it."""
    high, wide = counts.shape
    sums = np.zeros((high + rows, wide + columns), np.int64)
    sums[1:, 1:] = np.pad(counts, ((rows // 2,), (columns // 2,))).cumsum(0).cumsum(1)
    return sums[rows:, columns:] - sums[:-rows, columns:] - sums[rows:, :-columns] + sums[:-rows, :-columns]


def grown(marks: Marks, rows: int, columns: int) -> Marks:
    """The tiles that lie in the window around a marked one."""
    return per_window(marks.astype(np.int64), rows, columns) > 0


def threshold(picture: Picture) -> int:
    """Changed cells of a window that are enough of a change."""
    return max(2, min(SCENE_CELLS, int(picture.size * SCENE_SHARE)))


def significant(counts: Counts, enough: int) -> Marks:
    """The tiles with what is enough of a change: many cells close together, or as long as a line of text."""
    close = per_window(counts, *WINDOW) >= enough
    line = per_window(counts, *LINE) >= max(enough, min(LINE_CELLS, enough * 2))
    return (grown(close, *WINDOW) | grown(line, *LINE)) & (counts > 0)


def spread(marks: Marks, shape: tuple[int, int]) -> Marks:
    """Marks of tiles as marks of the cells of a picture of `shape`."""
    cells = marks.repeat(TILE, axis=0).repeat(TILE, axis=1)
    return cells[: shape[0], : shape[1]]
