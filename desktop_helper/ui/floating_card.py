"""A card over other windows, e.g. beside the region that it is about: without a frame, with round corners."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainterPath, QRegion, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QWidget

from desktop_helper.qt.compositing import is_composited
from desktop_helper.ui.theme import RADIUS_CARD, set_role


class FloatingCard(QWidget):
    """Base of what belongs to a recording or to a watch, and of notes. It is as large as what is in it.

    Args:
        title: of the window, for who cannot see it.
        more: kinds of a window that it is, too.

    Attributes:
        card: gets the layout with what is in it.
    """

    def __init__(self, title: str, more: Qt.WindowType = Qt.WindowType.Widget) -> None:
        flags = Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint | Qt.WindowType.Tool
        super().__init__(None, flags | more)
        self.setAttribute(Qt.WidgetAttribute.WA_MacAlwaysShowToolWindow)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        if is_composited():
            self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.card = QFrame()
        set_role(self.card, "card")
        around = QHBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)  # else tiling compositors make it a tile
        around.addWidget(self.card)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Without a compositor the corners are cut off instead of being transparent."""
        super().resizeEvent(event)
        if not self.testAttribute(Qt.WidgetAttribute.WA_TranslucentBackground):
            corners = QPainterPath()
            corners.addRoundedRect(self.rect(), RADIUS_CARD, RADIUS_CARD)
            self.setMask(QRegion(corners.toFillPolygon().toPolygon()))
