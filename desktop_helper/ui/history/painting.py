"""What the rows of the history have in common: their ground, and texts with found words in them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from desktop_helper.ui.theme import RADIUS_CARD, Theme

Ranges = Sequence[tuple[int, int]]
_LIARS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), 0xFFFD) | {10: 32, 13: 32, 0x2029: 32}


def one_line(text: str) -> str:
    """Untrusted text for a row: what reverses its neighbours is shown, and every character keeps its place."""
    return text.translate(_LIARS)


def paint_ground(painter: QPainter, box: QRect, option: QStyleOptionViewItem, *, current: bool) -> None:
    """A card for the conversation that is open, a soft ground under the pointer, a ring for the keyboard."""
    theme, state = Theme.current(), option.state
    ring = bool(state & QStyle.StateFlag.State_Selected) and bool(state & QStyle.StateFlag.State_HasFocus)
    if not (current or ring or state & QStyle.StateFlag.State_MouseOver):
        return
    painter.setPen(QPen(theme.color("accent" if ring else "line"), 1) if current or ring else Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("surface" if current else "hover"))
    painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_CARD, RADIUS_CARD)


def paint_text(painter: QPainter, box: QRect, text: str, font: QFont, colour: QColor) -> None:
    """One line, shortened at its end."""
    painter.setFont(font)
    painter.setPen(colour)
    shown = QFontMetrics(font).elidedText(one_line(text), Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


def paint_found(
    painter: QPainter, box: QRect, text: str, ranges: Ranges, font: QFont, colour: QColor, lines: int = 1
) -> None:
    """A text in at most `lines` lines with the found words marked; the last line is shortened at its end."""
    layout = _laid_out(one_line(text), font, box.width(), lines)
    layout.setFormats([_mark(start, end) for start, end in utf16(text, ranges)])
    _break(layout, box.width(), lines)
    painter.setPen(colour)
    painter.setFont(font)
    layout.draw(painter, QPointF(box.topLeft()))


def utf16(text: str, ranges: Ranges) -> list[tuple[int, int]]:
    """Places in a Python text as Qt counts them: characters beyond U+FFFF are two."""
    if text.isascii():
        return list(ranges)
    return [(_units(text[:start]), _units(text[:end])) for start, end in ranges]


def _units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def _laid_out(text: str, font: QFont, width: int, lines: int) -> QTextLayout:
    """`text`, cut so that it ends in dots where it does not fit."""
    metrics = QFontMetrics(font)
    layout = QTextLayout(text, font)
    _break(layout, width, lines + 1)
    if layout.lineCount() > lines:
        last = layout.lineAt(lines - 1)
        begin = last.textStart()
        units = text.encode("utf-16-le")
        rest = units[begin * 2 :].decode("utf-16-le", "ignore")
        text = units[: begin * 2].decode("utf-16-le", "ignore")
        text += metrics.elidedText(rest, Qt.TextElideMode.ElideRight, width)
        layout = QTextLayout(text, font)
    return layout


def _break(layout: QTextLayout, width: int, lines: int) -> None:
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    top = 0.0
    for _ in range(lines):
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(width)
        line.setPosition(QPointF(0, top))
        top += line.height()
    layout.endLayout()


def _mark(start: int, end: int) -> QTextLayout.FormatRange:
    theme, style, found = Theme.current(), QTextCharFormat(), QTextLayout.FormatRange()
    style.setBackground(theme.color("accent_soft"))
    style.setForeground(theme.color("accent"))
    style.setFontWeight(QFont.Weight.DemiBold)
    found.start, found.length, found.format = start, end - start, style
    return found
