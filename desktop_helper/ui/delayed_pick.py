"""Lets something on the screen be chosen in a few seconds, which are counted where the user sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from desktop_helper.ui.own_windows import settle_ms

if TYPE_CHECKING:
    from desktop_helper.ui.countdown import Countdown


class DelayedPick:
    """One at a time. The window is made when it is needed for the first time.

    Args:
        cancelled: called if the user does not want to wait any more.
    """

    def __init__(self, cancelled: Callable[[], None]) -> None:
        self._cancelled = cancelled
        self._countdown: Countdown | None = None

    def start(self, seconds: int, pick: Callable[[], None]) -> None:
        """Count, then call `pick`, when nothing of the count is on the screen any more."""
        if self._countdown is None:
            from desktop_helper.ui.countdown import Countdown

            self._countdown = Countdown()
            self._countdown.cancelled.connect(self._cancelled)
        countdown = self._countdown
        countdown.start(seconds, lambda: QTimer.singleShot(settle_ms(), countdown, pick))

    def stop(self) -> None:
        """They did not want to wait."""
        if self._countdown is not None:
            self._countdown.stop()

    def close(self) -> None:
        """The app is left."""
        self.stop()
        if self._countdown is not None:
            self._countdown.deleteLater()
            self._countdown = None
