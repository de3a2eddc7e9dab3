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

    def activate(self, window_id: int) -> None:
        """Ask the window manager to bring our managed window to the front and give it the keyboard.

        EWMH's source indication 2, "the user did this", since they pressed our key: with 1 a window manager may refuse
        a program whose last event is older than the user's last keystroke elsewhere.
        """
        display = self._connect()
        if display is None:
            return
        from Xlib import X
        from Xlib.protocol.event import ClientMessage

        window = display.create_resource_object("window", window_id)
        atom = display.intern_atom("_NET_ACTIVE_WINDOW")
        message = ClientMessage(window=window, client_type=atom, data=(32, [2, X.CurrentTime, 0, 0, 0]))
        mask = X.SubstructureRedirectMask | X.SubstructureNotifyMask
        display.screen().root.send_event(message, event_mask=mask)
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
