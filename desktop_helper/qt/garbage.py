"""Collects Python's garbage cycles on the UI thread, and nowhere else.

Python collects in whichever thread happens to allocate. In a worker's thread that destroys the widgets and documents
among the garbage while the event loop is still at work on them: a segmentation fault, seldom and anywhere. So the
automatic collection is switched off, and a timer of the UI thread does the work in its pauses.

A collection walks through all that Python knows: 70 ms once the packages for an answer are loaded. So what imports
bring is put aside ("frozen"), and looked through when nobody has done anything for a minute.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from functools import cache

from PySide6.QtCore import QObject, Qt, QTimer

from desktop_helper.core import trace

BUSY_MS, IDLE_MS = 500, 8_000  # how often it looks while there is something to do, and at least
_WORTH_IT = 700  # new objects; Python's own threshold for its youngest generation
_FULL_EVERY = 20
_LONG_PAUSE = 8  # looks at `IDLE_MS` in a row without anything to do
_IMPORT = 20  # new modules: their objects are many, and live as long as the process


def _collect(generation: int) -> None:
    begin_us, cpu_s = trace.now_us(), time.thread_time()
    found = gc.collect(generation)
    cpu_ms = round((time.thread_time() - cpu_s) * 1e3, 1)
    trace.complete("garbage:collect", begin_us, generation=generation, found=found, cpu_ms=cpu_ms)


class Sweeper:
    """Decides what to collect. Call it often, always on the same thread."""

    def __init__(self) -> None:
        self._young = 0  # collections of young objects since the last full one

    def sweep(self) -> bool:
        """Collect what is worth it: young objects while many are made, everything in the first pause and now and then.

        Returns whether there was something to do.
        """
        if gc.get_count()[0] > _WORTH_IT:
            self._young += 1
            if self._young < _FULL_EVERY:
                _collect(1)
                return True
        if not self._young:
            return False
        self._young = 0
        _collect(2)
        return True


class GarbageCollection(QObject):
    """Takes the collection over from Python, until `close`. Make it on the UI thread, before any worker starts.

    What is there already (modules, mostly) is put aside.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        gc.freeze()
        self._modules, self._aside, self._idle = len(sys.modules), False, 0
        self._sweeper = Sweeper()
        self._timer = QTimer(self, interval=BUSY_MS, timerType=Qt.TimerType.VeryCoarseTimer)
        self._timer.timeout.connect(self._on_timeout)
        self._timer.start()

    def close(self) -> None:
        """Give it back to Python. For tests: a process that ends has no reason to."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def collect_all(self) -> None:
        """Look through everything now, also what was put aside, and give freed memory back to the system."""
        gc.unfreeze()
        _collect(2)
        gc.freeze()
        self._modules, self._aside = len(sys.modules), False
        give_back()

    def _on_timeout(self) -> None:
        busy = self._look()
        self._idle = 0 if busy or self._timer.interval() < IDLE_MS else self._idle + 1
        interval = BUSY_MS if busy else min(2 * self._timer.interval(), IDLE_MS)
        if interval != self._timer.interval():
            self._timer.setInterval(interval)
        if self._aside and self._idle >= _LONG_PAUSE:
            self.collect_all()

    def _look(self) -> bool:
        """Whether there was something to do."""
        if len(sys.modules) - self._modules < _IMPORT:
            return self._sweeper.sweep()
        gc.freeze()  # with the garbage of this moment: `collect_all` finds it
        self._modules, self._aside = len(sys.modules), True
        return True


def give_back() -> None:
    """Let the C library return what it keeps of freed memory, e.g. of a closed conversation. Some milliseconds."""
    begin_us = trace.now_us()
    _trim()(0)
    trace.complete("garbage:give-back", begin_us)


@cache
def _trim() -> Callable[[int], object]:
    """Only glibc needs to be asked."""
    if sys.platform != "linux":
        return lambda _keep: None
    import ctypes

    return getattr(ctypes.CDLL(None), "malloc_trim", lambda _keep: None)
