"""How much of what the model can read is taken, as a thin bar."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_helper.ui.theme import Theme

_GAP = 1  # pixels between two pieces


class Bar(QWidget):
    """Pieces beside each other, the first at the start of the line. Numbers say the same beside it."""

    def __init__(self, height: int = 4, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._height = height
        self._shares: tuple[float, ...] = ()
        self._role = "accent"
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        Theme.current().changed.connect(self.update)

    def show_shares(self, *shares: float, role: str = "accent") -> None:
        """Of the whole, each from 0 to 1; what is more than the whole is cut off."""
        self._shares, self._role = shares, role
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room for."""
        return QSize(120, self._height)

    def minimumSizeHint(self) -> QSize:
        """Enough to compare two of them."""
        return QSize(40, self._height)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A groove, and what is in it."""
        painter, theme = QPainter(self), Theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        groove = QPainterPath()
        groove.addRoundedRect(QRectF(self.rect()), self.height() / 2, self.height() / 2)
        painter.fillPath(groove, theme.color("line"))
        painter.setClipPath(groove)
        for area in self._pieces(self._shares):
            painter.fillRect(area, theme.color(self._role))

    def _pieces(self, shares: Sequence[float]) -> list[QRectF]:
        found, at = [], 0.0
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        for share in shares:
            width = min(share, 1.0 - at) * self.width()
            left = at * self.width()
            x = self.width() - left - width if mirrored else left
            if width > 0:
                found.append(QRectF(x, 0, max(1.0, width - _GAP), self.height()))
            at = min(1.0, at + share)
        return found
