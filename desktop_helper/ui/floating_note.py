"""A few words in a small window over everything, which never takes the keyboard: an open menu would close."""

from __future__ import annotations

import sys

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QCloseEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.qt.screens import screen_under_cursor
from desktop_helper.ui.floating_card import FloatingCard
from desktop_helper.ui.theme import SPACE_2, SPACE_3, SPACE_5


class FloatingNote(FloatingCard):
    """A click on it cancels what it tells about, if `stop` says that there is something.

    Args:
        title: of the window, for who cannot see it.
        parts: what stands in it, from left to right.

    Signals:
        cancelled: it was clicked away.
    """

    cancelled = Signal()

    def __init__(self, title: str, *parts: QWidget) -> None:
        super().__init__(title, _never_focused())
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setToolTip(tr("Click to cancel"))
        layout = QHBoxLayout(self.card)
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


def _never_focused() -> Qt.WindowType:
    flag = Qt.WindowType.WindowDoesNotAcceptFocus
    return flag | Qt.WindowType.X11BypassWindowManagerHint if sys.platform == "linux" else flag
