"""How a timeline looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from desktop_helper.core.clip_span import Ends
from desktop_helper.core.clips import clock, fine_clock
from desktop_helper.ui.theme import RADIUS_BOX, RADIUS_CONTROL, Theme
from desktop_helper.ui.thumbnails import centre

HANDLE = 10  # pixels, outside of what it encloses
_EDGE = 2
_VEIL = 190  # of 255: what is left out stays recognisable
_MARK = 3.5
_FINE_BELOW_S = 20.0  # of length, marks tell tenths of seconds
_SAME_S = 0.001
_INSIDE = 5  # of the ring that shows the focus
_GAP = 10  # pixels between two times that are written


@dataclass(frozen=True, slots=True)
class Strip:
    """Where things are.

    Args:
        area: of the small pictures.
        all_of_it: of the whole widget.
        duration: seconds that `area` stands for.
    """

    area: QRectF
    all_of_it: QRectF
    duration: float

    def x(self, at: float) -> float:
        """Where a time is."""
        return self.area.left() + self.area.width() * (at / self.duration if self.duration else 0.0)


def pictures(painter: QPainter, strip: Strip, images: Sequence[QImage]) -> None:
    """Side by side; those that are missing leave their ground."""
    area = strip.area
    outline = QPainterPath()
    outline.addRoundedRect(area, RADIUS_BOX, RADIUS_BOX)
    painter.save()
    painter.setClipPath(outline)
    painter.fillRect(area, Theme.current().color("sunken"))
    width = area.width() / max(1, len(images))
    for number, image in enumerate(images):
        slot = QRectF(area.left() + number * width, area.top(), width + 0.5, area.height())
        if not image.isNull():
            painter.drawImage(slot, image, centre(image, slot.size().toSize()))
    painter.restore()


def handles(painter: QPainter, strip: Strip, ends: Ends) -> None:
    """A frame around the part that is meant, and a veil over the rest."""
    theme, area = Theme.current(), strip.area
    left, right = strip.x(ends.start), strip.x(ends.end) if ends.duration else area.right()
    veil = theme.color("background")
    veil.setAlpha(_VEIL)
    painter.fillRect(QRectF(area.left(), area.top(), left - area.left(), area.height()), veil)
    painter.fillRect(QRectF(right, area.top(), area.right() - right, area.height()), veil)
    accent = theme.color("accent")
    for x in (left - HANDLE, right):
        handle = QRectF(x, area.top() - _EDGE, HANDLE, area.height() + 2 * _EDGE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(accent)
        painter.drawRoundedRect(handle, RADIUS_BOX, RADIUS_BOX)
        painter.setPen(_round_pen(theme.color("on_accent"), 1.6))
        middle = handle.center()
        painter.drawLine(middle - QPointF(0, 6), middle + QPointF(0, 6))
    edge = QRectF(left - HANDLE / 2, area.top() - _EDGE, max(0.0, right - left) + HANDLE, _EDGE)
    painter.fillRect(edge, accent)
    painter.fillRect(edge.translated(0, area.height() + _EDGE), accent)


def marks(painter: QPainter, strip: Strip, times: Sequence[float], ends: Ends, *, valid: bool) -> None:
    """A dot for each chosen frame, and its time where there is room; always that of the one that is looked at."""
    theme, row = Theme.current(), strip.area.bottom() + 9
    painter.setFont(theme.font("meta"))
    metrics = painter.fontMetrics()
    told = fine_clock if ends.length < _FINE_BELOW_S else clock
    room = strip.all_of_it.adjusted(_INSIDE, 0, -_INSIDE, 0)
    taken: list[tuple[float, float]] = []
    for at in sorted(times, key=lambda at: (not _is_here(at, ends), at)):
        x, here = strip.x(at), _is_here(at, ends) and valid
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent" if valid else "line_strong"))
        radius = _MARK + 1.5 if here else _MARK
        painter.drawEllipse(QPointF(x, row), radius, radius)
        text = told(at)
        width = metrics.horizontalAdvance(text)
        left = min(max(x - width / 2, room.left()), room.right() - width)
        if all(left >= end + _GAP or left + width <= begin - _GAP for begin, end in taken):
            painter.setPen(theme.color("text" if here else "dim"))
            painter.drawText(QPointF(left, row + 6 + metrics.ascent()), text)
            taken.append((left, left + width))


def _is_here(at: float, ends: Ends) -> bool:
    return abs(at - ends.at) < _SAME_S


def place(painter: QPainter, strip: Strip, at: float, *, focused: bool) -> None:
    """The line at the place that is looked at; with the keyboard, a soft ring around all."""
    theme, x = Theme.current(), strip.x(at)
    top, bottom = strip.area.top() - 4, strip.area.bottom() + 3
    painter.setPen(_round_pen(QColor(0, 0, 0, 110), 4))
    painter.drawLine(QPointF(x, top + 2), QPointF(x, bottom))
    painter.setPen(_round_pen(QColor(Qt.GlobalColor.white), 2))
    painter.drawLine(QPointF(x, top + 2), QPointF(x, bottom))
    if focused:
        painter.setPen(QPen(theme.color("accent"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        ring = strip.all_of_it.adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(ring, RADIUS_CONTROL, RADIUS_CONTROL)


def _round_pen(colour: QColor, width: float) -> QPen:
    pen = QPen(colour, width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen
