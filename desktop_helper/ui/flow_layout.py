"""A layout that fills rows as text does: from the left, or from the right where the language is written so."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayoutItem, QStyle, QWidget

from desktop_helper.ui.listed_layout import ListedLayout


class FlowLayout(ListedLayout):
    """Rows of items at their preferred sizes, `gap` pixels between them.

    Args:
        right: rows end at the right, and items stand on the row's lower edge.
    """

    def __init__(self, parent: QWidget | None = None, gap: int = 8, *, right: bool = False) -> None:
        super().__init__(parent)
        self._gap, self._right = gap, right

    def move_item(self, index: int, to: int) -> None:
        """Put the item at `index` where it is the one at `to`."""
        self._items.insert(to, self._items.pop(index))
        self.invalidate()

    def hasHeightForWidth(self) -> bool:
        """Narrower means more rows."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Pixels that the rows take at `width`."""
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        """Place the items."""
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def sizeHint(self) -> QSize:
        """The least that can be worked with."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """As large as the largest item."""
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        """Place the items into `rect` if `move`. Returns the height of all rows."""
        top = 0
        for row in self._rows(rect.width()):
            height = max(size.height() for _item, size in row)
            width = sum(size.width() + self._gap for _item, size in row) - self._gap
            left = max(0, rect.width() - width) if self._right else 0
            for item, size in row if move else ():
                drop = height - size.height() if self._right else 0
                place = QRect(QPoint(rect.x() + left, rect.y() + top + drop), size)
                item.setGeometry(QStyle.visualRect(self._direction(), rect, place))
                left += size.width() + self._gap
            top += height + self._gap
        return max(0, top - self._gap)

    def _direction(self) -> Qt.LayoutDirection:
        owner = self.parentWidget()
        return owner.layoutDirection() if owner is not None else Qt.LayoutDirection.LeftToRight

    def _rows(self, width: int) -> list[list[tuple[QLayoutItem, QSize]]]:
        rows: list[list[tuple[QLayoutItem, QSize]]] = []
        used = 0
        for item in self._items:
            size = item.sizeHint()
            if width > 0:  # an item wider than a row is squeezed as far as it lets itself be
                size.setWidth(min(size.width(), max(width, item.minimumSize().width())))
            if not rows or used + self._gap + size.width() > width:
                rows.append([])
                used = -self._gap
            rows[-1].append((item, size))
            used += self._gap + size.width()
        return rows
