"""Keeps the overlay out of a recording: it opens when the recorder has said that it does not look any more."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from desktop_helper.services.recording_run import RecordingRun
from desktop_helper.ui.own_windows import settle_ms

_LOOK_MS = 5
_PATIENCE_S = 1.0  # with a recorder that has no time to answer: who wants to ask is not kept from it


class Hold(QObject):
    """One at a time.

    Args:
        parent: owner.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._run: RecordingRun | None = None
        self._then: Callable[[], None] | None = None
        self._until = 0.0
        self._waiting = QTimer(self, interval=_LOOK_MS)
        self._waiting.timeout.connect(self._look)
        self._ending = QTimer(self, singleShot=True)
        self._ending.timeout.connect(self._end)

    def begin(self, run: RecordingRun, then: Callable[[], None], *, wait: bool) -> None:
        """Do `then` when `run` does not look; at once if there is nothing to `wait` for."""
        self._ending.stop()
        self._run, self._then = run, then
        run.hold(True)
        self._until = time.monotonic() + (_PATIENCE_S if wait else 0.0)
        self._waiting.start()
        self._look()

    def end(self, run: RecordingRun) -> None:
        """Let it look again, when the desktop has painted what was behind the overlay."""
        self._run = run
        self._ending.start(settle_ms())

    def stop(self) -> None:
        """The recording is over: nobody is waited for any more."""
        self._ending.stop()
        self._until = 0.0

    def _look(self) -> None:
        held = self._run is not None and self._run.is_held
        if not held and time.monotonic() < self._until:
            return
        self._waiting.stop()
        then, self._then = self._then, None
        if then is not None:
            then()

    def _end(self) -> None:
        if self._run is not None:
            self._run.hold(False)
