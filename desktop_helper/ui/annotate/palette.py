"""Colours and sizes of the tool in the hand, on a card beside the bar: the bar itself keeps its place."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.annotate.easel import Colour, Easel, colours
from desktop_helper.ui.icons import BUTTON_PX, ICON_PX, IconButton
from desktop_helper.ui.theme import SPACE_1, Theme, set_role

_SCALE = 3  # sharp on every screen


class Palette:
    """Made when a tool is taken up for the first time, and again each time the overlay is opened.

    Args:
        overlay: where it lies.
        easel: has the tool, and gets what is chosen.
    """

    def __init__(self, overlay: QWidget, easel: Easel) -> None:
        self._overlay, self._easel = overlay, easel
        self._card: QFrame | None = None
        self._swatches: list[QToolButton] = []
        self._sizes: list[IconButton] = []

    def follow(self, bar: QRect, region: QRect) -> None:
        """Lie beside the bar, not on the region if there is room, or be away if no tool is in the hand."""
        tool = self._easel.tool
        if tool is None:
            self.hide()
            return
        if self._card is None:
            self._card = self._make()
        for number, swatch in enumerate(self._swatches):
            swatch.setVisible(tool.coloured)
            swatch.setChecked(number == self._easel.colour)
        thinner, thicker = self._sizes
        thinner.setEnabled(self._easel.can_resize(-1))
        thicker.setEnabled(self._easel.can_resize(1))
        size = self._card.sizeHint()
        top = min(bar.top(), max(0, self._overlay.height() - size.height()))
        right, left = bar.right() + 1 + SPACE_1, bar.left() - SPACE_1 - size.width()
        places = [QRect(QPoint(x, top), size) for x in (right, left)]
        fitting = [place for place in places if self._overlay.rect().contains(place)] or places
        beside = [place for place in fitting if not place.intersects(region)] or fitting
        self._card.setGeometry(beside[0])
        self._card.show()

    def hide(self) -> None:
        """Be away for now."""
        if self._card is not None:
            self._card.hide()

    def close(self) -> None:
        """Take it away, if it is there."""
        if self._card is not None:
            self._card.hide()
            self._card.deleteLater()
            self._card = None
            self._swatches, self._sizes = [], []

    def _make(self) -> QFrame:
        card = QFrame(self._overlay)
        set_role(card, "card")
        card.setCursor(Qt.CursorShape.ArrowCursor)
        column = QVBoxLayout(card)
        column.setContentsMargins(SPACE_1, SPACE_1, SPACE_1, SPACE_1)
        column.setSpacing(SPACE_1)
        for number, colour in enumerate(colours()):
            swatch = _swatch(colour, tr("{name} ({keys})", name=colour.label, keys=str(number + 1)), card)
            swatch.clicked.connect(lambda _checked=False, number=number: self._easel.recolour(number))
            self._swatches.append(swatch)
            column.addWidget(swatch)
        deeds: tuple[tuple[str, str, Callable[[], None]], ...] = (
            ("minus", tr("Smaller, thinner ( [ )"), lambda: self._easel.resize(-1)),
            ("plus", tr("Larger, thicker ( ] )"), lambda: self._easel.resize(1)),
        )
        for icon, label, do in deeds:
            button = IconButton(icon, label, card)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the overlay keeps the keys
            button.clicked.connect(lambda _checked=False, do=do: do())
            self._sizes.append(button)
            column.addWidget(button)
        return card


def _swatch(colour: Colour, label: str, card: QWidget) -> QToolButton:
    theme = Theme.current()
    button = QToolButton(card)
    button.setCheckable(True)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    button.setToolTip(label)
    button.setAccessibleName(label)
    side, drawn = theme.icon_px(BUTTON_PX), theme.icon_px(ICON_PX)
    button.setFixedSize(side, side)
    button.setIconSize(QSize(drawn, drawn))
    button.setIcon(_dot(QColor(colour.value), drawn))
    return button


def _dot(colour: QColor, side: int) -> QIcon:
    """A disc with a thin line around it, so that it is seen on any card."""
    pixels = QPixmap(side * _SCALE, side * _SCALE)
    pixels.fill(Qt.GlobalColor.transparent)
    with QPainter(pixels) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(colour)
        painter.setPen(QPen(Theme.current().color("faint"), _SCALE))
        middle = side * _SCALE / 2
        painter.drawEllipse(QPointF(middle, middle), middle - _SCALE, middle - _SCALE)
    pixels.setDevicePixelRatio(_SCALE)
    return QIcon(pixels)
