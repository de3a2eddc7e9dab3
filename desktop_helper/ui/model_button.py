"""The model's name with a chevron behind it; opens the menu of models. A long name is shortened."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QStyleOptionToolButton, QStylePainter, QToolButton, QWidget

from desktop_helper.ui.icons import pixmap
from desktop_helper.ui.theme import SPACE_1, Theme

_CHEVRON = 14
_PADDING = 4
_LEAST_CHARACTERS = 2


class ModelButton(QToolButton):
    """Set `text` to the name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        Theme.current().changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """Room for the whole name."""
        return self._size_for(self.text())

    def minimumSizeHint(self) -> QSize:
        """Room for the beginning of it."""
        return self._size_for(self.text()[:_LEAST_CHARACTERS] + "…")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The style's button without its contents, then name and chevron."""
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text = ""
        option.features = QStyleOptionToolButton.ToolButtonFeature.None_
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        self._draw(painter)

    def _draw(self, painter: QPainter) -> None:
        direction, whole = self.layoutDirection(), self.rect()
        inner = whole.adjusted(_PADDING, 0, -_PADDING - _CHEVRON - SPACE_1, 0)
        metrics = QFontMetrics(self._font())
        shown = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, inner.width())
        painter.setFont(self._font())
        painter.setPen(Theme.current().color("text"))
        side = QStyle.visualAlignment(direction, Qt.AlignmentFlag.AlignLeft)
        flags = side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.drawText(QStyle.visualRect(direction, whole, inner), flags, shown)
        left = inner.left() + metrics.horizontalAdvance(shown) + SPACE_1
        place = QRect(left, (self.height() - _CHEVRON) // 2 + 1, _CHEVRON, _CHEVRON)
        place = QStyle.visualRect(direction, whole, place)
        painter.drawPixmap(place, pixmap("chevron-down", "dim", _CHEVRON, self.devicePixelRatioF()))

    def _font(self) -> QFont:
        return Theme.current().font(weight=QFont.Weight.DemiBold)

    def _size_for(self, text: str) -> QSize:
        metrics = QFontMetrics(self._font())
        width = metrics.horizontalAdvance(text) + 1 + 2 * _PADDING + SPACE_1 + _CHEVRON  # a glyph is no whole pixels
        return QSize(width, max(30, metrics.height() + 8))
