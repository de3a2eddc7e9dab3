"""Says when a part of the screen shows something new, compared with the last time that it said so.

It is fed with small grey pictures in the order of time, as `scenes.chooser` is, and what is a change is the same:
letters that are typed one by one add up to one, a caret, a clock and the mouse's pointer are none.
"""

from __future__ import annotations

import numpy as np

from desktop_helper.scenes.movement import Movement
from desktop_helper.scenes.tiles import Picture, changed, per_tile, significant, threshold

REST_SHARE = 0.4  # of the cells of a change: lines of a log that differ in a number only are no rest
SETTLE_S = 0.5  # without movement, after which a change is told
PATIENCE_S = 3.0  # after which one that does not come to rest is told as it is


class ChangeWatch:
    """Feed it with pictures of one size. The first one is what the next are compared with; it is not told.

    Args:
        rest_s: how long the picture must stand still before a change is told.
        patience_s: when one that goes on is told all the same; None waits for the rest, however long it moves.
    """

    def __init__(self, rest_s: float = SETTLE_S, patience_s: float | None = PATIENCE_S) -> None:
        self._rest_s, self._patience_s = rest_s, patience_s
        self._enough = 0
        self._told: Picture | None = None
        self._anchor: Picture | None = None  # the picture of the last movement
        self._movement: Movement | None = None
        self._moved_at = 0.0
        self._since: float | None = None  # when what is not told yet began

    def feed(self, at: float, picture: Picture) -> bool:
        """The next picture. Returns whether it shows something new now."""
        if self._told is None or self._anchor is None or self._movement is None:
            self._told = self._anchor = picture
            self._movement = Movement(at, picture)
            whole = threshold(picture)
            self._enough = whole if self._patience_s is not None else max(2, int(whole * REST_SHARE))
            return False
        self._movement.note(at, picture)
        if self._differs(picture, self._anchor):
            self._anchor, self._moved_at = picture, at
            if self._since is None:
                self._since = at
        if self._since is None or not self._is_time(at):
            return False
        self._since = None
        if not self._differs(picture, self._told):
            return False  # all is as before again
        self._told = self._anchor = picture
        return True

    def _is_time(self, now: float) -> bool:
        if now - self._moved_at >= self._rest_s:
            return True
        return self._patience_s is not None and self._since is not None and now - self._since >= self._patience_s

    def _differs(self, picture: Picture, other: Picture) -> bool:
        counts = per_tile(changed(picture, other))
        if self._patience_s is not None and self._movement is not None:
            counts = np.where(self._movement.restless, 0, counts)  # a film beside what is watched would never let go
        return bool(significant(counts, self._enough).any())
