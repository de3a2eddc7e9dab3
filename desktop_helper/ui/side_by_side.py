"""Two parts beside each other: the left one as wide as the user made it, as long as there is room for both."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget


class SideBySide(QSplitter):
    """Drag the line between the parts to change the width; it is kept while the left part is hidden."""

    def __init__(self, left: QWidget, right: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._left, self._left_width = left, 0
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        self.addWidget(left)
        self.addWidget(right)
        self.splitterMoved.connect(self._on_moved)

    @property
    def left_width(self) -> int:
        """What the user wants, in pixels."""
        return self._left_width

    def set_left_width(self, width: int) -> None:
        """Take this width, now or when there is room for it."""
        self._left_width = width
        self._share()

    def replace_left(self, left: QWidget) -> None:
        """Another part takes the place; the old one is deleted."""
        self.replaceWidget(0, left)
        self._left.deleteLater()
        self._left = left

    def show_left(self, shown: bool) -> None:
        """Show or hide the left part."""
        self._left.setVisible(shown)
        self._share()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What is gained or lost is the right part's."""
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        if not self._left.isHidden():
            self.setSizes([self._left_width, max(1, self.width() - self._left_width - self.handleWidth())])

    def _on_moved(self, place: int, _index: int) -> None:
        self._left_width = place
