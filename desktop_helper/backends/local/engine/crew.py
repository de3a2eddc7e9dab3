"""How many threads write now: as many as there are processors that other programs leave.

The threads of llama.cpp wait for each other hundreds of times for each token. If another program has the processor of
one of them, all wait until it gets it back: with a busy program on two processors a token took ten times as long with
two threads as with one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import psutil

from desktop_helper.core.processors import usable_processors

_LOOK_EVERY_S = 0.25
# Two threads and a busy program share two processors evenly, which makes a third of each for the other one: so much
# less than a whole processor may be missing before a thread is taken away.
_SPARE = 0.4


class Spent(NamedTuple):
    """Seconds since some moment: on the clock, of processors that did nothing, of processors that this process had."""

    clock: float
    idle: float
    own: float


def spent() -> Spent | None:
    """Read the clocks, of the processors that this process may use; None where the system does not tell them.

    Some sandboxes hide them, or count nothing: then whatever we leave idle would seem to be used by others.
    """
    try:
        times = psutil.cpu_times(percpu=True)
    except (OSError, RuntimeError):
        return None
    idle = sum(one.idle + getattr(one, "iowait", 0.0) for one in _of_ours(times))
    return Spent(time.monotonic(), idle, time.process_time()) if idle else None


def _of_ours(times: list[Any]) -> list[Any]:
    """The processors that we may use, of those that are switched on; these have no numbers."""
    usable = usable_processors()
    if len(usable) == len(times):
        return times
    return [times[number] for number in usable] if max(usable) < len(times) else []


class Crew:
    """Sets the number of threads while an answer is made.

    Args:
        most: threads that are there when nothing else runs.
        use: takes how many there shall be from now on.
        clocks: what was spent until now, if that is known.
    """

    def __init__(self, most: int, use: Callable[[int], None], clocks: Callable[[], Spent | None] = spent) -> None:
        self._most = self._now = most
        self._use = use
        self._clocks = clocks
        self._seen: Spent | None = None

    def begin(self, *, same_each_time: bool) -> None:
        """Begin an answer, or to read what comes before it.

        Sums differ in their last bits with the number of threads: what shall be the same each time keeps all of them.
        """
        self._seen = self._clocks() if self._most > 1 and not same_each_time else None
        if self._seen is None:
            self._set(self._most)

    def fit(self) -> None:
        """Between two steps: look whether other programs came or went, now and then."""
        before = self._seen
        if before is None or time.monotonic() - before.clock < _LOOK_EVERY_S:
            return
        self._seen = now = self._clocks()
        if now is None:
            self._set(self._most)
            return
        free = (now.idle - before.idle + now.own - before.own) / (now.clock - before.clock)
        self._set(max(1, min(self._most, int(free + _SPARE))))

    def _set(self, count: int) -> None:
        if count != self._now:
            self._now = count
            self._use(count)
