"""Carries a stream's events from its worker thread to the widgets.

A lock, a list and one signal without a payload: a worker appends and, if nothing is on its way yet, wakes the UI
thread; that thread waits a moment for more and takes all of it. A thousand tokens a second become 25 updates.
"""

from __future__ import annotations

import threading
from enum import IntEnum

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from desktop_helper.core.events import Failed, Finished, StreamEvent, TextDelta, ThinkingDelta

DRAIN_MS = 40


class _Wake(IntEnum):
    """What the UI thread was asked for already; more urgent is greater."""

    NONE = 0
    SOON = 1
    NOW = 2


class EventBridge(QObject):
    """The way from worker threads to the UI thread, for one answer at a time.

    Signals:
        events: turn id and its `StreamEvent`s since the last time, in order, neighbouring deltas joined. The first
            delta of a turn and its terminal event come at once, everything else within `DRAIN_MS`.
    """

    events = Signal(int, list)
    _woken = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._pending: list[tuple[int, StreamEvent]] = []
        self._wake = _Wake.NONE
        self._turn = 0
        self._delta_seen = False
        self._timer = QTimer(self, singleShot=True, interval=DRAIN_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.flush)
        self._woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)

    def begin(self) -> int:
        """Start a turn and get its id; events of every earlier turn are dropped from now on."""
        with self._lock:
            self._turn += 1
            self._pending.clear()
            self._delta_seen = False
            return self._turn

    def end(self, turn_id: int) -> None:
        """Drop whatever the turn still sends."""
        with self._lock:
            if self._turn == turn_id:
                self._turn += 1
                self._pending.clear()

    def post(self, turn_id: int, event: StreamEvent) -> None:
        """Hand over an event. From any thread; never blocks on the UI."""
        with self._lock:
            if turn_id != self._turn:
                return
            self._pending.append((turn_id, event))
            wanted = self._urgency(event)
            if wanted <= self._wake:
                return
            self._wake = wanted
        self._woken.emit()

    def flush(self) -> None:
        """Deliver what waits. UI thread only."""
        self._timer.stop()
        with self._lock:
            pending, self._pending = self._pending, []
            self._wake = _Wake.NONE
            turn_id = self._turn
        batch = _joined([event for turn, event in pending if turn == turn_id])
        if batch:
            self.events.emit(turn_id, batch)

    def _urgency(self, event: StreamEvent) -> _Wake:
        if isinstance(event, Finished | Failed):
            return _Wake.NOW
        if isinstance(event, TextDelta | ThinkingDelta) and not self._delta_seen:
            self._delta_seen = True
            return _Wake.NOW
        return _Wake.SOON

    def _on_woken(self) -> None:
        if self._wake is _Wake.NOW:
            self.flush()
        elif self._wake is _Wake.SOON and not self._timer.isActive():
            self._timer.start()


def _joined(events: list[StreamEvent]) -> list[StreamEvent]:
    """Neighbouring deltas of one kind as one, so that a view lays out once."""
    joined: list[StreamEvent] = []
    run: list[str] = []
    for index, event in enumerate(events):
        if not isinstance(event, TextDelta | ThinkingDelta):
            joined.append(event)
            continue
        run.append(event.text)
        if index + 1 == len(events) or type(events[index + 1]) is not type(event):
            joined.append(type(event)("".join(run)))
            run = []
    return joined
