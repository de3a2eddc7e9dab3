"""Seconds until a picture is taken, in a corner of the screen: time to open the menu that is asked about.

Or until a recording begins, in the middle of what will be recorded.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QLabel

from desktop_helper.core.i18n import tr
from desktop_helper.ui.announce import announce
from desktop_helper.ui.floating_note import FloatingNote
from desktop_helper.ui.theme import set_role


class Countdown(FloatingNote):
    """A small window that never takes the keyboard: an open menu would close. A click on it cancels.

    Args:
        recording: a recording begins, instead of a picture being taken.
    """

    def __init__(self, *, recording: bool = False) -> None:
        self._recording = recording
        self._seconds = QLabel()
        set_role(self._seconds, "heading")
        words = QLabel(tr("until the recording begins") if recording else tr("until the screen stands still"))
        set_role(words, "dim")
        title = tr("A recording begins soon") if recording else tr("A picture is taken soon")
        super().__init__(title, self._seconds, words)
        self._left = 0
        self._then: Callable[[], object] | None = None
        self._tick = QTimer(self, interval=1000, timerType=Qt.TimerType.PreciseTimer)
        self._tick.timeout.connect(self._on_tick)

    @property
    def is_running(self) -> bool:
        """Whether somebody waits."""
        return self._then is not None

    def start(self, seconds: int, then: Callable[[], object], middle: QPoint | None = None) -> None:
        """Count, then hide and call `then`. Whatever was counted before is forgotten.

        Args:
            seconds: how many.
            then: what happens after them.
            middle: where it is shown; without it, in the corner of the screen that the mouse is on.
        """
        self._left, self._then = seconds, then
        self._show_left()
        self.appear(middle)
        self._tick.start()
        if self._recording:
            announce(self, tr("The recording begins in {seconds} s.", seconds=seconds))
        else:
            announce(self, tr("The screen stands still in {seconds} s.", seconds=seconds))

    def stop(self) -> bool:
        """Call nothing any more. Returns whether somebody waited."""
        was, self._then = self.is_running, None
        self._tick.stop()
        self.hide()
        return was

    def _on_tick(self) -> None:
        self._left -= 1
        if self._left > 0:
            self._show_left()
            return
        then = self._then
        self.stop()
        if then is not None:
            then()

    def _show_left(self) -> None:
        self._seconds.setText(tr("{seconds} s", seconds=self._left))
