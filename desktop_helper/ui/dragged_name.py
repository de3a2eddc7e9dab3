"""The name of what a window shows, which can be dragged to another program."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from desktop_helper.ui.elided_label import ElidedLabel


class DraggedName(ElidedLabel):
    """`drag` begins it, and returns when it was dropped."""

    def __init__(self, drag: Callable[[], None]) -> None:
        super().__init__()
        self._drag = drag
        self._pressed: QPoint | None = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The begin of a drag."""
        self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Far enough, it is one."""
        moved = self._pressed is not None and event.position().toPoint() - self._pressed
        if moved and moved.manhattanLength() >= QApplication.startDragDistance():
            self._pressed = None
            self._drag()
