"""A short amber line at the upper edge of each screen whose last seconds are kept. The mouse goes through it."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent

from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import tr
from desktop_helper.ui.app_icon import AMBER
from desktop_helper.ui.recording.edge import Side, can_be_placed

WIDTH, HEIGHT = 48, 4


class Marks:
    """Shown as long as it lives; none on Wayland, where windows lie wherever the compositor wants."""

    def __init__(self) -> None:
        screens = QGuiApplication.screens() if can_be_placed() else []
        title = tr("The last seconds of this screen are kept in memory")
        self._marks = [_Mark(_place(screen.geometry()), title) for screen in screens]
        for mark in self._marks:
            mark.show()

    def close(self) -> None:
        """Take them away."""
        for mark in self._marks:
            mark.hide()
            mark.deleteLater()
        self._marks = []


class _Mark(Side):
    def paintEvent(self, event: QPaintEvent) -> None:
        """The colour of the tray's light: it lies on the desktop, not on a page of ours."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(AMBER))


def _place(screen: QRect) -> Rect:
    return Rect(screen.x() + (screen.width() - WIDTH) // 2, screen.y(), WIDTH, HEIGHT)
