"""Hotkeys on Windows: RegisterHotKey, whose WM_HOTKEY arrives in the window thread's message queue.

A low-level keyboard hook (what pynput uses) is removed silently when it answers late; this is not.
Written to the documentation of user32, tested with a stand-in for it, not yet run on Windows (docs/platforms.md).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QCoreApplication

from desktop_helper.core.i18n import tr
from desktop_helper.qt.hotkeys.provider import HotkeyPlug, missing_message, taken_message
from desktop_helper.services import hotkey_support
from desktop_helper.services.chord import Chord, Modifier

WM_HOTKEY = 0x0312
MOD_NOREPEAT = 0x4000
ERROR_HOTKEY_ALREADY_REGISTERED = 1409
FIRST_ID = 0xB000  # ids up to 0xBFFF are the application's

MODIFIERS = {Modifier.ALT: 0x1, Modifier.CTRL: 0x2, Modifier.SHIFT: 0x4, Modifier.META: 0x8}

VIRTUAL_KEYS = {
    "Backspace": 0x08,
    "Tab": 0x09,
    "Return": 0x0D,
    "Pause": 0x13,
    "Escape": 0x1B,
    "Space": 0x20,
    "PageUp": 0x21,
    "PageDown": 0x22,
    "End": 0x23,
    "Home": 0x24,
    "Left": 0x25,
    "Up": 0x26,
    "Right": 0x27,
    "Down": 0x28,
    "Print": 0x2C,
    "Insert": 0x2D,
    "Delete": 0x2E,
    "Menu": 0x5D,
} | {f"F{number}": 0x70 + number - 1 for number in range(1, 25)}

_NAMES = {code: name for name, code in VIRTUAL_KEYS.items()}


class User32(Protocol):
    """The four functions of Windows that are needed."""

    def register(self, hotkey_id: int, modifiers: int, key: int) -> int:
        """0, or GetLastError()."""
        ...

    def unregister(self, hotkey_id: int) -> None:
        """Give a key back."""
        ...

    def key_of_character(self, character: str) -> tuple[int, bool]:
        """Virtual key that types `character` and whether Shift is held for it; (0, False) if none does."""
        ...

    def character_of_key(self, virtual_key: int) -> str:
        """What the key types without modifiers, empty if nothing."""
        ...


class Msg(ctypes.Structure):
    """`MSG` of winuser.h, as far as it is read."""

    _fields_ = (
        ("hwnd", ctypes.c_void_p),
        ("message", ctypes.c_uint),
        ("wParam", ctypes.c_size_t),
        ("lParam", ctypes.c_ssize_t),
    )


class _Filter(QAbstractNativeEventFilter):
    """Hands WM_HOTKEY to `on_hotkey`."""

    def __init__(self, on_hotkey: Callable[[int], None]) -> None:
        super().__init__()
        self._on_hotkey = on_hotkey

    def nativeEventFilter(self, event_type: QByteArray | bytes | bytearray | memoryview, message: int) -> object:
        if QByteArray(event_type).toStdString() in ("windows_generic_MSG", "windows_dispatcher_MSG"):
            found = Msg.from_address(int(message))
            if found.message == WM_HOTKEY:
                self._on_hotkey(int(found.wParam))
                return True, 0
        return False, 0


class Win32Provider:
    """See `HotkeyProvider`."""

    name = "win32"

    def __init__(
        self,
        on_pressed: Callable[[str], None],
        on_changed: Callable[[str, str | None], None],
        user32: User32 | None = None,
    ) -> None:
        del on_changed  # a registered key stays registered
        self._on_pressed = on_pressed
        self._user32 = user32 or _system_user32()
        self._names: dict[int, str] = {}
        self._next_id = FIRST_ID
        self._filter: _Filter | None = _Filter(self._pressed)
        app = QCoreApplication.instance()
        if app is not None:
            app.installNativeEventFilter(self._filter)

    def grab(self, name: str, chord: Chord) -> str | None:
        """Register `chord`."""
        key, shifted = self._virtual_key(chord.key)
        if not key:
            return missing_message(chord)
        held = sum(bit for modifier, bit in MODIFIERS.items() if modifier in chord.modifiers)
        modifiers = held | (MODIFIERS[Modifier.SHIFT] if shifted else 0) | MOD_NOREPEAT
        error = self._user32.register(self._next_id, modifiers, key)
        if error == ERROR_HOTKEY_ALREADY_REGISTERED:
            return taken_message(chord)
        if error:
            return tr("Windows refuses {chord} (error {code}).", chord=chord, code=error)
        self._names[self._next_id] = name
        self._next_id += 1
        return None

    def release_all(self) -> None:
        """Give every key back."""
        for hotkey_id in self._names:
            self._user32.unregister(hotkey_id)
        self._names.clear()
        self._next_id = FIRST_ID

    def close(self) -> None:
        """Give every key back and stop listening."""
        self.release_all()
        app = QCoreApplication.instance()
        if self._filter is not None and app is not None:
            app.removeNativeEventFilter(self._filter)
        self._filter = None

    def key_name(self, scan_code: int, virtual_key: int) -> str:
        """What is printed on the key."""
        del scan_code
        return _NAMES.get(virtual_key) or self._user32.character_of_key(virtual_key).upper()

    def _virtual_key(self, key: str) -> tuple[int, bool]:
        if key in VIRTUAL_KEYS:
            return VIRTUAL_KEYS[key], False
        if len(key) == 1 and key.isascii() and key.isalnum():
            return ord(key), False  # VK_0..VK_9 and VK_A..VK_Z are the characters' codes on every layout
        return self._user32.key_of_character(key)

    def _pressed(self, hotkey_id: int) -> None:
        name = self._names.get(hotkey_id)
        if name is not None:
            self._on_pressed(name)


def _system_user32() -> User32:
    from desktop_helper.qt.hotkeys._user32 import SystemUser32

    return SystemUser32()


PROVIDER = HotkeyPlug(name="win32", availability=hotkey_support.win32, create=Win32Provider, priority=20)
