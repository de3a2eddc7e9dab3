"""The pages beside each other: looked at by scrolling, chosen by clicks and keys."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.pages.cells import PageCells
from desktop_helper.ui.pages.model import PagesModel
from desktop_helper.ui.theme import Theme

WIDTHS = (88, 120, 168, 240, 340, 480)  # of a page's room
USUAL_WIDTH = 1
_PAUSE_MS = 30  # of scrolling before pages are drawn
_SHIFT, _CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
_ARROWS = (
    *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down),
    *(Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown),
)


class PagesGrid(QListView):
    """A click or Space chooses a page or lets it go, Shift does the same up to a page.

    Signals:
        seen: numbers of the pages in sight, then of those just below and above.
        resized: pictures of another size are wanted.
    """

    seen = Signal(list)
    resized = Signal()

    def __init__(self, model: PagesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages, self.cells = model, PageCells(self)
        self._step = USUAL_WIDTH
        self.setModel(model)
        self.setItemDelegate(self.cells)
        self.setAccessibleName(tr("Pages"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._tell_seen)
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(lambda _value: self._pause.start())
        bar.rangeChanged.connect(lambda low, high: bar.setEnabled(low < high))  # its place stays, so that nothing moves
        model.modelReset.connect(self._pause.start)
        Theme.current().changed.connect(self._fit)

    def set_shape(self, width: float, height: float) -> None:
        """Of the pages."""
        self.cells.set_shape(width, height)
        self._fit()

    def zoom(self, by: int) -> None:
        """Larger or smaller pictures; the page that has the keyboard stays in sight."""
        step = max(0, min(self._step + by, len(WIDTHS) - 1))
        if step != self._step:
            self._step = step
            self._fit()
            self.scrollTo(self.currentIndex(), QAbstractItemView.ScrollHint.PositionAtCenter)
            self.resized.emit()

    def go_to(self, page: int) -> None:
        """The keyboard goes to a page."""
        self.setCurrentIndex(self._pages.index(page - 1))
        self.scrollTo(self.currentIndex(), QAbstractItemView.ScrollHint.PositionAtCenter)

    def pages_in_sight(self) -> list[int]:
        """Their numbers."""
        return [index.row() + 1 for index in self._rows_within(self.viewport().rect())]

    def look_again(self) -> None:
        """Tell what is in sight, soon."""
        self._pause.start()

    # --- events ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space, Shift with arrows, Ctrl+A and Ctrl+Shift+A choose; plus and minus change the pictures' size."""
        key, held = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        choice, page = self._pages.choice, self.currentIndex().row() + 1
        if key == Qt.Key.Key_A and held == _CTRL:
            choice.everything()
        elif key == Qt.Key.Key_A and held == _CTRL | _SHIFT:
            choice.set(())
        elif key == Qt.Key.Key_Space and page:
            (choice.extend if held == _SHIFT else choice.toggle)(page)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.zoom(-1 if key == Qt.Key.Key_Minus else 1)
            return
        elif key in _ARROWS:
            self._go(event, extend=held == _SHIFT)
            return
        else:
            event.ignore()
            return
        self._pages.tell_choice()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose, or let go."""
        index = self.indexAt(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid():
            return
        self.setCurrentIndex(index)
        extends = event.modifiers() & _SHIFT
        (self._pages.choice.extend if extends else self._pages.choice.toggle)(index.row() + 1)
        self._pages.tell_choice()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pulling chooses all pages that are passed."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            index = self.indexAt(event.position().toPoint())
            if index.isValid() and index != self.currentIndex():
                self.setCurrentIndex(index)
                self._pages.choice.extend(index.row() + 1)
                self._pages.tell_choice()
            return
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """The click has done all."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Two clicks."""
        self.mousePressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many columns as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        """There is something to see now."""
        super().showEvent(event)
        self._pause.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        """On a quiet ground."""
        QPainter(self.viewport()).fillRect(event.rect(), Theme.current().color("sunken"))
        super().paintEvent(event)

    # --- places ---

    def _go(self, event: QKeyEvent, *, extend: bool) -> None:
        before = self.currentIndex().row() + 1
        plain = QKeyEvent(event.type(), event.key(), Qt.KeyboardModifier.NoModifier)
        super().keyPressEvent(plain)
        page = self.currentIndex().row() + 1
        if extend and page != before:
            self._pages.choice.extend(page)
            self._pages.tell_choice()
        elif page != before:
            self._pages.choice.rest_at(page)

    def _fit(self) -> None:
        self.cells.set_width(Theme.current().px(WIDTHS[self._step]))
        cell, room = self.cells.cell, max(1, self.viewport().width() - 1)  # Qt begins a new row before the last pixel
        cell.setWidth(max(1, room // max(1, room // cell.width())))
        if cell != self.gridSize():
            self.cells.grid = cell
            self.setGridSize(cell)
        self._pause.start()

    def _rows_within(self, area: QRect) -> list[QModelIndex]:
        cell, count = self.gridSize(), self._pages.rowCount()
        columns = self._columns()
        top = self.verticalOffset() + area.top()
        first = max(0, top // max(1, cell.height())) * columns
        last = ((top + area.height()) // max(1, cell.height()) + 1) * columns
        return [self._pages.index(row) for row in range(first, min(last, count))]

    def _columns(self) -> int:
        """How many there are, as Qt has laid them out."""
        top = self.visualRect(self._pages.index(0)).top()
        last = (row for row in range(1, self._pages.rowCount()) if self.visualRect(self._pages.index(row)).top() != top)
        return next(last, max(1, self._pages.rowCount()))

    def _tell_seen(self) -> None:
        sight = self.viewport().rect()
        here = self.pages_in_sight()
        around = self._rows_within(sight.adjusted(0, -sight.height() // 2, 0, sight.height() // 2))
        near = [index.row() + 1 for index in around if index.row() + 1 not in here]
        self.seen.emit([*here, *near])
