"""A picture that can be zoomed and moved: wheel, drag, keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from desktop_helper.core.grounding import GroundedBox
from desktop_helper.core.i18n import tr
from desktop_helper.ui.box_painting import paint_boxes, place_of
from desktop_helper.ui.theme import RADIUS_BOX, Theme

_STEP = 1.25
_MOST, _LEAST = 32.0, 0.02
_PAN_PX = 48
_PIXELS_FROM = 2.0  # zoom from which the pixels are shown as squares
_LEAST_BAND_PX = 6  # of a part; less was a click
_SMALL_PX = 40  # what is smaller than that when all is shown is looked at more closely
_VEIL = 150  # of 255
_NOTCH = 120.0  # what a wheel reports for one step


class PictureCanvas(QWidget):
    """At zoom 1.0 a pixel of the picture is a pixel of the screen.

    Signals:
        zoomed: the zoom has changed.
        selected: a part of the picture was chosen, in its pixels.

    Attributes:
        selecting: whether the mouse chooses a part instead of moving the picture.
        describe: what is said of a part while it is drawn.
    """

    zoomed = Signal(float)
    selected = Signal(QRectF)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._zoom = 1.0
        self._fitted = True
        self._centre = QPointF()  # the point of the picture that is in the middle, in its pixels
        self._grabbed: QPointF | None = None
        self.selecting = False
        self.describe: Callable[[QRectF], str] = lambda _part: ""
        self._band = QRectF()  # what is drawn, in pixels of the window
        self._boxes: tuple[GroundedBox, ...] = ()
        self._chosen: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Picture"))
        Theme.current().changed.connect(self.update)

    @property
    def zoom(self) -> float:
        """Pixels of the screen for one of the picture."""
        return self._zoom

    @property
    def fitted(self) -> bool:
        """Whether the picture keeps fitting into the window."""
        return self._fitted

    @property
    def centre(self) -> QPointF:
        """The point of the picture that is in the middle."""
        return QPointF(self._centre)

    def set_image(self, image: QImage) -> None:
        """Show another picture, all of it."""
        self._image, self._boxes, self._chosen = image, (), None
        self.fit()

    def show_boxes(self, boxes: Sequence[GroundedBox], chosen: int | None = None) -> None:
        """Outline them, until there is another picture; one that is `chosen`, or the only one, is surely seen."""
        self._boxes, self._chosen = tuple(boxes), chosen
        one = boxes[chosen or 0] if chosen is not None or len(boxes) == 1 else None
        if one is not None and self._zoom < 1.0:
            shown = place_of(one.area, self._place()).size()
            if max(shown.width(), shown.height()) < _SMALL_PX:
                self.zoom_to(1.0)
                self._centre = place_of(one.area, QRectF(self._image.rect())).center()
                self._stay_inside()
        self.update()

    def fit(self) -> None:
        """All of the picture, but no larger than it is; it stays so when the window changes."""
        self._fitted = True
        self._centre = QPointF(self._image.width() / 2, self._image.height() / 2)
        self._set_zoom(min(1.0, self._zoom_that_fits()))

    def zoom_to(self, zoom: float, at: QPointF | None = None) -> None:
        """Zoom around a place of the window, or around its middle."""
        if self._image.isNull():
            return
        spot = (at if at is not None else QRectF(self.rect()).center()) - QRectF(self.rect()).center()
        held = self._centre + spot / self._scale()
        self._fitted = False
        self._set_zoom(min(max(zoom, _LEAST), _MOST))
        self._centre = held - spot / self._scale()
        self._stay_inside()

    def zoom_by(self, steps: float, at: QPointF | None = None) -> None:
        """Larger or, with negative steps, smaller."""
        self.zoom_to(self._zoom * _STEP**steps, at)

    def pan(self, by: QPointF) -> None:
        """Move what is seen by pixels of the window."""
        self._centre += by / self._scale()
        self._stay_inside()

    def set_selecting(self, selecting: bool) -> None:
        """Let the mouse choose a part, or move the picture again."""
        self.selecting, self._band, self._grabbed = selecting, QRectF(), None
        if selecting:
            self.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self.unsetCursor()
        self.update()

    def in_sight(self) -> QRectF:
        """The part of the picture that the window shows, in the picture's pixels."""
        return self._part_in(QRectF(self.rect()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Plus, minus, 0 for all of it, 1 for its true size, arrows; Enter takes what is in sight as a part."""
        moves = {
            Qt.Key.Key_Left: QPointF(-_PAN_PX, 0),
            Qt.Key.Key_Right: QPointF(_PAN_PX, 0),
            Qt.Key.Key_Up: QPointF(0, -_PAN_PX),
            Qt.Key.Key_Down: QPointF(0, _PAN_PX),
        }
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom_by(1)
            case Qt.Key.Key_Minus:
                self.zoom_by(-1)
            case Qt.Key.Key_0:
                self.fit()
            case Qt.Key.Key_1:
                self.zoom_to(1.0)
            case key if key in moves:
                self.pan(moves[Qt.Key(key)])
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self.selecting and not event.modifiers():
                self.selected.emit(self.in_sight())
            case _:
                super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer."""
        self.zoom_by(event.angleDelta().y() / _NOTCH, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the picture, or begin a part of it."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._grabbed = event.position()
            if not self.selecting:
                self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move it, or draw."""
        if self._grabbed is None:
            return
        if self.selecting:
            self._band = QRectF(self._grabbed, event.position()).normalized()
            self.update()
        else:
            self.pan(self._grabbed - event.position())
            self._grabbed = event.position()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let it go; what was drawn is chosen."""
        self._grabbed = None
        if not self.selecting:
            self.unsetCursor()
            return
        band, self._band = self._band, QRectF()
        self.update()
        part = self._part_in(band)
        if min(band.width(), band.height()) >= _LEAST_BAND_PX and not part.isEmpty():
            self.selected.emit(part)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """From all of it to its true size, and back."""
        if self.selecting:
            return
        if self._fitted and self._zoom != 1.0:
            self.zoom_to(1.0, event.position())
        else:
            self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit anew, or show what there is room for."""
        super().resizeEvent(event)
        if self._fitted:
            self.fit()
        else:
            self._stay_inside()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The part of the picture that is in sight."""
        painter, theme = QPainter(self), Theme.current()
        painter.fillRect(self.rect(), theme.color("sunken"))
        if self._image.isNull():
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._zoom < _PIXELS_FROM)
        painter.drawImage(self._place(), self._image)
        if self._boxes:
            paint_boxes(painter, self._place(), QRectF(self.rect()), self._boxes, self._chosen)
        if not self._band.isEmpty():
            self._paint_band(painter)

    def _paint_band(self, painter: QPainter) -> None:
        """A veil around what is drawn, and how large it is."""
        theme, outside = Theme.current(), QPainterPath()
        outside.addRect(QRectF(self.rect()))
        outside.addRect(self._band)
        veil = theme.color("background")
        veil.setAlpha(_VEIL)
        painter.fillPath(outside, veil)
        painter.setPen(QPen(theme.color("accent"), 1.5))
        painter.drawRect(self._band)
        part = self._part_in(self._band)
        said = "" if part.isEmpty() else self.describe(part)
        if not said:
            return
        painter.setFont(theme.font("meta"))
        metrics = painter.fontMetrics()
        ground = QRectF(0, 0, metrics.horizontalAdvance(said) + 16, metrics.height() + 6)
        ground.moveTopLeft(self._band.bottomLeft() + QPointF(0, 6))
        ground.moveBottom(min(ground.bottom(), self.height() - 4.0))
        ground.moveRight(min(ground.right(), self.width() - 4.0))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 190))
        painter.drawRoundedRect(ground, RADIUS_BOX, RADIUS_BOX)
        painter.setPen(Qt.GlobalColor.white)
        painter.drawText(ground, Qt.AlignmentFlag.AlignCenter, said)

    def _part_in(self, window: QRectF) -> QRectF:
        """What of the picture lies in a part of the window."""
        if self._image.isNull():
            return QRectF()
        place, scale = self._place(), self._scale()
        shown = window.intersected(place)
        return QRectF((shown.topLeft() - place.topLeft()) / scale, shown.size() / scale)

    def _scale(self) -> float:
        """Pixels of the window for one of the picture."""
        return self._zoom / self.devicePixelRatioF()

    def _place(self) -> QRectF:
        size = QSizeF(self._image.size()) * self._scale()
        corner = QRectF(self.rect()).center() - self._centre * self._scale()
        if self._zoom == 1.0:  # sharp only where pixels meet pixels
            ratio = self.devicePixelRatioF()
            corner = QPointF(round(corner.x() * ratio) / ratio, round(corner.y() * ratio) / ratio)
        return QRectF(corner, size)

    def _zoom_that_fits(self) -> float:
        if self._image.isNull():
            return 1.0
        ratio = self.devicePixelRatioF()
        return max(
            _LEAST, min(self.width() * ratio / self._image.width(), self.height() * ratio / self._image.height())
        )

    def _set_zoom(self, zoom: float) -> None:
        changed, self._zoom = zoom != self._zoom, zoom
        if changed:
            self.zoomed.emit(zoom)
        self.update()

    def _stay_inside(self) -> None:
        """No further than the edge of the picture at the edge of the window."""
        self._centre = QPointF(
            _bounded(self._centre.x(), self.width() / self._scale(), self._image.width()),
            _bounded(self._centre.y(), self.height() / self._scale(), self._image.height()),
        )
        self.update()


def _bounded(centre: float, seen: float, whole: float) -> float:
    return whole / 2 if seen >= whole else min(max(centre, seen / 2), whole - seen / 2)
