"""Lets something on the screen be chosen in a few seconds, which are counted where the user sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer

from desktop_helper.ui.own_windows import settle_ms

if TYPE_CHECKING:
    from desktop_helper.ui.countdown import Countdown


class DelayedPick:
    """One at a time. The window is made when it is needed for the first time.

    Args:
        pick: called with the mode and what it is for.
        cancelled: called if the user does not want to wait any more.
    """

    def __init__(self, pick: Callable[[str, Any], None], cancelled: Callable[[], None]) -> None:
        self._pick, self._cancelled = pick, cancelled
        self._countdown: Countdown | None = None

    def start(self, seconds: int, action: Any) -> None:
        """Count, then let a region be chosen for `action`."""
        if self._countdown is None:
            from desktop_helper.ui.countdown import Countdown

            self._countdown = Countdown()
            self._countdown.cancelled.connect(self._cancelled)
        countdown = self._countdown

        def pick() -> None:
            QTimer.singleShot(settle_ms(), countdown, lambda: self._pick("region", action))

        countdown.start(seconds, pick)

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
