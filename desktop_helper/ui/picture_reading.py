"""Lets the pictures of questions be read for the search, when nobody waits for anything."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer

from desktop_helper.core.cancel import CancelToken
from desktop_helper.qt.background import Background
from desktop_helper.services.container import Services

AFTER_ANSWER_MS = 5_000  # the next question may come at once
LOOK_MS = 900_000  # for what is left, and for what `desktop-helper ask` was asked


class PictureReading(QObject):
    """Off the UI thread, in a process of the lowest priority, and never while an answer is written."""

    def __init__(self, services: Services, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._services, self._background = services, background
        self._busy = self._closed = False
        self._reading: CancelToken | None = None
        self._later = QTimer(self, interval=LOOK_MS, timerType=Qt.TimerType.VeryCoarseTimer)
        self._soon = QTimer(self, singleShot=True, interval=AFTER_ANSWER_MS)
        for timer in (self._later, self._soon):
            timer.timeout.connect(self._look)

    def begin(self) -> None:
        """From now on. Nothing is read at once: the app has just been started."""
        self._later.start()

    def close(self) -> None:
        """Nothing is read any more."""
        self._closed = True
        self._later.stop()
        self._stop()

    def set_busy(self, busy: bool) -> None:
        """Whether an answer is being written: the processors are the answer's then."""
        self._busy = busy
        if busy:
            self._stop()
        elif not self._closed:
            self._soon.start()

    def _stop(self) -> None:
        self._soon.stop()
        reading, self._reading = self._reading, None
        if reading is not None:
            reading.cancel()

    def _look(self) -> None:
        if not self._busy and self._reading is None:
            self._reading = self._background.run(self._read, done=self._done, failed=self._done)

    def _read(self, cancel: CancelToken) -> int:
        from desktop_helper.services import picture_texts

        if not self._services.settings.current.history.read_pictures:
            return 0
        return picture_texts.read_some(self._services.history, self._services.patient_text_reader, cancel)

    def _done(self, _outcome: object) -> None:
        """What failed is tried again later; the user asked for nothing."""
        self._reading = None
