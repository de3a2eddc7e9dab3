"""The tray menu's part about the last seconds: whether they are kept, and asking about them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

from desktop_helper.core.i18n import tr
from desktop_helper.ui.icons import icon


class LastSecondsMenu(QObject):
    """Two entries of the menu, the one for asking only while there is something to ask about.

    Signals:
        requested: ask about them.
        toggled(bool): keep them from now on, or no longer.
    """

    requested = Signal()
    toggled = Signal(bool)

    def __init__(self, menu: QMenu, parent: QObject) -> None:
        super().__init__(parent)
        self._ask, self._keep = menu.addAction(""), menu.addAction("")
        self._ask.triggered.connect(lambda _checked=False: self.requested.emit())
        # The chord is only shown here: the hotkey itself is taken from the whole desktop.
        self._ask.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._ask.setShortcutVisibleInContextMenu(True)
        self._keep.setCheckable(True)
        self._keep.triggered.connect(self.toggled)
        self.show_state(wanted=False, kept=False, seconds=30)

    def show_state(self, *, wanted: bool, kept: bool, seconds: int) -> None:
        """What the user wants, and whether there is anything of it just now."""
        self._ask.setText(tr("&Ask about the last {seconds} seconds", seconds=seconds))
        self._ask.setVisible(kept)
        self._keep.setText(tr("&Keep the last {seconds} seconds", seconds=seconds))
        self._keep.setChecked(wanted)

    def show_chord(self, chord: str) -> None:
        """Show the hotkey that works beside its entry."""
        self._ask.setShortcut(QKeySequence(chord))

    def tint(self) -> None:
        """Draw the icon in the theme's present colours; the other entry has a check mark in its place."""
        self._ask.setIcon(icon("history"))
