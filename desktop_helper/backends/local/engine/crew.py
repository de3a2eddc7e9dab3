"""How many threads write now: as many as there are processors that other programs leave.

The threads of llama.cpp wait for each other hundreds of times for each token. If another program has the processor of
one of them, all wait until it gets it back: with a busy program on two processors a token took ten times as long with
two threads as with one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

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


def spent() -> Spent:
    """Read the clocks, of the processors that this process may use."""
    times = psutil.cpu_times(percpu=True)
    idle = (
        times[number].idle + getattr(times[number], "iowait", 0.0)
        for number in usable_processors()
        if number < len(times)
    )
    return Spent(time.monotonic(), sum(idle), time.process_time())


class Crew:
    """Sets the number of threads while an answer is made.

    Args:
        most: threads that are there when nothing else runs.
        use: takes how many there shall be from now on.
        clocks: what was spent until now.
    """

    def __init__(self, most: int, use: Callable[[int], None], clocks: Callable[[], Spent] = spent) -> None:
        self._most = self._now = most
        self._use = use
        self._clocks = clocks
        self._adapts = False
        self._seen = Spent(0.0, 0.0, 0.0)

    def begin(self, *, same_each_time: bool) -> None:
        """Begin an answer, or to read what comes before it.

        Sums differ in their last bits with the number of threads: what shall be the same each time keeps all of them.
        """
        self._adapts = self._most > 1 and not same_each_time
        if self._adapts:
            self._seen = self._clocks()
        else:
            self._set(self._most)

    def fit(self) -> None:
        """Between two steps: look whether other programs came or went, now and then."""
        if not self._adapts or time.monotonic() - self._seen.clock < _LOOK_EVERY_S:
            return
        now, before = self._clocks(), self._seen
        self._seen = now
        free = (now.idle - before.idle + now.own - before.own) / (now.clock - before.clock)
        self._set(max(1, min(self._most, int(free + _SPARE))))

    def _set(self, count: int) -> None:
        if count != self._now:
            self._now = count
            self._use(count)
