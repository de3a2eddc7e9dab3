"""A window that belongs to the chat's: it steps aside with it, e.g. when the screen is looked at, and comes back."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QWidget

from desktop_helper.qt.screens import screen_of
from desktop_helper.ui import in_front
from desktop_helper.ui.theme import Theme, set_role

_SCREEN_SHARE = 0.8


class Companion(QWidget):
    """Base of the viewer and of the windows in which a question is prepared; closes for itself.

    Args:
        chat: the chat's window.
    """

    def __init__(self, chat: QWidget) -> None:
        super().__init__(chat, Qt.WindowType.Window)
        self._chat, self._wanted = chat, False
        set_role(self, "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        chat.installEventFilter(self)

    def come_up(self) -> None:
        """In front of the user, also of a chat that is kept above other windows."""
        self._wanted = True
        in_front.present(self)

    def take_room(self, wanted: QSize, least: QSize, *, exactly: bool = False) -> None:
        """In the middle of the chat's screen, as large as is wanted and fair; larger with larger text, or exactly."""
        screen = screen_of(self._chat).availableGeometry()
        scale = 1.0 if exactly else max(1.0, Theme.current().scale)
        size = (wanted * scale).boundedTo(screen.size() * _SCREEN_SHARE).expandedTo(least)
        self.resize(size)
        self.move(screen.center() - QPoint(size.width() // 2, size.height() // 2))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the chat."""
        if watched is self._chat and self._wanted:
            if event.type() == QEvent.Type.Hide:
                self.hide()
            elif event.type() == QEvent.Type.Show:
                self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
                self.show()
                self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, False)
        return False

    def closeEvent(self, event: QCloseEvent) -> None:
        """It does not come back with the chat."""
        self._wanted = False
        super().closeEvent(event)
