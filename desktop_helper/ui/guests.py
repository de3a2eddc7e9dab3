"""Our windows stand aside while another process of ours takes a picture: `shot` and `ask --screen` in a terminal."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from desktop_helper.qt.instance_server import InstanceServer
from desktop_helper.ui.floating_window import FloatingWindow
from desktop_helper.ui.own_windows import OwnWindows, settle_ms
from desktop_helper.ui.region_picker import RegionPicker


class Guests(QObject):
    """Belongs to the picker. Its overlay stays, if it is shown: that is the screen for whoever chooses just now.

    Args:
        instance: tells who comes and goes.
        picker: while it chooses, nothing comes back: it would lie in the way.
        aside: what stepped aside for the picker; the rest comes back with that then.
    """

    def __init__(self, instance: InstanceServer, picker: RegionPicker, aside: OwnWindows) -> None:
        super().__init__(picker)
        self._picker, self._later, self._windows = picker, aside, OwnWindows()
        self._active: QWidget | None = None
        self._count = 0
        instance.guest_came.connect(self._on_came)
        instance.guest_left.connect(self._on_left)

    def _on_came(self, admit: Callable[[], None]) -> None:
        self._count += 1
        active = QApplication.activeWindow()
        hidden = not self._picker.is_open and self._windows.step_aside()
        if hidden and active is not None:
            self._active = active
        QTimer.singleShot(settle_ms() if hidden or self._count > 1 else 0, self, admit)

    def _on_left(self) -> None:
        self._count -= 1
        if self._count:
            return
        active, self._active = self._active, None
        if self._picker.is_open:
            self._later.take_over(self._windows)
            return
        self._windows.come_back()
        if isinstance(active, FloatingWindow) and isValid(active) and active.isVisible():
            active.present()  # somebody was typing in it
