"""Where there is no room for a chip's name and for how much of the file goes, the name gives way."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QStyle, QWidget

from desktop_helper.ui.elided_label import ElidedLabel
from desktop_helper.ui.listed_layout import ListedLayout

_LEAST_NAME = 5  # letters as wide as “n” of a name, before anything else is shortened


class ChipWords(ListedLayout):
    """A name, and words beside it. A name is known by its ends, but half a number says something else."""

    def __init__(self, name: ElidedLabel, words: ElidedLabel, gap: int) -> None:
        super().__init__()
        self._gap, self._label = gap, name
        self.addWidget(name)
        self.addWidget(words)

    def sizeHint(self) -> QSize:
        """Room for both."""
        return self._together([item.sizeHint() for item in self._items])

    def minimumSize(self) -> QSize:
        """Room for hardly anything of both."""
        return self._together([item.minimumSize() for item in self._items])

    def maximumSize(self) -> QSize:
        """No more than they need."""
        return QSize(self.sizeHint().width(), super().maximumSize().height())

    def setGeometry(self, rect: QRect) -> None:
        """Place them."""
        super().setGeometry(rect)
        if len(self._items) < 2:
            return
        name, words = self._items
        room, whole = rect.width() - self._gap, name.sizeHint().width()
        least = min(whole, _LEAST_NAME * self._label.fontMetrics().horizontalAdvance("n"))
        beside = min(words.sizeHint().width(), max(room - least, words.minimumSize().width()))
        first = max(0, min(whole, room - beside))
        for item, left, width in ((name, 0, first), (words, first + self._gap, beside)):
            height = min(rect.height(), item.sizeHint().height())
            top = rect.y() + (rect.height() - height) // 2
            place = QRect(rect.x() + left, top, width, height)
            item.setGeometry(QStyle.visualRect(self._direction(), rect, place))

    def _direction(self) -> Qt.LayoutDirection:
        owner = self.parentWidget()
        return owner.layoutDirection() if isinstance(owner, QWidget) else Qt.LayoutDirection.LeftToRight

    def _together(self, sizes: list[QSize]) -> QSize:
        width = sum(size.width() for size in sizes) + self._gap * max(0, len(sizes) - 1)
        return QSize(width, max((size.height() for size in sizes), default=0))
