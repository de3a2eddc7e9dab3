"""Tidies up what is kept at the start and once a day: an app in the tray may run for weeks."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer

from desktop_helper.qt.background import Background
from desktop_helper.services.container import Services

DAY_S = 86_400.0
LOOK_MS = 900_000  # a machine that slept through the hour notices it when it wakes; a day-long timer would not


class Upkeep(QObject):
    """Off the UI thread, one at a time, and never while an answer is written: the disk is the answer's then.

    Conversations that are being written are the newest of all, so the rules do not reach them either.
    """

    def __init__(self, services: Services, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._services, self._background = services, background
        self._due, self._busy, self._running = 0.0, False, False
        self._timer = QTimer(self, interval=LOOK_MS, timerType=Qt.TimerType.VeryCoarseTimer)
        self._timer.timeout.connect(self._look)

    def begin(self) -> None:
        """Tidy up now, and from now on."""
        self._timer.start()
        self._look()

    def close(self) -> None:
        """Nothing begins any more."""
        self._timer.stop()
        self._running = True

    def set_busy(self, busy: bool) -> None:
        """Whether an answer is being written; what was put off for that is done when it is over."""
        self._busy = busy
        if self._timer.isActive():
            self._look()

    def _look(self) -> None:
        if self._busy or self._running or time.time() < self._due:
            return
        self._running = True
        self._background.run(lambda _cancel: self._tidy_up(), done=self._done, failed=self._done)

    def _tidy_up(self) -> None:
        """Of what was never made, what knows about it need not be imported."""
        paths = self._services.paths
        if paths.recordings_dir.is_dir():
            from desktop_helper.services import recordings

            recordings.tidy_up(paths.recordings_dir, self._services.settings.current.recording.keep_days)
        if paths.clips_file.exists():
            self._services.clip_origins.forget_gone()
        if paths.documents_dir.is_dir():
            self._services.documents.tidy()
        self._services.history.maintain()

    def _done(self, _outcome: object) -> None:
        """What failed is tried again the next day; the user asked for nothing."""
        self._running, self._due = False, time.time() + DAY_S
