"""When the next picture of a recording is due."""

from __future__ import annotations

import math

_ROUNDING = 1e-6  # of a picture: thirty pictures a second for a tenth of a second are three, not four


class Pacer:
    """Picture number n is due at n / fps, however long the ones before took: nothing adds up to a drift.

    Times are seconds of the recording. Not thread-safe.

    Attributes:
        missed: pictures whose time went by while another one was taken.
    """

    def __init__(self, fps: float) -> None:
        self._fps = fps
        self._number = 0
        self.missed = 0

    @property
    def due(self) -> float:
        """When the next one is due."""
        return self._number / self._fps

    def taken(self, now: float) -> None:
        """The one that was due was taken, which lasted until `now`.

        Those whose time is completely over are given up; the one whose time it is just now is due at once.
        """
        following = self._number + 1
        self._number = max(following, int(now * self._fps))
        self.missed += self._number - following

    def over(self, limit: float) -> None:
        """The recording ends at `limit`: those that were due before and were not taken are missing, too."""
        self.missed += max(0, math.ceil(limit * self._fps - _ROUNDING) - self._number)
