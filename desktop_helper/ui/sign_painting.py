"""Bullets, task boxes and rules, finer than Qt draws them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from desktop_helper.ui.markdown.ornaments import SignKind

_GAP = 12.0  # from a bullet's middle to its text
_BOX = 13.0


def paint_sign(
    painter: QPainter, kind: SignKind, line: QRectF, direction: Qt.LayoutDirection, colour: Callable[[str], QColor]
) -> None:
    """Paint the mark of a paragraph.

    Args:
        painter: on the text's surface.
        kind: which one.
        line: the paragraph's first line.
        direction: in which it is written; the mark stands before its beginning.
        colour: colours of the theme by role.
    """
    rtl = direction == Qt.LayoutDirection.RightToLeft
    middle = QPointF(line.right() + _GAP if rtl else line.left() - _GAP, line.center().y())
    match kind:
        case SignKind.RULE:
            painter.fillRect(QRectF(line.left(), middle.y(), line.width(), 1), colour("line"))
        case SignKind.DISC:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("dim"))
            painter.drawEllipse(middle, 2.4, 2.4)
        case SignKind.CIRCLE:
            painter.setPen(QPen(colour("dim"), 1.2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(middle, 2.4, 2.4)
        case SignKind.OPEN_TASK | SignKind.DONE_TASK:
            _task(painter, middle, colour, done=kind is SignKind.DONE_TASK)


def _task(painter: QPainter, middle: QPointF, colour: Callable[[str], QColor], *, done: bool) -> None:
    box = QRectF(middle.x() - _BOX / 2 - 1, middle.y() - _BOX / 2, _BOX, _BOX)
    painter.setPen(Qt.PenStyle.NoPen if done else QPen(colour("line_strong"), 1.2))
    painter.setBrush(colour("accent") if done else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, 3.5, 3.5)
    if done:
        pen = QPen(colour("on_accent"), 1.6)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        left, top = box.left(), box.top()
        painter.drawPolyline(
            [QPointF(left + 3, top + 6.8), QPointF(left + 5.6, top + 9.2), QPointF(left + 10, top + 4)]
        )
