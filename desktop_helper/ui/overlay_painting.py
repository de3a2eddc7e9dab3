"""Draws the overlay: the frozen desktop, dimmed outside the selection, and the marks on it.

Everything is in picture pixels (the painter is scaled back to them), so the desktop is copied and never resampled.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QImage, QPainter, QPen, QRegion

from desktop_helper.core.geometry import Rect
from desktop_helper.ui import overlay_layout as layout
from desktop_helper.ui.theme import Theme

DIM = QColor(12, 14, 20, 112)
INK = QColor(24, 27, 34, 235)
PAPER = QColor(255, 255, 255)
# What is copied and dimmed at a time is still in the cache for the second step.
_CACHED_BYTES = 512 * 1024
# Of 96 rows or more Qt gives a part to another thread, whose waking costs more than what it blends: an edge of a region
# has two thousand rows of few pixels.
_STRIP_ROWS = 90
_PADDING_X, _PADDING_Y = 10, 4
Frame = tuple[Rect | None, bool]  # around what, and whether it has handles
_WRAPPED = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap


@dataclass(frozen=True)
class Style:
    """Fonts and the accent; sizes in picture pixels, `unit` of them per logical pixel."""

    font: QFont
    mono: QFont
    accent: QColor
    unit: float

    @classmethod
    def of(cls, theme: Theme, unit: float) -> Style:
        """The theme's, on a screen with that `unit`."""
        font, mono = theme.font("secondary"), theme.mono_font("meta")
        for each in (font, mono):
            each.setPixelSize(max(1, round(each.pixelSize() * unit)))
        return cls(font, mono, theme.color("accent"), unit)


def qrect(rect: Rect) -> QRect:
    """`rect` for Qt."""
    return QRect(rect.x, rect.y, rect.width, rect.height)


def rects(region: QRegion) -> Iterator[QRect]:
    """The rectangles of `region`; PySide's type stubs do not know that it can be iterated."""
    return iter(cast(Iterable[QRect], region))


def scaled(region: QRegion, factor: float) -> QRegion:
    """`region` in other units, rounded outwards."""
    if factor == 1.0:
        return region
    made = QRegion()
    for rect in rects(region):
        left, top = math.floor(rect.x() * factor), math.floor(rect.y() * factor)
        right, bottom = math.ceil((rect.right() + 1) * factor), math.ceil((rect.bottom() + 1) * factor)
        made += QRegion(QRect(QPoint(left, top), QPoint(right - 1, bottom - 1)))
    return made


def desktop(painter: QPainter, picture: QImage, dirty: QRegion, bright: QRect | None) -> None:
    """The frozen desktop where it is `dirty`: as it was in `bright`, dimmed elsewhere."""
    shown = dirty.intersected(bright) if bright is not None else QRegion()
    for area in _clipped(painter, shown):
        painter.drawImage(area.topLeft(), picture, area)
    for area in _clipped(painter, dirty - shown):
        for part in _parts(area, max(1, _CACHED_BYTES // (area.width() * 4))):
            painter.drawImage(part.topLeft(), picture, part)
            for strip in _parts(part, _STRIP_ROWS):
                painter.fillRect(strip, DIM)


def _clipped(painter: QPainter, region: QRegion) -> Iterator[QRect]:
    """The rectangles of `region`, each with the painter clipped to it while it is drawn.

    What is repainted is one rectangle for Qt then, not a list of them: it copies rows instead of looking each one up in
    the list, in a third of the time.
    """
    for rect in rects(region):
        painter.setClipRect(rect)
        yield rect
    painter.setClipping(False)


def _parts(area: QRect, rows: int) -> Iterator[QRect]:
    """`area` from top to bottom, so many rows at a time."""
    for top in range(area.top(), area.bottom() + 1, rows):
        yield QRect(area.left(), top, area.width(), min(rows, area.bottom() + 1 - top))


def frame(painter: QPainter, region: Rect, screen: QRect, dirty: QRegion, style: Style, *, with_handles: bool) -> None:
    """The line around the selection where the screen is `dirty`, and its eight handles."""
    for edge in _clipped(painter, _frame_line(region, screen, style.unit).intersected(dirty)):
        painter.fillRect(edge, style.accent)
    if not with_handles:
        return
    line = _line_width(style.unit)
    for handle in layout.handles(region, style.unit):
        box = qrect(handle)
        painter.fillRect(box, style.accent)
        painter.fillRect(box.adjusted(line, line, -line, -line), PAPER)


def _frame_line(region: Rect, screen: QRect, unit: float) -> QRegion:
    """The line around the selection, just outside of it where the screen has room."""
    line = _line_width(unit)
    outside = qrect(region).adjusted(-line, -line, line, line).intersected(screen)
    return QRegion(outside) - QRegion(outside.adjusted(line, line, -line, -line))


def frame_changes(before: Frame, after: Frame, unit: float) -> QRegion:
    """What differs of the selection and its frame, in few rectangles: each costs as much as thousands of pixels."""
    (old, old_handles), (new, new_handles) = before, after
    if before == after:
        return QRegion()
    if old is None or new is None or old_handles != new_handles or not _share_a_corner(old, new):
        bright = QRegion(qrect(old) if old else QRect()).xored(QRegion(qrect(new) if new else QRect()))
        for region in filter(None, (old, new)):
            for band in _bands(region, unit):
                bright += band
        return bright
    changed = QRegion()
    places = zip(_edges(old), _edges(new), _bands(old, unit), _bands(new, unit), strict=True)
    middles = zip(_middles(old, unit), _middles(new, unit), strict=True)
    for (was, now, band, moved), (handle, other) in zip(places, middles, strict=True):
        changed += band.united(moved) if was != now else handle.united(other)
    return changed


def _share_a_corner(one: Rect, other: Rect) -> bool:
    return (one.x == other.x or one.right == other.right) and (one.y == other.y or one.bottom == other.bottom)


def _edges(region: Rect) -> tuple[int, int, int, int]:
    return region.x, region.right, region.y, region.bottom


def _bands(region: Rect, unit: float) -> tuple[QRect, QRect, QRect, QRect]:
    """Left, right, upper and lower edge, each with its line and handles."""
    reach = max(layout.handle_side(unit) // 2, _line_width(unit)) + 1
    box = qrect(region).adjusted(-reach, -reach, reach, reach)
    wide, high, thick = box.width(), box.height(), 2 * reach + 1
    return (
        QRect(box.left(), box.top(), thick, high),
        QRect(box.right() - thick + 1, box.top(), thick, high),
        QRect(box.left(), box.top(), wide, thick),
        QRect(box.left(), box.bottom() - thick + 1, wide, thick),
    )


def _middles(region: Rect, unit: float) -> tuple[QRect, QRect, QRect, QRect]:
    """The handles in the middle of those edges: they move when the edge grows."""
    left, right, upper, lower = layout.middle_handles(region, unit)
    return qrect(left), qrect(right), qrect(upper), qrect(lower)


def _line_width(unit: float) -> int:
    return max(1, round(1.5 * unit))


def pill_size(text: str, style: Style, limit: int = 0) -> layout.Size:
    """Size of a `pill` with `text`; with a `limit`, it is no wider than that and has as many lines as it needs."""
    metrics = QFontMetrics(style.font)
    beside, above = 2 * round(_PADDING_X * style.unit), 2 * round(_PADDING_Y * style.unit)
    width = metrics.horizontalAdvance(text)
    if limit and width + beside > limit:
        words = metrics.boundingRect(QRect(0, 0, limit - beside, 0), _WRAPPED, text)
        return words.width() + beside, words.height() + above
    return width + beside, pill_height(style)


def pill_height(style: Style) -> int:
    """Of one with a single line."""
    return QFontMetrics(style.font).height() + 2 * round(_PADDING_Y * style.unit)


def pill(painter: QPainter, area: Rect, text: str, style: Style) -> None:
    """White words on a dark rounded field."""
    painter.save()
    painter.setClipRect(qrect(area).adjusted(-1, -1, 1, 1))  # one rectangle is drawn much faster than many
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(INK)
    painter.drawRoundedRect(QRectF(qrect(area)), 6 * style.unit, 6 * style.unit)
    painter.setPen(PAPER)
    painter.setFont(style.font)
    inset = round(_PADDING_X * style.unit)
    words = qrect(area).adjusted(inset, 0, -inset, 0)
    one_line = area.height <= pill_height(style)
    painter.drawText(words, Qt.AlignmentFlag.AlignCenter if one_line else _WRAPPED, text)
    painter.restore()


def magnifier(painter: QPainter, area: Rect, picture: QImage, cursor: layout.Point, style: Style) -> None:
    """The pixels around the mouse, enlarged, with the one under it framed, its place and its colour.

    It is put together in a small picture: its round corners and its outline are the same for each step of the mouse.
    """
    cell = area.width // layout.COLUMNS
    glass = QRect(0, 0, area.width, cell * layout.ROWS)
    left, top = cursor[0] - layout.COLUMNS // 2, cursor[1] - layout.ROWS // 2
    lens = QImage(area.width, area.height, QImage.Format.Format_ARGB32_Premultiplied)
    lens.fill(INK)
    inside, rim = _rim(area.width, area.height, style.unit)
    with QPainter(lens) as inner:
        # `copy` fills what lies beyond the picture with black and never reads outside of it.
        inner.drawImage(0, 0, picture.copy(left, top, layout.COLUMNS, layout.ROWS).scaled(glass.size()))
        inner.drawImage(0, 0, _grid(cell))
        inner.setPen(QPen(style.accent, max(2, round(2 * style.unit)), j=Qt.PenJoinStyle.MiterJoin))
        inner.drawRect(cell * (layout.COLUMNS // 2), cell * (layout.ROWS // 2), cell, cell)
        _footer(inner, lens.rect(), glass, colour_name(picture, cursor), cursor, style.mono)
        inner.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
        for strip in _parts(lens.rect(), _STRIP_ROWS):
            inner.drawImage(strip.topLeft(), inside, strip)
    beyond = (rim.width() - area.width) // 2
    for place in _clipped(painter, QRegion(qrect(area).adjusted(-beyond, -beyond, beyond, beyond))):
        painter.drawImage(area.x, area.y, lens)
        painter.drawImage(place.topLeft(), rim)


@lru_cache(maxsize=2)
def _rim(width: int, height: int, unit: float) -> tuple[QImage, QImage]:
    """What is within the round corners of a magnifier, and the line around it, which reaches beyond."""
    beyond = math.ceil(unit)
    inside = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    rim = QImage(width + 2 * beyond, height + 2 * beyond, QImage.Format.Format_ARGB32_Premultiplied)
    for image, pen, brush, place in (
        (inside, QPen(Qt.PenStyle.NoPen), QBrush(PAPER), 0),
        (rim, QPen(PAPER, 2 * unit), QBrush(), beyond),
    ):
        image.fill(Qt.GlobalColor.transparent)
        with QPainter(image) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(pen)
            painter.setBrush(brush)
            painter.drawRoundedRect(QRectF(place, place, width, height), 10 * unit, 10 * unit)
    return inside, rim


@lru_cache(maxsize=2)
def _grid(cell: int) -> QImage:
    """Lines between the cells, made once: forty strokes for each step of the mouse were a third of its cost."""
    grid = QImage(cell * layout.COLUMNS, cell * layout.ROWS, QImage.Format.Format_ARGB32_Premultiplied)
    grid.fill(Qt.GlobalColor.transparent)
    line = QColor(128, 128, 128, 70)
    with QPainter(grid) as painter:
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)  # crossings are no darker
        for column in range(1, layout.COLUMNS):
            painter.fillRect(column * cell, 0, 1, grid.height(), line)
        for row in range(1, layout.ROWS):
            painter.fillRect(0, row * cell, grid.width(), 1, line)
    return grid


def colour_name(picture: QImage, place: layout.Point) -> str:
    """`#RRGGBB` of one pixel."""
    return picture.pixelColor(QPoint(*place)).name().upper()


def _footer(painter: QPainter, area: QRect, glass: QRect, colour: str, cursor: layout.Point, font: QFont) -> None:
    words = area.adjusted(0, glass.height(), 0, 0)
    text = f"{cursor[0]}, {cursor[1]}  {colour}"
    needed = QFontMetrics(font).horizontalAdvance(text)
    if needed > words.width():  # large letters: the glass has its size from the pixels that it shows
        font = QFont(font)
        font.setPixelSize(max(1, font.pixelSize() * (words.width() - 4) // needed))
    painter.setPen(PAPER)
    painter.setFont(font)
    painter.drawText(words, Qt.AlignmentFlag.AlignCenter, text)
