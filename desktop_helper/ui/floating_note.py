"""A few words in a small window over everything, which never takes the keyboard: an open menu would close."""

from __future__ import annotations

import sys

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QCloseEvent, QMouseEvent, QPainterPath, QRegion
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.qt.compositing import is_composited
from desktop_helper.qt.screens import screen_under_cursor
from desktop_helper.ui.theme import RADIUS_CARD, SPACE_2, SPACE_3, SPACE_5, set_role


class FloatingNote(QWidget):
    """A click on it cancels what it tells about, if `stop` says that there is something.

    Args:
        title: of the window, for who cannot see it.
        parts: what stands in it, from left to right.

    Signals:
        cancelled: it was clicked away.
    """

    cancelled = Signal()

    def __init__(self, title: str, *parts: QWidget) -> None:
        super().__init__(None, _flags())
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_MacAlwaysShowToolWindow)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        if is_composited():
            self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setToolTip(tr("Click to cancel"))
        card = QFrame()
        set_role(card, "card")
        around = QHBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(card)
        layout = QHBoxLayout(card)
        layout.setContentsMargins(SPACE_3, SPACE_2, SPACE_3, SPACE_2)
        for part in parts:
            layout.addWidget(part)

    def stop(self) -> bool:
        """Hide, and end what it tells about. Returns whether there was something to end."""
        self.hide()
        return False

    def appear(self, middle: QPoint | None = None) -> None:
        """Show it, with its middle there, or else in the corner of the screen that the mouse is on."""
        self.adjustSize()
        if not self.testAttribute(Qt.WidgetAttribute.WA_TranslucentBackground):
            corners = QPainterPath()
            corners.addRoundedRect(self.rect(), RADIUS_CARD, RADIUS_CARD)
            self.setMask(QRegion(corners.toFillPolygon().toPolygon()))
        area = screen_under_cursor().availableGeometry()
        corner = area.topRight() + QPoint(-self.width() - SPACE_5, SPACE_5)
        self.move(corner if middle is None else middle - self.rect().center())
        self.show()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click cancels."""
        if self.rect().contains(event.position().toPoint()) and self.stop():
            self.cancelled.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Somebody closes it from outside: that cancels too."""
        event.ignore()
        if self.stop():
            self.cancelled.emit()


def _flags() -> Qt.WindowType:
    flags = Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint | Qt.WindowType.Tool
    flags |= Qt.WindowType.WindowDoesNotAcceptFocus
    return flags | Qt.WindowType.X11BypassWindowManagerHint if sys.platform == "linux" else flags
