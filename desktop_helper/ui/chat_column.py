"""The conversation with the composer below it, as one column that is no wider than is easily read."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_helper.ui.composer import RING, Composer
from desktop_helper.ui.editing_line import EditingLine
from desktop_helper.ui.message_list import TEXT_WIDTH, MessageList
from desktop_helper.ui.relayout import relayout_around
from desktop_helper.ui.theme import SPACE_2, SPACE_3, SPACE_4


class ChatColumn(QWidget):
    """Its composer stands below the text, whatever room the list's scroll bar takes."""

    def __init__(self, pages: QWidget, messages: MessageList, editing: EditingLine, composer: Composer) -> None:
        super().__init__()
        self._viewport = messages.viewport()
        self._field = QVBoxLayout()
        self._field.setContentsMargins(SPACE_3, 0, SPACE_3, SPACE_3)
        self._field.setSpacing(0)
        self._field.addWidget(editing)
        self._field.addWidget(composer)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, SPACE_2, 0, 0)
        layout.setSpacing(SPACE_2)
        layout.addWidget(pages, 1)
        layout.addLayout(self._field)
        self._composer = composer
        self._viewport.installEventFilter(self)
        composer.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The scroll bar has come or gone; the composer needs other room."""
        if watched is self._viewport and event.type() == QEvent.Type.Resize:
            self._fit()
        elif watched is self._composer and event.type() == QEvent.Type.LayoutRequest:
            relayout_around(self._composer)
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep lines readable in a wide window."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self._viewport.width() if self._viewport.isVisible() else self.width()
        side = (room - TEXT_WIDTH) // 2 - RING
        if side <= SPACE_3:
            self._field.setContentsMargins(SPACE_3, 0, SPACE_3, SPACE_3)
        else:
            self._field.setContentsMargins(side, 0, side + self.width() - room, SPACE_4)
