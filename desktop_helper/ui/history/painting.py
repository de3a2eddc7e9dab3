"""What the rows of the history have in common: their ground, and texts with found words in them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from desktop_helper.ui.text_places import Ranges, utf16
from desktop_helper.ui.text_safety import one_line
from desktop_helper.ui.theme import RADIUS_CARD, Theme

_BOLDER = 10  # pixels that found words add to a line
_ENDLESS = 100_000
_LINE_HEIGHT = 1.4


def line_height(font: QFont) -> int:
    """The same for every script: Chinese letters come from another font, which is higher."""
    return round(font.pixelSize() * _LINE_HEIGHT)


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
) -> int:
    """A text in at most `lines` lines with the found words marked; the last line is shortened at its end.

    Returns how many lines it took.
    """
    text, width = one_line(text), box.width()
    marks = [_mark(start, end) for start, end in utf16(text, ranges)]
    step = line_height(font)
    layout = _broken(text, marks, font, [width] * lines)
    last = layout.lineAt(layout.lineCount() - 1)
    begin = last.textStart()
    if begin + last.textLength() < len(text.encode("utf-16-le")) // 2:
        units = text.encode("utf-16-le")
        rest = units[begin * 2 :].decode("utf-16-le", "ignore")
        rest = QFontMetrics(font).elidedText(rest, Qt.TextElideMode.ElideRight, width - _BOLDER)
        kept = units[: begin * 2].decode("utf-16-le", "ignore") + rest
        layout = _broken(kept, marks, font, [*[width] * (lines - 1), _ENDLESS])
    painter.save()
    painter.setClipRect(box.left(), box.top(), width, step * lines)
    painter.setPen(colour)
    for number in range(layout.lineCount()):
        line = layout.lineAt(number)
        line.setPosition(QPointF(0, number * step + (step - line.height()) / 2))
    layout.draw(painter, QPointF(box.topLeft()))
    painter.restore()
    return layout.lineCount()


def _broken(text: str, marks: list[QTextLayout.FormatRange], font: QFont, widths: Sequence[int]) -> QTextLayout:
    """`text` in as many lines as there are widths, or fewer."""
    layout, option = QTextLayout(text, font), QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.setFormats(marks)
    layout.beginLayout()
    for width in widths:
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(width)
    layout.endLayout()
    return layout


def _mark(start: int, end: int) -> QTextLayout.FormatRange:
    theme, style, found = Theme.current(), QTextCharFormat(), QTextLayout.FormatRange()
    style.setBackground(theme.color("accent_soft"))
    style.setForeground(theme.color("accent"))
    style.setFontWeight(QFont.Weight.DemiBold)
    found.start, found.length, found.format = start, end - start, style
    return found
