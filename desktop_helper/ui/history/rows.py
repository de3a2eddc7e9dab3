"""The list views of the history: arrows, Enter, and a click on a card, not on what is beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from desktop_helper.ui.history.entry_delegate import EntryDelegate

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_EDITING = QAbstractItemView.State.EditingState


class Rows(QListView):
    """Rows that are opened with Enter or a click.

    Signals:
        opened: the row is wanted.
        left: Up was pressed on the first row, or Esc: `True` for Esc.
        menu_requested: the context menu of the current row, at a place of this widget.
    """

    opened = Signal(QModelIndex)
    left = Signal(bool)
    menu_requested = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._deeds: dict[str, Callable[[], None]] = {}
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().setSingleStep(24)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(200)
        self.setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)

    def act_on(self, deeds: Mapping[str, Callable[[], None]]) -> None:
        """What keys do while the list has the keyboard, whatever they do elsewhere in the window."""
        self._deeds = dict(deeds)

    def event(self, event: QEvent) -> bool:
        """Keys of the list go before those of the window: Qt does neither where two want the same one."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self._deed(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens; Up leaves the list upwards, Esc altogether."""
        index, deed = self.currentIndex(), self._deed(event)
        if self.state() == _EDITING:
            super().keyPressEvent(event)
        elif deed is not None:
            deed()
        elif event.key() in _ENTER and index.isValid():
            self.opened.emit(index)
        elif event.key() == Qt.Key.Key_Up and index.row() <= 0:
            self.left.emit(False)
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit(True)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """There is always a row that the keys mean."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.model() is not None and self.model().rowCount():
            self.setCurrentIndex(self.model().index(0, 0))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a card opens it."""
        super().mouseReleaseEvent(event)
        index = self._card_at(event)
        if event.button() == Qt.MouseButton.LeftButton and index.isValid() and self.state() != _EDITING:
            self.opened.emit(index)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """With the mouse for the row under it, with the key for the current one."""
        if event.reason() != QContextMenuEvent.Reason.Mouse:
            self.scrollTo(self.currentIndex())
            self.menu_requested.emit(self.visualRect(self.currentIndex()).center())
        elif self.indexAt(event.pos()).isValid():
            self.setCurrentIndex(self.indexAt(event.pos()))
            self.menu_requested.emit(event.pos())

    def _deed(self, event: QKeyEvent) -> Callable[[], None] | None:
        return self._deeds.get(QKeySequence(event.keyCombination()).toString(QKeySequence.SequenceFormat.PortableText))

    def _card_at(self, event: QMouseEvent) -> QModelIndex:
        at = event.position().toPoint()
        index, delegate = self.indexAt(at), self.itemDelegate()
        if isinstance(delegate, EntryDelegate) and not delegate.card_of(self.visualRect(index), index).contains(at):
            return QModelIndex()
        return index
