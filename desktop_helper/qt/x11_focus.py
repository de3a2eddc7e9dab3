"""Keyboard focus for windows that the window manager does not manage (X11 only).

Qt asks for the focus with the time of the last event it saw. A program that slept in the tray saw none for minutes,
and X ignores a request that is older than the last change of focus. So we ask ourselves, with the current time, and
hand the focus back, since it would fall to the root window when ours disappears.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QGuiApplication


class X11Focus:
    """Takes the focus for one of our windows and gives it back. Does nothing on other platforms."""

    def __init__(self) -> None:
        self._display: Any = None
        self._before: Any = None

    def warm_up(self) -> None:
        """Connect now, so that `take` is quick."""
        self._connect()

    def take(self, window_id: int) -> None:
        """Give the keyboard to our mapped window `window_id` and remember who had it."""
        display = self._connect()
        if display is None:
            return
        from Xlib import X

        before = display.get_input_focus().focus
        if getattr(before, "id", before) != window_id:
            self._before = before
        display.create_resource_object("window", window_id).set_input_focus(
            X.RevertToParent, X.CurrentTime, onerror=_ignore
        )
        display.flush()

    def give_back(self) -> None:
        """Give the keyboard to whoever had it before `take`, if that window is still there."""
        before, self._before = self._before, None
        display = self._connect() if before is not None else None
        if display is None:
            return
        from Xlib import X

        display.set_input_focus(before, X.RevertToParent, X.CurrentTime, onerror=_ignore)
        display.flush()

    def forget(self) -> None:
        """Do not give the focus back: another window of ours takes it."""
        self._before = None

    def close(self) -> None:
        """Hang up."""
        display, self._display = self._display, None
        if display is not None:
            display.close()

    def _connect(self) -> Any:
        if self._display is None and QGuiApplication.platformName() == "xcb":
            from Xlib.display import Display
            from Xlib.error import DisplayError

            try:
                self._display = Display()
            except (DisplayError, OSError):
                return None
        return self._display


def _ignore(*_: object) -> None:
    """A window that has gone meanwhile cannot have the focus, and that is all right."""
