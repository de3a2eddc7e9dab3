"""Hotkeys by watching the keyboard: for systems where keys cannot be taken properly.

The key still reaches the focused program, another program's claim on it is not noticed, and Shift with a digit or a
sign does not work, since pynput sees the shifted character. That is why this comes last.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from desktop_helper.qt.hotkeys.provider import HotkeyPlug, missing_message
from desktop_helper.services import hotkey_support
from desktop_helper.services.chord import Chord, Modifier

_log = logging.getLogger(__name__)

_MODIFIERS = {Modifier.CTRL: "<ctrl>", Modifier.ALT: "<alt>", Modifier.SHIFT: "<shift>", Modifier.META: "<cmd>"}

_NAMED = {
    "Return": "enter",
    "Escape": "esc",
    "PageUp": "page_up",
    "PageDown": "page_down",
    "Print": "print_screen",
} | {f"F{number}": f"f{number}" for number in range(1, 21)}
_SAME_NAME = frozenset({"Space", "Tab", "Backspace", "Insert", "Delete", "Home", "End", "Left", "Right", "Up", "Down"})
_SAME_NAME |= {"Pause", "Menu"}

Listener = Callable[[Mapping[str, Callable[[], None]]], Any]


def spelled(chord: Chord) -> str | None:
    """`<ctrl>+<shift>+x`, or None for a key that pynput does not know."""
    held = [name for modifier, name in _MODIFIERS.items() if modifier in chord.modifiers]
    if len(chord.key) == 1:
        return "+".join([*held, chord.key.lower()])
    if chord.key in _SAME_NAME:
        return "+".join([*held, f"<{chord.key.lower()}>"])
    return "+".join([*held, f"<{_NAMED[chord.key]}>"]) if chord.key in _NAMED else None


class PynputProvider:
    """See `HotkeyProvider`. pynput's listener cannot be changed, so each change starts a new one."""

    name = "pynput"

    def __init__(
        self,
        on_pressed: Callable[[str], None],
        on_changed: Callable[[str, str | None], None],
        make_listener: Listener | None = None,
    ) -> None:
        del on_changed  # pynput does not tell
        self._on_pressed = on_pressed
        self._make_listener = make_listener or _global_hotkeys()
        self._names: dict[str, str] = {}
        self._listener: Any = None

    def grab(self, name: str, chord: Chord) -> str | None:
        """Watch for `chord`."""
        text = spelled(chord)
        if text is None:
            return missing_message(chord)
        self._names[text] = name
        self._restart()
        return None

    def release_all(self) -> None:
        """Stop watching."""
        self._names.clear()
        self._stop()

    def close(self) -> None:
        """Stop watching."""
        self.release_all()

    def key_name(self, scan_code: int, virtual_key: int) -> str:
        """Unknown: Qt's own name serves."""
        del scan_code, virtual_key
        return ""

    def _restart(self) -> None:
        self._stop()
        self._listener = self._make_listener({text: self._guarded(name) for text, name in self._names.items()})
        self._listener.daemon = True
        self._listener.start()

    def _stop(self) -> None:
        listener, self._listener = self._listener, None
        if listener is None:
            return
        try:
            listener.stop()
            listener.join(2)
        except Exception:  # noqa: BLE001 - of whatever library pynput uses here
            # Stopped while it starts, it may close its connection before we do. It ends all the same.
            _log.debug("pynput's listener did not end cleanly", exc_info=True)

    def _guarded(self, name: str) -> Callable[[], None]:
        def pressed() -> None:
            try:
                self._on_pressed(name)
            except Exception:  # noqa: BLE001 - an exception here would end pynput's listener for good, silently
                _log.exception("a hotkey's action failed")

        return pressed


def _global_hotkeys() -> Listener:
    from pynput.keyboard import GlobalHotKeys

    listener: Listener = GlobalHotKeys
    return listener


PROVIDER = HotkeyPlug(name="pynput", availability=hotkey_support.pynput, create=PynputProvider, priority=-10)
