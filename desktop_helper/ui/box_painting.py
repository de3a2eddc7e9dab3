"""Outlines boxes in a picture, so that they are seen on any: a line between a light and a dark one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from desktop_helper.core.grounding import GroundedBox
from desktop_helper.core.image_parts import Area
from desktop_helper.ui.text_safety import reveal
from desktop_helper.ui.theme import RADIUS_BOX, Theme

LINE = 2.0
_LIGHT, _DARK = 4.0, 6.0  # widths of what is seen at both sides of the line
_HALO = QColor(0, 0, 0, 150)
_LEAST_PX = 8.0  # a smaller one would be a blot
_LABEL_PX = 240  # the longest
_PAD, _GAP = 6, 4


def place_of(area: Area, picture: QRectF) -> QRectF:
    """Where a box is in a picture that is shown at `picture`."""
    left, top, width, height = area
    size = picture.width(), picture.height()
    return QRectF(picture.x() + left * size[0], picture.y() + top * size[1], width * size[0], height * size[1])


def paint_boxes(
    painter: QPainter, picture: QRectF, seen: QRectF, boxes: Sequence[GroundedBox], chosen: int | None = None
) -> None:
    """All of them, over the picture; with one `chosen` the others keep in the background, and it lies over them.

    Args:
        painter: of the widget.
        picture: where it is shown, which may be beyond what is seen.
        seen: labels stay in there.
        boxes: of the picture.
        chosen: the place of one among them.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    places = [_outline(box, picture) for box in boxes]
    order = sorted(range(len(boxes)), key=lambda number: number == chosen)
    for number in order:
        _paint_line(painter, places[number], accent=chosen in (None, number))
    taken: list[QRectF] = []
    for number in reversed(order):
        if boxes[number].label and places[number].intersects(seen):
            _paint_label(painter, places[number], seen, boxes[number].label, taken)
    painter.restore()


def _outline(box: GroundedBox, picture: QRectF) -> QRectF:
    """The line goes around what is meant, as far as there is room in the picture."""
    place, least = place_of(box.area, picture), _LEAST_PX
    wide, high = max(0.0, least - place.width()) / 2, max(0.0, least - place.height()) / 2
    inset = _DARK / 2
    return place.adjusted(-wide, -high, wide, high).intersected(picture.adjusted(inset, inset, -inset, -inset))


def _paint_line(painter: QPainter, place: QRectF, *, accent: bool) -> None:
    line = Theme.current().color("accent") if accent else QColor(Qt.GlobalColor.white)
    pens = ((_HALO, _DARK), (QColor(Qt.GlobalColor.white), _LIGHT), (line, LINE))
    for colour, width in pens if accent else ((_HALO, _LIGHT), (line, LINE)):
        pen = QPen(colour, width)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawRect(place)


def _paint_label(painter: QPainter, place: QRectF, seen: QRectF, label: str, taken: list[QRectF]) -> None:
    """Above the box, below it, or in it, where there is room; left out where another one stands already."""
    painter.setFont(Theme.current().font("meta"))
    metrics = painter.fontMetrics()
    room = min(_LABEL_PX, int(seen.width()) - 2 * (_PAD + _GAP))
    said = metrics.elidedText(reveal(label), Qt.TextElideMode.ElideRight, room)
    ground = QRectF(0, 0, metrics.horizontalAdvance(said) + 2 * _PAD, metrics.height() + 4)
    around = _DARK / 2 + 2
    tops = (place.top() - around - ground.height(), place.bottom() + around, max(place.top(), seen.top()) + around)
    least, most = seen.top() + _GAP, seen.bottom() - _GAP - ground.height()
    left = min(max(place.left() - _DARK / 2, seen.left() + _GAP), seen.right() - _GAP - ground.width())
    for top in tops:
        ground.moveTopLeft(QPointF(left, top))
        if least <= top <= most and not any(ground.intersects(other) for other in taken):
            break
    else:
        return
    taken.append(QRectF(ground))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 200))
    painter.drawRoundedRect(ground, RADIUS_BOX, RADIUS_BOX)
    painter.setPen(Qt.GlobalColor.white)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawText(ground, Qt.AlignmentFlag.AlignCenter, said)
