"""A field that hears a key chord."""

from __future__ import annotations

import sys
from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.services.chord import MODIFIER_NAMES, Chord, Modifier
from desktop_helper.ui.theme import SPACE_4

KeyName = Callable[[int, int], str]

_NAMED = {
    Qt.Key.Key_Space: "Space",
    Qt.Key.Key_Tab: "Tab",
    Qt.Key.Key_Backtab: "Tab",
    Qt.Key.Key_Return: "Return",
    Qt.Key.Key_Enter: "Return",
    Qt.Key.Key_Backspace: "Backspace",
    Qt.Key.Key_Escape: "Escape",
    Qt.Key.Key_Insert: "Insert",
    Qt.Key.Key_Delete: "Delete",
    Qt.Key.Key_Home: "Home",
    Qt.Key.Key_End: "End",
    Qt.Key.Key_PageUp: "PageUp",
    Qt.Key.Key_PageDown: "PageDown",
    Qt.Key.Key_Left: "Left",
    Qt.Key.Key_Right: "Right",
    Qt.Key.Key_Up: "Up",
    Qt.Key.Key_Down: "Down",
    Qt.Key.Key_Print: "Print",
    Qt.Key.Key_SysReq: "Print",
    Qt.Key.Key_Pause: "Pause",
    Qt.Key.Key_Menu: "Menu",
}
# Qt calls Command Control and Control Meta on macOS.
_SWAPPED = sys.platform == "darwin"
_MODIFIERS = {
    Qt.KeyboardModifier.ControlModifier: Modifier.META if _SWAPPED else Modifier.CTRL,
    Qt.KeyboardModifier.AltModifier: Modifier.ALT,
    Qt.KeyboardModifier.ShiftModifier: Modifier.SHIFT,
    Qt.KeyboardModifier.MetaModifier: Modifier.CTRL if _SWAPPED else Modifier.META,
}
_LONG_CHORD = "Ctrl+Alt+Shift+Space"
_MODIFIER_KEYS = {
    Qt.Key.Key_Control: _MODIFIERS[Qt.KeyboardModifier.ControlModifier],
    Qt.Key.Key_Alt: Modifier.ALT,
    Qt.Key.Key_Shift: Modifier.SHIFT,
    Qt.Key.Key_Meta: _MODIFIERS[Qt.KeyboardModifier.MetaModifier],
    Qt.Key.Key_AltGr: Modifier.NONE,
}


class ChordEdit(QLineEdit):
    """Shows a chord; a click, Enter or Space makes it listen for a new one.

    While it listens, Esc leaves it as it was and Backspace empties it. Tab moves on as everywhere, unless a key is
    held with it.

    Args:
        key_name: what is printed on a key, given its native scan code and virtual key; empty if unknown.

    Signals:
        recorded(str): the user pressed this chord, or emptied the field.
        listening_changed(bool): whether it listens now.
    """

    recorded = Signal(str)
    listening_changed = Signal(bool)

    def __init__(self, key_name: KeyName, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key_name = key_name
        self._chord = ""
        self._listening = False
        self.setReadOnly(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setPlaceholderText(tr("none"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def chord(self) -> str:
        """The chord, empty for none."""
        return self._chord

    @property
    def listening(self) -> bool:
        """Whether the next key is taken as the chord."""
        return self._listening

    def set_chord(self, chord: str) -> None:
        """Show `chord`."""
        self._chord = chord
        self.setText(chord)

    def sizeHint(self) -> QSize:
        """Room for a long chord, at every text size."""
        hint = super().sizeHint()
        return QSize(self.fontMetrics().horizontalAdvance(_LONG_CHORD) + 2 * SPACE_4, hint.height())

    def event(self, event: QEvent) -> bool:
        """While listening, no shortcut of the window and no focus change may take the key."""
        if self._listening and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if self._listening and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            plain_tab = event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and not _held(event) & ~Modifier.SHIFT
            if not plain_tab:
                self.keyPressEvent(event)
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Start listening, or take the key."""
        if not self._listening:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
                self._listen(True)
            elif event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete) and self._chord:
                self._take("")
            else:
                event.ignore()  # Esc closes the window, letters do nothing
            return
        held = _held(event)
        if event.key() in _MODIFIER_KEYS:
            self.setText(_pending(held))
        elif event.key() == Qt.Key.Key_Escape and not held:
            self._listen(False)
        elif event.key() == Qt.Key.Key_Backspace and not held:
            self._take("")
        elif key := self._name(event):
            self._take(str(Chord(held, key)))

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Show what is still held."""
        if self._listening:
            self.setText(_pending(_held(event)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click starts to listen."""
        super().mousePressEvent(event)
        self._listen(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Whoever looks elsewhere does not record."""
        super().focusOutEvent(event)
        self._listen(False)

    def _name(self, event: QKeyEvent) -> str:
        key = Qt.Key(event.key())
        if key in _NAMED:
            return _NAMED[key]
        if Qt.Key.Key_F1 <= key <= Qt.Key.Key_F24:
            return f"F{key - Qt.Key.Key_F1 + 1}"
        printed = self._key_name(event.nativeScanCode(), event.nativeVirtualKey())
        if printed:
            return printed
        return chr(key).upper() if 0x20 < key < 0x250 else ""

    def _take(self, chord: str) -> None:
        self._chord = chord
        self._listen(False)
        self.recorded.emit(chord)

    def _listen(self, listening: bool) -> None:
        self.setText(_pending(Modifier.NONE) if listening else self._chord)
        self.setCursorPosition(0)
        if listening != self._listening:
            self._listening = listening
            self.listening_changed.emit(listening)


def _held(event: QKeyEvent) -> Modifier:
    """The modifiers after `event`: Qt counts the key itself on some systems and not on others."""
    held = Modifier.NONE
    for qt_modifier, modifier in _MODIFIERS.items():
        if qt_modifier in event.modifiers():
            held |= modifier
    own = _MODIFIER_KEYS.get(Qt.Key(event.key()), Modifier.NONE)
    return held | own if event.type() == QEvent.Type.KeyPress else held & ~own


def _pending(held: Modifier) -> str:
    names = [name for modifier, name in MODIFIER_NAMES.items() if modifier in held]
    return "+".join([*names, "…"]) if names else tr("Press the keys…")
