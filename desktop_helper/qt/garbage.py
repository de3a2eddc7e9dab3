"""Collects Python's garbage cycles on the UI thread, and nowhere else.

Python collects in whichever thread happens to allocate. In a worker's thread that destroys the widgets and documents
among the garbage while the event loop is still at work on them: a segmentation fault, seldom and anywhere. So the
automatic collection is switched off, and a timer of the UI thread does the work in its pauses.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, Qt, QTimer

BUSY_MS, IDLE_MS = 500, 8_000  # how often it looks while there is something to do, and at least
_WORTH_IT = 700  # new objects; Python's own threshold for its youngest generation
_FULL_EVERY = 20


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
                gc.collect(1)
                return True
        if not self._young:
            return False
        self._young = 0
        gc.collect()
        return True


class GarbageCollection(QObject):
    """Takes the collection over from Python, until `close`. Make it on the UI thread, before any worker starts.

    What is there already (modules, mostly) lives as long as the process and is never looked at again.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        gc.freeze()
        self._sweeper = Sweeper()
        self._timer = QTimer(self, interval=BUSY_MS, timerType=Qt.TimerType.VeryCoarseTimer)
        self._timer.timeout.connect(self._on_timeout)
        self._timer.start()

    def close(self) -> None:
        """Give it back to Python. For tests: a process that ends has no reason to."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def _on_timeout(self) -> None:
        busy = self._sweeper.sweep()
        interval = BUSY_MS if busy else min(2 * self._timer.interval(), IDLE_MS)
        if interval != self._timer.interval():
            self._timer.setInterval(interval)
