"""A short amber line at the upper edge of each screen whose last seconds are kept. The mouse goes through it."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication

from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import tr
from desktop_helper.ui.recording.edge import Side, can_be_placed

WIDTH, HEIGHT = 48, 4


class Marks:
    """Shown as long as it lives; none on Wayland, where windows lie wherever the compositor wants."""

    def __init__(self) -> None:
        screens = QGuiApplication.screens() if can_be_placed() else []
        title = tr("The last seconds of this screen are kept in memory")
        self._marks = [Side(_place(screen.geometry()), title, "warn") for screen in screens]
        for mark in self._marks:
            mark.show()

    def close(self) -> None:
        """Take them away."""
        for mark in self._marks:
            mark.hide()
            mark.deleteLater()
        self._marks = []


def _place(screen: QRect) -> Rect:
    return Rect(screen.x() + (screen.width() - WIDTH) // 2, screen.y(), WIDTH, HEIGHT)
