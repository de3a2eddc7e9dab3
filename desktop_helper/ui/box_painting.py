"""Outlines boxes in a picture, so that they are seen on any: a line between a light and a dark one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from desktop_helper.core.grounding import GroundedBox
from desktop_helper.core.image_parts import Area
from desktop_helper.ui.text_safety import reveal
from desktop_helper.ui.theme import RADIUS_BOX, Theme

LINE = 2.0
_LIGHT, _DARK = 4.0, 6.0  # widths of what is seen at both sides of the line
_HALO = QColor(0, 0, 0, 130)
_LEAST_PX = 8.0  # a smaller one would be a blot
_LABEL_PX, _LABEL_SHARE = 240, 0.45  # the longest, if its box is not longer; of what is seen, so that others have room
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
            others = [place for other, place in enumerate(places) if other != number]
            _paint_label(painter, places[number], seen, boxes[number].label, taken, others)
    painter.restore()


def _outline(box: GroundedBox, picture: QRectF) -> QRectF:
    """The line goes around what is meant, as far as there is room in the picture."""
    place, least = place_of(box.area, picture), _LEAST_PX
    wide, high = max(0.0, least - place.width()) / 2, max(0.0, least - place.height()) / 2
    inset, wide, high = _DARK / 2, wide + LINE / 2, high + LINE / 2
    return place.adjusted(-wide, -high, wide, high).intersected(picture.adjusted(inset, inset, -inset, -inset))


def _paint_line(painter: QPainter, place: QRectF, *, accent: bool) -> None:
    line = Theme.current().over_pictures() if accent else QColor(Qt.GlobalColor.white)
    pens = ((_HALO, _DARK), (QColor(Qt.GlobalColor.white), _LIGHT), (line, LINE))
    for colour, width in pens if accent else ((_HALO, _LIGHT), (line, LINE)):
        pen = QPen(colour, width)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawRect(place)


def _paint_label(
    painter: QPainter, place: QRectF, seen: QRectF, label: str, taken: list[QRectF], others: Sequence[QRectF]
) -> None:
    """Left out where there is no room; then it is still among what is told of the picture."""
    painter.setFont(Theme.current().font("meta"))
    metrics = painter.fontMetrics()
    room = min(_LABEL_PX, max(place.width(), seen.width() * _LABEL_SHARE), seen.width() - 2 * _GAP) - 2 * _PAD
    said = metrics.elidedText(reveal(label), Qt.TextElideMode.ElideRight, int(room))
    size = QSizeF(metrics.horizontalAdvance(said) + 2 * _PAD, metrics.height() + 4)
    ground = _ground(place, size, seen, taken, others)
    if ground is None:
        return
    taken.append(ground)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 200))
    painter.drawRoundedRect(ground, RADIUS_BOX, RADIUS_BOX)
    painter.setPen(Qt.GlobalColor.white)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawText(ground, Qt.AlignmentFlag.AlignCenter, said)


def _ground(
    place: QRectF, size: QSizeF, seen: QRectF, taken: Sequence[QRectF], others: Sequence[QRectF]
) -> QRectF | None:
    """Above the box, below it, or in it: not over another label, and over as few other boxes as can be."""
    around = _DARK / 2 + 2
    tops = (place.top() - around - size.height(), place.bottom() + around, max(place.top(), seen.top()) + around)
    lefts = (place.left() - _DARK / 2, place.right() + _DARK / 2 - size.width())
    least, most = seen.left() + _GAP, seen.right() - _GAP - size.width()
    grounds = [QRectF(QPointF(min(max(left, least), most), top), size) for top in tops for left in lefts]
    free = [
        ground
        for ground in grounds
        if seen.top() + _GAP <= ground.top()
        and ground.bottom() <= seen.bottom() - _GAP
        and not any(ground.intersects(other) for other in taken)
    ]
    return min(free, key=lambda ground: sum(ground.intersects(other) for other in others), default=None)
