"""Hotkeys on Wayland: the desktop's GlobalShortcuts portal gives them (KDE, GNOME 48, Hyprland).

The desktop shows the user what we would like and lets them choose the keys, so a key may be another one than the
settings say, or none. https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.GlobalShortcuts.html
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from desktop_helper.qt.hotkeys._shortcut_session import ShortcutSession
from desktop_helper.qt.hotkeys.provider import HotkeyPlug, missing_message
from desktop_helper.qt.hotkeys.titles import title_of
from desktop_helper.services import hotkey_support
from desktop_helper.services.chord import Chord, Modifier

SETTLE_MS = 150  # the settings window tries keys and gives them back; the desktop shall not ask about each

_log = logging.getLogger(__name__)
# As https://specifications.freedesktop.org/shortcuts-spec/ spells them; keys have their xkbcommon names.
_MODIFIERS = {Modifier.CTRL: "CTRL", Modifier.ALT: "ALT", Modifier.SHIFT: "SHIFT", Modifier.META: "LOGO"}
_KEYS = {
    "Space": "space",
    "Backspace": "BackSpace",
    "PageUp": "Page_Up",
    "PageDown": "Page_Down",
    "+": "plus",
    "-": "minus",
    ",": "comma",
    ".": "period",
    "/": "slash",
    ";": "semicolon",
    "'": "apostrophe",
    "=": "equal",
    "[": "bracketleft",
    "]": "bracketright",
    "\\": "backslash",
    "`": "grave",
}


def spelled(chord: Chord) -> str | None:
    """`CTRL+SHIFT+x`, or None for a key that has no name there."""
    held = [name for modifier, name in _MODIFIERS.items() if modifier in chord.modifiers]
    key = _KEYS.get(chord.key, chord.key)
    if len(key) == 1:
        if not (key.isascii() and key.isalnum()):
            return None
        key = key.lower()
    return "+".join([*held, key])


class PortalProvider(QObject):
    """See `HotkeyProvider`. What is wanted is told to the desktop as a whole, when it has settled."""

    name = "portal"

    _pressed = Signal(str)
    _bound = Signal(object, str)

    def __init__(self, on_pressed: Callable[[str], None], on_changed: Callable[[str, str | None], None]) -> None:
        super().__init__()
        self._on_changed = on_changed
        self._wanted: dict[str, str] = {}
        self._missing: set[str] = set()
        # Both come from the session's thread.
        self._pressed.connect(on_pressed, Qt.ConnectionType.QueuedConnection)
        self._bound.connect(self._show, Qt.ConnectionType.QueuedConnection)
        self._session: ShortcutSession | None = ShortcutSession(self._pressed.emit, self._bound.emit)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._ask)

    def grab(self, name: str, chord: Chord) -> str | None:
        """Ask for `chord`; whether the user agrees is told later."""
        text = spelled(chord)
        if text is None:
            return missing_message(chord)
        self._wanted[name] = text
        self._settle.start()
        return None

    def release_all(self) -> None:
        """Want nothing any more."""
        self._wanted.clear()
        self._settle.start()

    def close(self) -> None:
        """Give every key back."""
        self._settle.stop()
        if self._session is not None:
            self._session.close()
            self._session = None

    def key_name(self, scan_code: int, virtual_key: int) -> str:
        """Unknown: Qt's own name serves."""
        return ""

    def _ask(self) -> None:
        if self._session is not None:
            self._session.bind({name: (title_of(name), keys) for name, keys in self._wanted.items()})

    def _show(self, problems: Mapping[str, str], reason: str) -> None:
        """What the desktop has given and what not."""
        if reason:
            _log.info("the desktop gave no hotkeys: %s", reason)
        for name in self._missing - problems.keys():
            self._on_changed(name, None)
        for name, problem in problems.items():
            self._on_changed(name, problem)
        self._missing = set(problems)


PROVIDER = HotkeyPlug("portal", hotkey_support.portal, PortalProvider, priority=20)
