"""How each mark looks, as filled outlines in picture pixels, and which pixels it may touch.

Outlines, because a filled path has the same soft edge whatever part of it is painted: the overlay paints only what
changed, and the result must be what painting everything at once gives.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainterPath, QPainterPathStroker, QRegion

from desktop_helper.core.geometry import Rect
from desktop_helper.ui.annotate.marks import Mark, Point
from desktop_helper.ui.overlay_painting import qrect
from desktop_helper.ui.theme import Theme

INK, PAPER = QColor("#1D1C1A"), QColor("#FFFFFF")
Outlines = list[tuple[QPainterPath, QColor]]
_SOFT = 2  # pixels beyond an outline that its soft edge may reach
_STEPS = 24  # points in a piece of a pen's line
_LIGHT = 0.6  # brighter colours are seen better on ink
_PIECE = 320  # longest side of the boxes that follow a line


class Layer(NamedTuple):
    """An outline that is filled with a colour, and every pixel that this may touch."""

    path: QPainterPath
    colour: QColor
    bounds: QRect


def layers(mark: Mark) -> list[Layer]:
    """What is filled, one over the other: first the rim, so that the mark is seen on any ground. None for `hide`.

    A pen's line is made of pieces, so that its end can be painted without the rest of it.
    """
    if mark.tool != "pen":
        return _layers(mark)
    points = mark.points
    pieces = [points[start : start + _STEPS + 1] for start in range(0, max(1, len(points) - 1), _STEPS)]
    made = [_layers(replace(mark, points=piece)) for piece in pieces]
    return [piece[0] for piece in made] + [piece[1] for piece in made]


def forget() -> None:
    """Keep nothing of marks that are gone."""
    _layers.cache_clear()


@lru_cache(maxsize=512)
def _layers(mark: Mark) -> list[Layer]:
    shapes = _SHAPES.get(mark.tool)
    return [
        Layer(path, colour, path.boundingRect().toAlignedRect().adjusted(-_SOFT, -_SOFT, _SOFT, _SOFT))
        for path, colour in (shapes(mark) if shapes is not None else ())
    ]


def touched(mark: Mark) -> QRegion:
    """Every pixel that painting `mark` may change."""
    if mark.tool == "hide":
        return QRegion(qrect(mark.box))
    if mark.tool in ("text", "number"):
        bounds = QRect()
        for layer in layers(mark):
            bounds = bounds.united(layer.bounds)
        return QRegion(bounds)
    return _along(_corners(mark.box) if mark.tool == "box" else mark.points, _reach(mark))


def changed(before: Mark | None, after: Mark | None) -> QRegion:
    """The pixels that may differ when `before` becomes `after`; None for no mark."""
    if before == after:
        return QRegion()
    if before is None or after is None:
        return touched(before or after) if before or after else QRegion()  # type: ignore[arg-type]
    if before.tool == after.tool == "hide" and before.size == after.size:
        return touched(before).xored(touched(after))  # the squares of the part in common stay what they are
    known = len(before.points)
    goes_on = known > 0 and replace(after, points=before.points) == before and after.points[:known] == before.points
    if after.tool == "pen" and goes_on:
        return _along(after.points[known - 1 :], _reach(after))
    return touched(before) + touched(after)


def letters(size: int) -> QFont:
    """The font of words on the picture, `size` pixels high."""
    font = QFont(Theme.current().font("body"))
    font.setPixelSize(max(1, size))
    font.setWeight(QFont.Weight.DemiBold)
    return font


def rim(size: int) -> float:
    """How far the rim reaches beyond a line of `size`."""
    return max(1.0, size / 3)


def contrast(colour: str) -> QColor:
    """What stands out against `colour`: ink or paper."""
    value = QColor(colour)
    return INK if 0.299 * value.redF() + 0.587 * value.greenF() + 0.114 * value.blueF() > _LIGHT else PAPER


def _line(points: Iterable[QPointF], width: float, *, closed: bool = False) -> QPainterPath:
    path = QPainterPath()
    for number, point in enumerate(points):
        path.lineTo(point) if number else path.moveTo(point)
    if closed:
        path.closeSubpath()
    stroker = QPainterPathStroker()
    stroker.setWidth(width)
    stroker.setCapStyle(Qt.PenCapStyle.RoundCap)
    stroker.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    made = stroker.createStroke(path)
    made.setFillRule(Qt.FillRule.WindingFill)
    return made


def _disc(centre: QPointF, radius: float) -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(centre, radius, radius)
    return path


def _stroke(points: Sequence[QPointF], mark: Mark, *, closed: bool = False) -> Outlines:
    if len(set(mark.points)) == 1:
        radius = mark.size / 2
        return [
            (_disc(points[0], radius + rim(mark.size)), contrast(mark.colour)),
            (_disc(points[0], radius), QColor(mark.colour)),
        ]
    return [
        (_line(points, mark.size + 2 * rim(mark.size), closed=closed), contrast(mark.colour)),
        (_line(points, mark.size, closed=closed), QColor(mark.colour)),
    ]


def _pen(mark: Mark) -> Outlines:
    return _stroke(_middles(mark.points), mark)


def _box(mark: Mark) -> Outlines:
    return _stroke(_middles(_corners(mark.box)[:-1]), mark, closed=True)


def _arrow(mark: Mark) -> Outlines:
    """A shaft and a head; a short arrow has a small head."""
    start, tip = _middles((mark.points[0], mark.points[-1]))
    dx, dy = tip.x() - start.x(), tip.y() - start.y()
    length = math.hypot(dx, dy)
    if length == 0:
        return []
    along, across = QPointF(dx / length, dy / length), QPointF(-dy / length, dx / length)
    head = min(_head(mark.size), length)
    neck = tip - along * head
    triangle = [tip, neck + across * head * 0.5, neck - across * head * 0.5]
    shaft = [start, tip - along * head * 0.9]
    edge = rim(mark.size)
    rim_colour, colour = contrast(mark.colour), QColor(mark.colour)
    solid = _line(triangle, mark.size * 0.5, closed=True)
    filled = QPainterPath()
    filled.addPolygon(triangle)
    filled.closeSubpath()
    return [
        (_line(shaft, mark.size + 2 * edge), rim_colour),
        (_line(triangle, mark.size * 0.5 + 2 * edge, closed=True), rim_colour),
        (_line(shaft, mark.size), colour),
        (filled, colour),
        (solid, colour),
    ]


def _head(size: int) -> float:
    return 4.0 * size + 6


def _text(mark: Mark) -> Outlines:
    """Its first letter begins at the point, and the point is in the middle of its height."""
    font = letters(mark.size)
    metrics = QFontMetricsF(font)
    x, y = mark.points[0]
    path = QPainterPath()
    path.addText(QPointF(x, y + (metrics.ascent() - metrics.descent()) / 2), font, mark.text)
    path.setFillRule(Qt.FillRule.WindingFill)
    stroker = QPainterPathStroker()
    stroker.setWidth(2 * max(1.5, mark.size / 7))
    stroker.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    halo = stroker.createStroke(path)
    halo.setFillRule(Qt.FillRule.WindingFill)
    return [(halo, contrast(mark.colour)), (path, QColor(mark.colour))]


def _number(mark: Mark) -> Outlines:
    centre = _middles(mark.points)[0]
    radius = mark.size / 2
    font = letters(round(mark.size * (0.6 if len(mark.text) < 3 else 0.45)))
    digits = QPainterPath()
    digits.addText(QPointF(0, 0), font, mark.text)
    digits.translate(centre - digits.boundingRect().center())
    rim_colour = contrast(mark.colour)
    return [
        (_disc(centre, radius + max(1.5, mark.size / 14)), rim_colour),
        (_disc(centre, radius), QColor(mark.colour)),
        (digits, rim_colour),
    ]


_SHAPES: dict[str, Callable[[Mark], Outlines]] = {
    "arrow": _arrow,
    "box": _box,
    "pen": _pen,
    "text": _text,
    "number": _number,
}


def _middles(points: Iterable[Point]) -> list[QPointF]:
    """A line goes through the middles of its pixels."""
    return [QPointF(x + 0.5, y + 0.5) for x, y in points]


def _corners(box: Rect) -> list[Point]:
    """Around the box and back."""
    right, bottom = box.right - 1, box.bottom - 1
    return [(box.x, box.y), (right, box.y), (right, bottom), (box.x, bottom), (box.x, box.y)]


def _reach(mark: Mark) -> int:
    """How far from its line a mark goes."""
    line = mark.size / 2 + rim(mark.size)
    head = _head(mark.size) * 0.5 + line if mark.tool == "arrow" else line
    return math.ceil(head) + _SOFT


def _along(points: Sequence[Point], reach: int) -> QRegion:
    """Small boxes that cover everything within `reach` of a line: a long diagonal is not its whole rectangle."""
    region = QRegion()
    steps = _steps(points)
    last = next(steps)
    left, top, right, bottom = (*last, *last)
    for x, y in steps:
        box = (min(left, x), min(top, y), max(right, x), max(bottom, y))
        if max(box[2] - box[0], box[3] - box[1]) > _PIECE:
            region += _grown(left, top, right, bottom, reach)
            box = (min(last[0], x), min(last[1], y), max(last[0], x), max(last[1], y))
        left, top, right, bottom = box
        last = (x, y)
    return region + _grown(left, top, right, bottom, reach)


def _steps(points: Sequence[Point]) -> Iterator[Point]:
    """The points, and as many between them that no step is long."""
    yield points[0]
    for (x, y), (to_x, to_y) in pairwise(points):
        count = max(1, math.ceil(max(abs(to_x - x), abs(to_y - y)) / (_PIECE // 2)))
        for step in range(1, count + 1):
            yield round(x + (to_x - x) * step / count), round(y + (to_y - y) * step / count)


def _grown(left: int, top: int, right: int, bottom: int, reach: int) -> QRegion:
    return QRegion(QRect(left - reach, top - reach, right - left + 1 + 2 * reach, bottom - top + 1 + 2 * reach))
