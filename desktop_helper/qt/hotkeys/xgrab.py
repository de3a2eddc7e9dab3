"""Hotkeys on X11: the server hands us the key and nobody else (XGrabKey), on a connection of our own.

No thread: the connection's socket wakes the event loop of the window.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject, QSocketNotifier, QTimer

from desktop_helper.core.i18n import tr
from desktop_helper.qt.hotkeys import xkeys
from desktop_helper.qt.hotkeys._xcb import KEY_PRESS, KEY_RELEASE, MAPPING_NOTIFY, XcbConnection, XEvent
from desktop_helper.qt.hotkeys.provider import HotkeyPlug, missing_message, taken_message
from desktop_helper.qt.hotkeys.xkeys import XKey
from desktop_helper.services import hotkey_support
from desktop_helper.services.chord import Chord

_log = logging.getLogger(__name__)

KEYMAP_SETTLE_MS = 60  # one setxkbmap announces several changes in a row


class XGrabProvider(QObject):
    """See `HotkeyProvider`."""

    name = "xgrab"

    def __init__(
        self,
        on_pressed: Callable[[str], None],
        on_changed: Callable[[str, str | None], None],
        display_name: str | None = None,
    ) -> None:
        super().__init__()
        self._on_pressed = on_pressed
        self._on_changed = on_changed
        self._connection: XcbConnection | None = XcbConnection(display_name)
        self._keyboard = self._connection.keyboard()
        self._masks = xkeys.read_masks(self._keyboard)
        self._wanted: dict[str, Chord] = {}  # also what could not be taken: another layout may have the key
        self._keys: dict[str, XKey | None] = {}  # where this layout has them
        self._problems: dict[str, str] = {}
        self._grabbed: dict[XKey, str] = {}
        self._held = 0  # key code of the hotkey that is down, so that auto-repeat does not fire again
        self._released = (0, 0)  # key code and server time of its last release
        self._notifier = QSocketNotifier(self._connection.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._drain)
        self._settle = QTimer(self, singleShot=True, interval=KEYMAP_SETTLE_MS)
        self._settle.timeout.connect(self._keymap_changed)

    def grab(self, name: str, chord: Chord) -> str | None:
        """Take `chord` with every combination of the lock keys."""
        try:
            problem = self._grab(name, chord)
        except ConnectionError as error:
            self._lose_connection(error)
            return _lost_message()
        self._wanted[name] = chord
        self._drain()  # a reply may have brought events along, for which the socket does not wake us
        return problem

    def release_all(self) -> None:
        """Give every key back."""
        self._wanted.clear()
        self._keys.clear()
        self._problems.clear()
        try:
            self._release_grabs()
        except ConnectionError as error:
            self._lose_connection(error)

    def close(self) -> None:
        """Give every key back and hang up."""
        self.release_all()
        self._hang_up()
        self.deleteLater()

    def key_name(self, scan_code: int, virtual_key: int) -> str:
        """What is printed on the key."""
        del virtual_key  # the shifted keysym; the key code says which key it is
        return xkeys.key_name(self._keyboard, scan_code)

    def _grab(self, name: str, chord: Chord) -> str | None:
        problem = self._try_to_grab(name, chord)
        self._problems.pop(name, None)
        if problem is not None:
            self._problems[name] = problem
        return problem

    def _try_to_grab(self, name: str, chord: Chord) -> str | None:
        if self._connection is None:
            return _lost_message()
        key = self._keys[name] = xkeys.resolve(self._keyboard, chord, self._masks)
        if key is None:
            return missing_message(chord)
        if not self._connection.grab_key(key.code, self._variants(key)):
            return taken_message(chord)
        self._grabbed[key] = name
        return None

    def _variants(self, key: XKey) -> list[int]:
        return [key.mask | locks for locks in xkeys.lock_variants(self._masks.locks)]

    def _release_grabs(self) -> None:
        grabbed, self._grabbed = self._grabbed, {}
        for key in grabbed:
            if self._connection is not None:
                self._connection.ungrab_key(key.code, self._variants(key))

    def _drain(self) -> None:
        """Handle every event that has arrived."""
        if self._connection is None:
            return
        pressed: list[str] = []
        try:
            pressed += [name for event in self._connection.events() if (name := self._handle(event))]
        except ConnectionError as error:
            self._lose_connection(error)
        for name in pressed:  # after the loop: a callback may close us
            self._on_pressed(name)

    def _handle(self, event: XEvent) -> str:
        """The hotkey that `event` presses, or an empty string."""
        if event.kind == MAPPING_NOTIFY:
            self._settle.start()
        elif event.kind == KEY_RELEASE and event.code == self._held:
            self._held, self._released = 0, (event.code, event.time)
        elif event.kind == KEY_PRESS:
            # Auto-repeat sends a release and a press of the same millisecond.
            repeated = event.code == self._held or (event.code, event.time) == self._released
            self._held = event.code
            if not repeated:
                mask = xkeys.without_locks(event.state, self._masks.locks)
                return self._grabbed.get(XKey(event.code, mask), "")
        return ""

    def _keymap_changed(self) -> None:
        """Take the keys again where the new layout has them."""
        if self._connection is None:
            return
        try:
            keyboard = self._connection.keyboard()
            masks = xkeys.read_masks(keyboard)
            keys = {name: xkeys.resolve(keyboard, chord, masks) for name, chord in self._wanted.items()}
            if (masks, keys) == (self._masks, self._keys):
                # The server says so, too, when another keyboard is typed on: letting go now could miss a press.
                self._keyboard = keyboard
                self._drain()
                return
            self._release_grabs()
            self._keyboard, self._masks = keyboard, masks
            before = dict(self._problems)
            after = {name: self._grab(name, chord) for name, chord in self._wanted.items()}
        except ConnectionError as error:
            self._lose_connection(error)
            return
        for name, problem in after.items():
            if problem != before.get(name):
                self._on_changed(name, problem)
        self._drain()

    def _lose_connection(self, error: ConnectionError) -> None:
        """The X server went away; usually we go with it."""
        _log.info("the connection for hotkeys is gone: %s", error)
        self._hang_up()
        for name in self._wanted:
            self._on_changed(name, _lost_message())

    def _hang_up(self) -> None:
        self._settle.stop()
        self._notifier.setEnabled(False)
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _lost_message() -> str:
    return tr("The connection to the display was lost.")


PROVIDER = HotkeyPlug(name="xgrab", availability=hotkey_support.xgrab, create=XGrabProvider, priority=20)
