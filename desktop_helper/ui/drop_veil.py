"""What covers the chat while something is dragged over it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.theme import RADIUS_WINDOW, SPACE_3, Theme


class DropVeil(QWidget):
    """Says what a drop would do. Takes no events itself, so the window below goes on getting them."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._covered = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def cover(self) -> None:
        """Lie over the whole window."""
        self.setGeometry(self._covered.rect())
        self.raise_()
        self.show()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A dashed frame and one sentence."""
        theme, painter = Theme.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        page = theme.color("background")
        page.setAlpha(230)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(page)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS_WINDOW, RADIUS_WINDOW)
        painter.setPen(QPen(theme.color("accent"), 1.6, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inset = SPACE_3
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 10, 10)
        painter.setPen(theme.color("accent"))
        painter.setFont(theme.font("subtitle"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, tr("Drop to ask about it"))
