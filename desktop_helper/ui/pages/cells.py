"""Paints a page in its cell: the picture, its number, and whether it is chosen."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop_helper.ui.icons import pixmap
from desktop_helper.ui.pages.model import PICTURE, PROBLEM
from desktop_helper.ui.theme import RADIUS_BOX, RADIUS_CONTROL, SPACE_1, SPACE_2, Theme

_LOWEST, _HIGHEST = 0.4, 2.2  # height of a page's room, in widths of it
_MARK = 18
_Index = QModelIndex | QPersistentModelIndex


class PageCells(QStyledItemDelegate):
    """See `PagesModel` for the roles that it reads."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._width, self._shape = 120, 1.4
        self.grid = QSize()  # of a cell with its share of what is left of the row

    def set_shape(self, width: float, height: float) -> None:
        """Of the pages, as far as it is known: that of the first one."""
        self._shape = min(max(height / width, _LOWEST), _HIGHEST)

    def set_width(self, width: int) -> None:
        """Of a page's room, in pixels."""
        self._width = width

    @property
    def room(self) -> QSize:
        """Of a page."""
        return QSize(self._width, round(self._width * self._shape))

    @property
    def cell(self) -> QSize:
        """Of a page with all that is around it."""
        line = round(Theme.current().size("secondary") * 1.6)
        return self.room + QSize(2 * SPACE_2, 2 * SPACE_2 + SPACE_1 + line)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        """The same for all."""
        return self.grid.expandedTo(self.cell)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Ground, page, mark, number."""
        theme = Theme.current()
        chosen = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        area = QRect(option.rect)
        area.setLeft(area.left() + (area.width() - self.cell.width()) // 2)
        area.setSize(self.cell)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self._paint_ground(painter, QRectF(area).adjusted(1, 1, -1, -1), option)
        place = QRectF(area.left() + SPACE_2, area.top() + SPACE_2, self.room.width(), self.room.height())
        image, problem = index.data(PICTURE), index.data(PROBLEM)
        page = self._paint_page(painter, place, image if isinstance(image, QImage) else None, damaged=bool(problem))
        outline = QPen(theme.color("accent" if chosen else "line_strong"), 2 if chosen else 1)
        painter.setPen(outline)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(page, RADIUS_BOX, RADIUS_BOX)
        self._paint_mark(painter, page, chosen=chosen)
        below = QRectF(area.left(), place.bottom() + SPACE_1, area.width(), area.bottom() - place.bottom() - SPACE_1)
        painter.setFont(theme.font("secondary"))
        painter.setPen(theme.color("text" if chosen else "dim"))
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, index.data())
        painter.restore()

    def _paint_ground(self, painter: QPainter, area: QRectF, option: QStyleOptionViewItem) -> None:
        """A soft one under the pointer, a ring for the keyboard."""
        theme, state = Theme.current(), option.state
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        if not focused and not state & QStyle.StateFlag.State_MouseOver:
            return
        painter.setPen(QPen(theme.color("accent"), 1.5) if focused else Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent_soft" if focused else "hover"))
        painter.drawRoundedRect(area, RADIUS_CONTROL, RADIUS_CONTROL)

    def _paint_page(self, painter: QPainter, place: QRectF, image: QImage | None, *, damaged: bool) -> QRectF:
        """Where it is. White paper while it has not been seen."""
        page, theme = QRectF(place), Theme.current()
        if image is not None and not image.isNull():
            size = QSizeF(image.size())
            size.scale(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
            page.setSize(size)
            page.moveCenter(place.center())
            painter.drawImage(page, image)
            return page
        painter.fillRect(page, theme.color("surface"))
        if damaged:
            side = theme.icon_px(16)
            drawn = pixmap("warning", "bad", side, painter.device().devicePixelRatioF())
            painter.drawPixmap(QRectF(0, 0, side, side).translated(page.center()).toRect().topLeft(), drawn)
        return page

    def _paint_mark(self, painter: QPainter, page: QRectF, *, chosen: bool) -> None:
        """A round box at the upper end of the page, as the boxes of lists."""
        theme = Theme.current()
        side = theme.icon_px(_MARK)
        mark = QRectF(page.right() - side - 6, page.top() + 6, side, side)
        painter.setPen(QPen(theme.color("accent" if chosen else "dim"), 1.5))
        painter.setBrush(theme.color("accent" if chosen else "surface"))
        painter.drawEllipse(mark)
        if chosen:
            inner = round(side * 0.6)
            drawn = pixmap("check", "on_accent", inner, painter.device().devicePixelRatioF())
            centre = mark.center()
            painter.drawPixmap(
                QRectF(centre.x() - inner / 2, centre.y() - inner / 2, inner, inner), drawn, drawn.rect()
            )
