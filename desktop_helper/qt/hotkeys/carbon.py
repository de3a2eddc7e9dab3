"""Hotkeys on macOS: Carbon's RegisterEventHotKey, which needs no Accessibility permission.

The keys are those of an ANSI keyboard, by position: `X` is the key where a US keyboard has X.
Written to the Carbon Event Manager's documentation, tested with a stand-in for it, not yet run on macOS
(docs/platforms.md). In a chord, Ctrl is Control and Meta is Command.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from desktop_helper.core.i18n import tr
from desktop_helper.qt.hotkeys.provider import HotkeyPlug, missing_message, taken_message
from desktop_helper.services import hotkey_support
from desktop_helper.services.chord import Chord, Modifier

EVENT_HOT_KEY_EXISTS = -9878

MODIFIERS = {Modifier.META: 0x100, Modifier.SHIFT: 0x200, Modifier.ALT: 0x800, Modifier.CTRL: 0x1000}

# Runs of neighbouring key codes (`kVK_ANSI_...` of HIToolbox/Events.h).
_RUNS = ((0, "ASDFHGZXCV"), (11, "BQWERYT123465=97-80]OU[IP"), (37, "LJ'K;\\,/NM."), (50, "`"))
_NAMED = {
    "Return": 36,
    "Tab": 48,
    "Space": 49,
    "Backspace": 51,
    "Escape": 53,
    "Insert": 114,
    "Home": 115,
    "PageUp": 116,
    "Delete": 117,
    "End": 119,
    "PageDown": 121,
    "Left": 123,
    "Right": 124,
    "Down": 125,
    "Up": 126,
}
_FUNCTION = (122, 120, 99, 118, 96, 97, 98, 100, 101, 109, 103, 111, 105, 107, 113, 106, 64, 79, 80, 90)

KEY_CODES = (
    {key: start + offset for start, run in _RUNS for offset, key in enumerate(run)}
    | _NAMED
    | {f"F{number}": code for number, code in enumerate(_FUNCTION, start=1)}
)
_NAMES = {code: name for name, code in KEY_CODES.items()}


class EventManager(Protocol):
    """What is needed of Carbon."""

    def listen(self, on_hotkey: Callable[[int], None]) -> None:
        """Call `on_hotkey(id)` on the main thread for each press."""
        ...

    def register(self, hotkey_id: int, modifiers: int, key: int) -> int:
        """0 or an OSStatus."""
        ...

    def unregister(self, hotkey_id: int) -> None:
        """Give a key back."""
        ...

    def close(self) -> None:
        """Stop listening."""
        ...


class CarbonProvider:
    """See `HotkeyProvider`."""

    name = "carbon"

    def __init__(
        self,
        on_pressed: Callable[[str], None],
        on_changed: Callable[[str, str | None], None],
        events: EventManager | None = None,
    ) -> None:
        del on_changed  # a registered key stays registered
        self._on_pressed = on_pressed
        self._events = events or _system_events()
        self._names: dict[int, str] = {}
        self._events.listen(self._pressed)

    def grab(self, name: str, chord: Chord) -> str | None:
        """Register `chord`."""
        code = KEY_CODES.get(chord.key)
        if code is None:
            return missing_message(chord)
        modifiers = sum(bit for modifier, bit in MODIFIERS.items() if modifier in chord.modifiers)
        hotkey_id = max(self._names, default=0) + 1
        status = self._events.register(hotkey_id, modifiers, code)
        if status == EVENT_HOT_KEY_EXISTS:
            return taken_message(chord)
        if status:
            return tr("macOS refuses {chord} (error {code}).", chord=chord, code=status)
        self._names[hotkey_id] = name
        return None

    def release_all(self) -> None:
        """Give every key back."""
        for hotkey_id in self._names:
            self._events.unregister(hotkey_id)
        self._names.clear()

    def close(self) -> None:
        """Give every key back and stop listening."""
        self.release_all()
        self._events.close()

    def key_name(self, scan_code: int, virtual_key: int) -> str:
        """What a US keyboard has printed on the key."""
        del scan_code
        return _NAMES.get(virtual_key, "")

    def _pressed(self, hotkey_id: int) -> None:
        name = self._names.get(hotkey_id)
        if name is not None:
            self._on_pressed(name)


def _system_events() -> EventManager:
    from desktop_helper.qt.hotkeys._carbon_events import CarbonEvents

    return CarbonEvents()


PROVIDER = HotkeyPlug(name="carbon", availability=hotkey_support.carbon, create=CarbonProvider, priority=20)
