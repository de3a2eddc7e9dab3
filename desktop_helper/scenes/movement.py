"""Which parts of the picture move, which have come to rest, and which never do."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_helper.scenes.tiles import Marks, Picture, changed, per_tile, spread

REST_S = 0.25  # without movement
RESTLESS_S = 1.0  # of movement without rest, in at least so many steps:
RESTLESS_STEPS = 8
MOVE_LEVEL = 6  # of 255
MOVE_CELLS = 2  # of the 25 of a tile


class Movement:
    """Compares each tile with how it looked when it moved last: a slow fade moves, a flicker of compression does not.

    Attributes:
        restless: tiles that have been moving for a while without a rest, such as those of a film.
    """

    def __init__(self, at: float, picture: Picture) -> None:
        self._anchor = picture.copy()
        shape = per_tile(np.zeros(picture.shape, np.bool_)).shape
        self._moved_at: NDArray[np.float64] = np.full(shape, at - REST_S)
        self._since: NDArray[np.float64] = np.full(shape, at)
        self._steps: NDArray[np.int64] = np.zeros(shape, np.int64)
        self.restless: Marks = np.zeros(shape, np.bool_)

    def note(self, at: float, picture: Picture) -> Marks:
        """The next picture. Returns the tiles that have moved."""
        moved: Marks = per_tile(changed(picture, self._anchor, MOVE_LEVEL)) >= MOVE_CELLS
        rested = at - self._moved_at >= REST_S
        if moved.any():
            np.copyto(self._anchor, picture, where=spread(moved, picture.shape))
            begins = moved & rested
            self._since[begins] = at
            self._steps[begins] = 0
            self._steps[moved] += 1
            self._moved_at[moved] = at
        self._steps[rested & ~moved] = 0
        self.restless = (self._steps >= RESTLESS_STEPS) & (self._moved_at - self._since >= RESTLESS_S)
        return moved

    def since(self, at: float, seconds: float) -> Marks:
        """The tiles that have moved less than `seconds` before `at`."""
        marks: Marks = at - self._moved_at < seconds
        return marks
