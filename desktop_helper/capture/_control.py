"""What the user and the limits want of a recording, for the threads that make it to look at."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from desktop_helper.core.errors import HelperError
from desktop_helper.core.recording import Ending


class Control:
    """The clock of a recording, which stands while it is paused, and its end. Thread-safe.

    Args:
        clock: counts seconds; never goes back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._before = 0.0  # seconds recorded until the last pause
        self._since: float | None = None  # the clock when it went on; None while it stands
        self._spans: list[tuple[float, float]] = []  # for each time it went on: the clock, and the seconds by then
        self._began = False
        self._paused = False
        self._ending: Ending | None = None
        self._problem: HelperError | None = None
        self.held = False  # a window of ours covers everything: what was seen before is seen on

    @property
    def ending(self) -> Ending | None:
        """Why it is over; None while it is not."""
        return self._ending

    @property
    def problem(self) -> HelperError | None:
        """What the user must know about its end."""
        return self._problem

    @property
    def paused(self) -> bool:
        """Whether it is paused."""
        return self._paused

    def seconds(self) -> float:
        """How long it is by now."""
        with self._changed:
            return self._now()

    def seconds_at(self, clock: float) -> float:
        """How long it was when `clock` was the time; 0 before it began, and the same all through a pause."""
        with self._changed:
            limit = self._now()
            for since, before in reversed(self._spans):
                if clock >= since:
                    return min(before + clock - since, limit)
                limit = before
            return 0.0

    def begin(self) -> None:
        """Its time begins now, unless it is over or paused already."""
        with self._changed:
            self._began = True
            self._go_on()

    def pause(self) -> None:
        """Let its time stand."""
        with self._changed:
            self._paused = True
            self._stand()

    def resume(self) -> None:
        """Let its time go on."""
        with self._changed:
            self._paused = False
            self._go_on()

    def stop(self, ending: Ending, problem: HelperError | None = None) -> None:
        """It is over. The first reason is the one that is told, except that what is discarded stays discarded."""
        with self._changed:
            if self._ending is None:
                self._stand()
                self._ending, self._problem = ending, problem
            elif ending is Ending.DISCARDED:
                self._ending, self._problem = ending, None
            self._changed.notify_all()

    def wait_until(self, due: float) -> bool:
        """Sleep until it is `due` seconds long. False as soon as it is over."""
        with self._changed:
            while self._ending is None:
                if self._since is None:
                    self._changed.wait()
                elif (left := due - self._now()) > 0:
                    self._changed.wait(left)
                else:
                    return True
            return False

    def _now(self) -> float:
        return self._before if self._since is None else self._before + self._clock() - self._since

    def _stand(self) -> None:
        self._before, self._since = self._now(), None
        self._changed.notify_all()

    def _go_on(self) -> None:
        if self._began and not self._paused and self._ending is None and self._since is None:
            self._since = self._clock()
            self._spans.append((self._since, self._before))
            self._changed.notify_all()
