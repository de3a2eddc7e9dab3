"""Hotkeys on X11: the server hands us the key and nobody else (XGrabKey), on a connection of our own.

No thread: the connection's socket wakes the event loop of the window.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QSocketNotifier, QTimer

from desktop_helper.core.availability import AVAILABLE, Availability
from desktop_helper.core.i18n import tr
from desktop_helper.qt.hotkeys import xkeys
from desktop_helper.qt.hotkeys.chord import Chord
from desktop_helper.qt.hotkeys.provider import HotkeyPlug, missing_message, taken_message
from desktop_helper.qt.hotkeys.xkeys import XKey

_log = logging.getLogger(__name__)

KEYMAP_SETTLE_MS = 60  # one setxkbmap announces several changes in a row


class XGrabProvider(QObject):
    """See `HotkeyProvider`."""

    name = "xgrab"

    def __init__(
        self,
        on_pressed: Callable[[str], None],
        on_lost: Callable[[str, str], None],
        display_name: str | None = None,
    ) -> None:
        from Xlib.display import Display

        super().__init__()
        self._on_pressed = on_pressed
        self._on_lost = on_lost
        self._display: Any = Display(display_name)
        self._display.set_error_handler(_log_error)
        self._root = self._display.screen().root
        self._masks = xkeys.read_masks(self._display)
        self._wanted: dict[str, Chord] = {}
        self._grabbed: dict[XKey, str] = {}
        self._held = 0  # key code of the hotkey that is down, so that auto-repeat does not fire again
        self._released = (0, 0)  # key code and server time of its last release
        self._notifier = QSocketNotifier(self._display.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._drain)
        self._settle = QTimer(self, singleShot=True, interval=KEYMAP_SETTLE_MS)
        self._settle.timeout.connect(self._keymap_changed)

    def grab(self, name: str, chord: Chord) -> str | None:
        """Take `chord` with every combination of the lock keys."""
        problem = self._grab(name, chord)
        if problem is None:
            self._wanted[name] = chord
        self._drain()  # a reply may have brought events along, for which the socket does not wake us
        return problem

    def release_all(self) -> None:
        """Give every key back."""
        self._wanted.clear()
        self._release_grabs()

    def close(self) -> None:
        """Give every key back and hang up."""
        if self._display is None:
            return
        self._settle.stop()
        self._notifier.setEnabled(False)
        try:
            self.release_all()
            self._display.close()
        except _connection_errors() as error:
            _log.debug("closing the display: %s", error)
        self._display = None
        self.deleteLater()

    def key_name(self, scan_code: int, virtual_key: int) -> str:
        """What is printed on the key."""
        del virtual_key  # the shifted keysym; the key code says which key it is
        return xkeys.key_name(self._display, scan_code) if self._display is not None else ""

    def _grab(self, name: str, chord: Chord) -> str | None:
        key = xkeys.resolve(self._display, chord, self._masks)
        if key is None:
            return missing_message(chord)
        if not self._grab_variants(key):
            return taken_message(chord)
        self._grabbed[key] = name
        return None

    def _grab_variants(self, key: XKey) -> bool:
        """All or nothing: a key that works only while Num Lock is off would be worse than none."""
        from Xlib import X
        from Xlib.error import BadAccess, CatchError

        errors = CatchError(BadAccess)
        for locks in xkeys.lock_variants(self._masks.locks):
            mask = key.mask | locks
            self._root.grab_key(key.code, mask, False, X.GrabModeAsync, X.GrabModeAsync, onerror=errors)
        self._display.sync()
        if errors.get_error() is None:
            return True
        self._release(key)
        return False

    def _release(self, key: XKey) -> None:
        for locks in xkeys.lock_variants(self._masks.locks):
            self._root.ungrab_key(key.code, key.mask | locks)
        self._display.sync()

    def _release_grabs(self) -> None:
        for key in list(self._grabbed):
            self._release(key)
        self._grabbed.clear()

    def _drain(self) -> None:
        """Handle every event that has arrived."""
        if self._display is None:
            return
        pressed: list[str] = []
        try:
            while self._display.pending_events():
                name = self._handle(self._display.next_event())
                if name:
                    pressed.append(name)
        except _connection_errors() as error:
            self._lose_connection(error)
        for name in pressed:  # after the loop: a callback may close us
            self._on_pressed(name)

    def _handle(self, event: Any) -> str:
        """The hotkey that `event` presses, or an empty string."""
        from Xlib import X

        if event.type == X.MappingNotify:
            self._display.refresh_keyboard_mapping(event)
            self._settle.start()
        elif event.type == X.KeyRelease and event.detail == self._held:
            self._held, self._released = 0, (event.detail, event.time)
        elif event.type == X.KeyPress:
            # Auto-repeat sends a release and a press of the same millisecond.
            repeated = event.detail == self._held or (event.detail, event.time) == self._released
            self._held = event.detail
            if not repeated:
                mask = xkeys.without_locks(event.state, self._masks.locks)
                return self._grabbed.get(XKey(event.detail, mask), "")
        return ""

    def _keymap_changed(self) -> None:
        """Take the keys again where the new layout has them."""
        wanted = dict(self._wanted)
        try:
            self._release_grabs()
            self._masks = xkeys.read_masks(self._display)
            problems = {name: self._grab(name, chord) for name, chord in wanted.items()}
        except _connection_errors() as error:
            self._lose_connection(error)
            return
        for name, problem in problems.items():
            if problem:
                self._on_lost(name, problem)
        self._drain()

    def _lose_connection(self, error: Exception) -> None:
        """The X server went away; usually we go with it."""
        _log.info("the connection for hotkeys is gone: %s", error)
        self._notifier.setEnabled(False)
        self._settle.stop()
        self._display = None
        for name in self._wanted:
            self._on_lost(name, tr("The connection to the display was lost."))


def _connection_errors() -> tuple[type[Exception], ...]:
    from Xlib.error import ConnectionClosedError

    return (ConnectionClosedError, OSError)


def _log_error(error: object, request: object) -> None:
    """An X error that no request waits for, e.g. for a grab that went with a keyboard."""
    _log.debug("X error %s for %s", error, request)


def availability() -> Availability:
    """X11 only: under Wayland, Xwayland sees keys only while one of its own windows has the focus."""
    if not sys.platform.startswith("linux"):
        return Availability(ok=False, reason=tr("X11 hotkeys need Linux."))
    if os.environ.get("WAYLAND_DISPLAY") or os.environ.get("XDG_SESSION_TYPE") == "wayland":
        return Availability(
            ok=False,
            reason=tr("Wayland does not let programs take keys themselves."),
            fix=tr("Bind “desktop-helper trigger region” to a key in your desktop's settings."),
        )
    if not os.environ.get("DISPLAY"):
        return Availability(ok=False, reason=tr("There is no X display."), fix=tr("Start from a graphical session."))
    return AVAILABLE


PROVIDER = HotkeyPlug(name="xgrab", availability=availability, create=XGrabProvider, priority=20)
