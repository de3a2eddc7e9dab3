"""Files and folders with boxes to tick: a folder's box is that of all in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QCursor, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from desktop_helper.core.i18n import tr
from desktop_helper.services.folder_tree import Entry
from desktop_helper.services.question_estimate import short
from desktop_helper.ui.text_safety import reveal
from desktop_helper.ui.theme import RADIUS_CONTROL, Theme

NAME, COST = 0, 1
_ENTRY = Qt.ItemDataRole.UserRole
_FEW = 60  # files of which everything is unfolded
_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
_Index = QModelIndex | QPersistentModelIndex
_BOX = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable


class FilesTree(QTreeWidget):
    """Space ticks, arrows go and unfold.

    Signals:
        chosen_changed: other files are ticked.
    """

    chosen_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._files: list[QTreeWidgetItem] = []
        self.setAccessibleName(tr("Files"))
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(COST, QHeaderView.ResizeMode.ResizeToContents)
        self.itemChanged.connect(lambda _item, column: self.chosen_changed.emit() if column == NAME else None)

    def show_files(self, entries: Collection[Entry], chosen: Collection[str]) -> None:
        """These, of which some are ticked. Names are anybody's."""
        wanted = set(chosen)
        with QSignalBlocker(self):
            self.clear()
            self._files, folders = [], dict[str, QTreeWidgetItem]()
            for entry in entries:
                above, _slash, name = entry.path.rpartition("/")
                parent = self._folder(above, folders) if above else self.invisibleRootItem()
                item = self._item(parent, name)
                item.setData(NAME, _ENTRY, entry)
                item.setText(COST, tr("{count} tokens", count=short(entry.tokens)))
                item.setTextAlignment(COST, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                item.setCheckState(NAME, Qt.CheckState.Checked if entry.path in wanted else Qt.CheckState.Unchecked)
                self._files.append(item)
            self._unfold(folders)
        if (first := self.topLevelItem(0)) is not None:
            self.setCurrentItem(first)
        self.chosen_changed.emit()

    @property
    def chosen(self) -> list[Entry]:
        """The ticked files, as they stand."""
        ticked = (item for item in self._files if item.checkState(NAME) == Qt.CheckState.Checked)
        return [item.data(NAME, _ENTRY) for item in ticked]

    def tick(self, *, all_of_them: bool) -> None:
        """Everything, or nothing."""
        with QSignalBlocker(self):
            for item in self._tops():
                item.setCheckState(NAME, Qt.CheckState.Checked if all_of_them else Qt.CheckState.Unchecked)
        self.viewport().update()
        self.chosen_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+A and Ctrl+Shift+A tick all and none; Enter is for the window."""
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() == Qt.Key.Key_A and held in (_CTRL, _CTRL | _SHIFT):
            self.tick(all_of_them=held == _CTRL)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def drawRow(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """On one ground from edge to edge: a style gives each column, and what is left of it, one of its own."""
        current = index.row() == self.currentIndex().row() and index.parent() == self.currentIndex().parent()
        pointed = self.underMouse() and self.visualRect(index).top() == self._pointed_at()
        if current or pointed:
            self._paint_ground(painter, QRectF(option.rect).adjusted(1, 1, -1, -1), current=current)
        super().drawRow(painter, option, index)

    def _pointed_at(self) -> int:
        under = self.indexAt(self.viewport().mapFromGlobal(QCursor.pos()))
        return self.visualRect(under).top() if under.isValid() else -1

    def _paint_ground(self, painter: QPainter, area: QRectF, *, current: bool) -> None:
        """A soft one under the pointer, a ring for the keyboard."""
        theme = Theme.current()
        ring = QPen(theme.color("accent"), 2 if theme.high_contrast else 1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(ring if current and self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent_soft" if current else "hover"))
        painter.drawRoundedRect(area, RADIUS_CONTROL, RADIUS_CONTROL)
        painter.restore()

    def _folder(self, path: str, known: dict[str, QTreeWidgetItem]) -> QTreeWidgetItem:
        if path not in known:
            above, _slash, name = path.rpartition("/")
            parent = self._folder(above, known) if above else self.invisibleRootItem()
            known[path] = item = self._item(parent, f"{name}/")
            item.setFlags(_BOX | Qt.ItemFlag.ItemIsAutoTristate)
        return known[path]

    def _item(self, parent: QTreeWidgetItem, name: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem(parent)
        item.setText(NAME, reveal(name))
        item.setFlags(_BOX)
        return item

    def _unfold(self, folders: dict[str, QTreeWidgetItem]) -> None:
        """All of a few files; of many, what is ticked in part."""
        for item in folders.values():
            partly = item.checkState(NAME) == Qt.CheckState.PartiallyChecked
            item.setExpanded(len(self._files) <= _FEW or partly)

    def _tops(self) -> Iterator[QTreeWidgetItem]:
        for place in range(self.topLevelItemCount()):
            item = self.topLevelItem(place)
            if item is not None:
                yield item
