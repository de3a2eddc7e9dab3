"""The tray menu's part about recordings: what to record, and, while something is recorded, how that ends."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from desktop_helper.core.i18n import tr
from desktop_helper.ui.icons import icon
from desktop_helper.ui.recording.phase import Phase


class RecordingMenu(QObject):
    """A menu in the menu.

    Signals:
        requested(str): begin; `record`, `record-screen` or `record-window`.
        stop_requested, pause_requested, discard_requested: as they say; pausing again goes on.
    """

    requested = Signal(str)
    stop_requested = Signal()
    pause_requested = Signal()
    discard_requested = Signal()

    def __init__(self, menu: QMenu, parent: QObject) -> None:
        super().__init__(parent)
        self._menu = menu.addMenu(tr("Rec&ord"))
        add = self._menu.addAction
        self.begin = {
            "record": add(tr("A &region")),
            "record-screen": add(tr("The &screen")),
            "record-window": add(tr("A &window")),
        }
        for name, action in self.begin.items():
            action.triggered.connect(lambda _checked=False, name=name: self.requested.emit(name))
            # The chord is only shown here: the hotkey itself is taken from the whole desktop.
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.setShortcutVisibleInContextMenu(True)
        self._stop = add(tr("&Stop, and ask about it"))
        self._pause = add("")
        self._discard = add(tr("&Discard"))
        self._stop.triggered.connect(lambda _checked=False: self.stop_requested.emit())
        self._pause.triggered.connect(lambda _checked=False: self.pause_requested.emit())
        self._discard.triggered.connect(lambda _checked=False: self.discard_requested.emit())
        self.show_phase(Phase.IDLE)

    def show_phase(self, phase: Phase) -> None:
        """Offer what can be done now."""
        idle, running = phase is Phase.IDLE, phase in (Phase.RECORDING, Phase.PAUSED)
        for action in self.begin.values():
            action.setVisible(idle)
        for action in (self._stop, self._pause, self._discard):
            action.setVisible(not idle)
        self._stop.setEnabled(phase is not Phase.FINISHING)
        self._pause.setEnabled(running)
        self._pause.setText(tr("&Go on") if phase is Phase.PAUSED else tr("&Pause"))
        self._discard.setEnabled(phase is not Phase.FINISHING)

    def show_chord(self, name: str, chord: str) -> None:
        """Show the hotkey that works beside its entry."""
        self.begin[name].setShortcut(QKeySequence(chord))

    def tint(self) -> None:
        """Draw the icons in the theme's present colours."""
        named: list[tuple[QAction, str]] = [(self._menu.menuAction(), "record")]
        named += zip(self.begin.values(), ("region", "screen", "window"), strict=True)
        named += [(self._stop, "stop"), (self._pause, "pause"), (self._discard, "trash")]
        for action, name in named:
            action.setIcon(icon(name))
