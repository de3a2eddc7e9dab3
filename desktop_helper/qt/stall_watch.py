"""Finds out how long the event loop does not turn, for `--trace`.

A timer knows when it should fire; how late it does is how long a click would have waited. It wakes the process a
hundred times a second, so it runs only while a trace is written.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer

from desktop_helper.core import trace

INTERVAL_MS = 10
LANE = "stalls of the event loop"  # a stall begins in the middle of what caused it
NOTEWORTHY_US = 16_000  # a frame: what is shorter nobody sees
_MOST_MS = 100  # later ticks count as this late


class StallWatch(QObject):
    """Writes `loop:stall` whenever the loop stood still, with the longest time so far, until `close`.

    Lives on the thread whose loop it watches. `cpu_ms` is what that thread computed meanwhile: the rest of a stall it
    waited, for the disk, the display, or for a processor that others were using.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._longest_us = 0
        self._ticks_late = [0] * (_MOST_MS + 1)  # by whole milliseconds
        self._last_us, self._last_cpu = trace.now_us(), time.thread_time()
        self._timer = QTimer(self, interval=INTERVAL_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timeout)
        self._timer.start()

    @property
    def longest_us(self) -> int:
        """The longest stall so far, in microseconds."""
        return self._longest_us

    def late_ms(self, share: float) -> int:
        """So many milliseconds late, rounded up, or less were `share` (0..1) of the timer's ticks."""
        left = sum(self._ticks_late) * share
        for late_ms, ticks in enumerate(self._ticks_late):
            left -= ticks
            if left <= 0:
                return late_ms
        return _MOST_MS

    def close(self) -> None:
        """Stop, and write the longest stall of all, and how late 99 of 100 ticks were at most."""
        self._timer.stop()
        trace.instant("loop:longest-stall", ms=self._longest_us / 1000, p99_ms=self.late_ms(0.99))

    def _on_timeout(self) -> None:
        expected_us, self._last_us = self._last_us + INTERVAL_MS * 1000, trace.now_us()
        cpu_before, self._last_cpu = self._last_cpu, time.thread_time()
        late_us = self._last_us - expected_us
        self._ticks_late[min(_MOST_MS, max(0, -(-late_us // 1000)))] += 1
        if late_us < NOTEWORTHY_US:
            return
        self._longest_us = max(self._longest_us, late_us)
        cpu_ms = round((self._last_cpu - cpu_before) * 1e3, 1)
        trace.complete("loop:stall", expected_us, lane=LANE, cpu_ms=cpu_ms, longest_ms=self._longest_us / 1000)
        self._last_us = trace.now_us()  # on a busy machine writing takes long too, and stalls must not overlap
