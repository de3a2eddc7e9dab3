"""How far a download is."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from desktop_helper.core.errors import HelperError

_EVERY_S = 0.1
_WINDOW_S = 5.0


class Phase(StrEnum):
    """What is being done."""

    ASKING = "asking"
    DOWNLOADING = "downloading"
    CHECKING = "checking"
    WAITING = "waiting"  # until something that failed is tried again


@dataclass(frozen=True, slots=True)
class DownloadProgress:
    """One look at a download.

    Args:
        phase: what is being done.
        file: the file it is done with.
        done, total: bytes of the whole model, or of what has to be checked of this file.
        bytes_per_s: how quickly it comes; None before that can be said.
        trouble: one sentence on what is waited out.
    """

    phase: Phase
    file: str = ""
    done: int = 0
    total: int = 0
    bytes_per_s: float | None = None
    trouble: str = ""

    @property
    def seconds_left(self) -> float | None:
        """None if that cannot be said."""
        return (self.total - self.done) / self.bytes_per_s if self.bytes_per_s else None


OnProgress = Callable[[DownloadProgress], None]


class Meter:
    """Turns counts of bytes into a few progress reports a second, with a speed over the last seconds."""

    def __init__(self, report: OnProgress, clock: Callable[[], float] = time.monotonic) -> None:
        self._report, self._clock = report, clock
        self._last = float("-inf")
        self._seen: list[tuple[float, int]] = []
        self._latest = DownloadProgress(Phase.ASKING)

    def begin(self, phase: Phase) -> None:
        """Another phase: its speed has nothing to do with the last one's."""
        self._seen.clear()
        self._last = float("-inf")
        self._latest = DownloadProgress(phase)
        self._report(self._latest)

    def wait(self, error: HelperError) -> None:
        """Something failed and is going to be tried again; what is there stays in sight."""
        self._last = float("-inf")  # the next word takes this one's place at once
        self._report(replace(self._latest, phase=Phase.WAITING, bytes_per_s=None, trouble=error.message))

    def tell(self, phase: Phase, file: str, done: int, total: int) -> None:
        """`done` of `total` bytes are there."""
        now = self._clock()
        if now - self._last < _EVERY_S and done < total:
            return
        self._last = now
        self._seen = [(when, count) for when, count in self._seen if now - when <= _WINDOW_S and count <= done]
        self._seen.append((now, done))
        (first, had), (last, has) = self._seen[0], self._seen[-1]
        speed = (has - had) / (last - first) if last - first >= 0.5 and has > had else None
        self._latest = DownloadProgress(phase, file, done, total, speed)
        self._report(self._latest)
