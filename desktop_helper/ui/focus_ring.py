"""The ring around a text that has the keyboard: outside of it, so that it crosses no letter."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop_helper.ui.theme import RADIUS_BOX, Theme

_GAP, _SOFT = 4, 3  # pixels between text and line, and of the soft ring around the line
_MOVED = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide)


class FocusRing(QWidget):
    """Lies on the page that holds the text, and takes no clicks."""

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._page = page
        self._watched: list[QWidget] = []  # the text, and what it moves with
        self.hide()

    def go_around(self, text: QWidget) -> None:
        """Show this text to be the one that has the keyboard."""
        self.leave()
        part: QWidget | None = text
        while part is not None and part is not self._page:
            self._watched.append(part)
            part.installEventFilter(self)
            part = part.parentWidget()
        self._place()
        self.show()

    def leave(self) -> None:
        """The keyboard goes elsewhere."""
        for part in self._watched:
            part.removeEventFilter(self)
        self._watched.clear()
        self.hide()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """The text has grown, or something above it has."""
        if event.type() in _MOVED and self._watched:
            self._place()
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A line in the accent's colour with a soft one around it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        self._draw(painter, "accent_soft", _SOFT, _SOFT / 2)
        self._draw(painter, "accent", 2 if Theme.current().high_contrast else 1, _SOFT)

    def _draw(self, painter: QPainter, token: str, width: float, edge: float) -> None:
        painter.setPen(QPen(Theme.current().color(token), width))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(edge, edge, -edge, -edge), RADIUS_BOX, RADIUS_BOX)

    def _place(self) -> None:
        text, around = self._watched[0], _GAP + _SOFT
        place = QRect(text.mapTo(self._page, QPoint()), text.size())
        self.setGeometry(place.adjusted(-around, -around, around, around))
        self.raise_()
