"""What every layout of ours has in common: its items in a list, of which Qt asks one by one."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class ListedLayout(QLayout):
    """Items in their order, without a margin around them. Who derives from it places them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Part of QLayout."""
        self._items.append(item)

    def count(self) -> int:
        """Part of QLayout."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Part of QLayout."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Part of QLayout."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It takes no more room than it needs."""
        return Qt.Orientation(0)
