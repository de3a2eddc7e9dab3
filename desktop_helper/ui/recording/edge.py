"""The frame around what is recorded: four thin windows outside of it, which the mouse goes through."""

from __future__ import annotations

import sys

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QScreen
from PySide6.QtWidgets import QWidget

from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import tr
from desktop_helper.qt.capture_exclusion import exclude
from desktop_helper.qt.compositing import is_composited
from desktop_helper.ui.recording import places
from desktop_helper.ui.theme import Theme


class RegionEdge:
    """Shown as long as it lives; it has no side where the region meets the screen's own edge.

    Args:
        region: logical pixels.
        screen: that it is on.
        title: of its windows; that of a recording's without one.
    """

    def __init__(self, region: Rect, screen: QScreen, title: str = "") -> None:
        area = screen.geometry()
        inside = Rect(area.x(), area.y(), area.width(), area.height())
        parts = places.edges(region, inside, screen.devicePixelRatio()) if can_be_placed() else []
        self.sides = [Side(part, title or tr("Frame around what is recorded")) for part in parts]
        for side in self.sides:
            side.show()
            exclude(side)

    def set_role(self, role: str) -> None:
        """Another colour of the theme."""
        for side in self.sides:
            side.set_role(role)

    def close(self) -> None:
        """Take it away."""
        for side in self.sides:
            side.hide()
            side.deleteLater()
        self.sides = []


class Side(QWidget):
    """A strip of one colour over everything else, which takes neither the mouse nor the keyboard.

    Args:
        place: logical pixels.
        title: for who cannot see it.
        role: its colour in the theme.
    """

    def __init__(self, place: Rect, title: str, role: str = "dim") -> None:
        super().__init__(None, _flags())
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_MacAlwaysShowToolWindow)
        # A shadow would fall into the picture. Compositors give none to what is dragged (picom), nor to what may be
        # seen through (GNOME's).
        self.setAttribute(Qt.WidgetAttribute.WA_X11NetWmWindowTypeDND)
        if is_composited():
            self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self._role = role
        self.setGeometry(QRect(place.x, place.y, place.width, place.height))
        Theme.current().changed.connect(self.update)

    def set_role(self, role: str) -> None:
        """Another colour of the theme."""
        self._role = role
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """One colour."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), Theme.current().color(self._role))


def can_be_placed() -> bool:
    """Whether windows lie where we want them: on Wayland the compositor decides, also to put them into the picture."""
    return not QGuiApplication.platformName().startswith("wayland")


def _flags() -> Qt.WindowType:
    flags = Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint | Qt.WindowType.Tool
    flags |= Qt.WindowType.WindowDoesNotAcceptFocus | Qt.WindowType.WindowTransparentForInput
    flags |= Qt.WindowType.NoDropShadowWindowHint
    # A window manager would move what is so thin, or lies at the screen's edge.
    return flags | Qt.WindowType.X11BypassWindowManagerHint if sys.platform == "linux" else flags
