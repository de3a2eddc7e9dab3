"""Tables that are wider than the view: they keep their words whole and are scrolled by themselves, under a bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QTextLength, QWheelEvent
from PySide6.QtWidgets import QScrollBar, QTextEdit, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.markdown.ornaments import Ornaments
from desktop_helper.ui.markdown.table_widths import CELL_PADDING, TABLE_MARGIN, TableBox
from desktop_helper.ui.theme import RADIUS_BOX, Theme, set_role

_BAR = 10  # pixels
_BELOW = 18  # of the room under a table that has a bar
_STEP = 40


class _Bar(QScrollBar):
    """Qt's own shows no focus, goes left with Right, and takes the wheel from who only scrolls past it."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right; all others are those of the conversation."""
        step = {Qt.Key.Key_Left: -_STEP, Qt.Key.Key_Right: _STEP}.get(Qt.Key(event.key()))
        if step is None:
            event.ignore()
        else:
            self.setValue(self.value() + step)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """A ring comes."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """It goes."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """With a ring while it has the keyboard."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(Theme.current().color("accent"), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_BOX, RADIUS_BOX)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The table does that."""
        event.ignore()


class WideTables(QObject):
    """The tables of one text view: gives their columns widths, and moves what does not fit.

    Args:
        view: shows the document.
        ornaments: of what it shows now.
    """

    def __init__(self, view: QTextEdit, ornaments: Callable[[], Ornaments]) -> None:
        super().__init__(view)
        self._view, self._ornaments = view, ornaments
        self._room = -1.0
        self._bars: list[QScrollBar] = []
        self._wide: list[TableBox] = []

    def share_out(self, changed_from: int) -> None:
        """Give the columns of tables from this position on their widths, and those of all if there is other room."""
        tables, room = self._ornaments().tables, self._view.document().textWidth()
        every = room != self._room
        self._room = room
        for table in tables[::-1]:
            if not every and table.frame.lastPosition() + 1 < changed_from:
                break
            self._give(table, room)
        self._wide = [table for table in tables if table.wide] if tables else []

    def place_bars(self) -> None:
        """When everything is laid out."""
        for number, table in enumerate(self._wide):
            if number == len(self._bars):
                self._bars.append(self._make_bar())
            bar, box = self._bars[number], self._box(table)
            room = int(self._room - box.left())
            bar.setGeometry(int(box.left()) + CELL_PADDING, int(box.bottom()) - _BELOW, room - 2 * CELL_PADDING, _BAR)
            bar.setRange(0, max(0, int(box.width()) - room))
            bar.setPageStep(room)
            bar.show()
        for bar in self._bars[len(self._wide) :]:
            bar.hide()

    def moved(self, area: QRect) -> Iterator[tuple[QRect, int]]:
        """Bands of the view in `area` where the text stands further left, and how far, from top to bottom."""
        for table, bar in zip(self._wide, self._bars, strict=False):
            box = self._box(table)
            band = QRect(0, int(box.top()), self._view.viewport().width(), int(box.height())) & area
            if bar.value() and not band.isEmpty():
                yield band, bar.value()

    def as_written(self, event: QMouseEvent) -> QMouseEvent:
        """The event at the place in the document that the pointer is on."""
        at = event.position()
        shift = next((shift for _band, shift in self.moved(QRect(0, int(at.y()), self._view.width(), 1))), 0)
        if not shift:
            return event
        return QMouseEvent(
            event.type(),
            at + QPointF(shift, 0),
            event.globalPosition(),
            event.button(),
            event.buttons(),
            event.modifiers(),
            event.pointingDevice(),
        )

    def scroll(self, event: QWheelEvent) -> bool:
        """Move the table under the pointer sideways. False if the event means something else."""
        sideways = event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            sideways = sideways or event.angleDelta().y()
        y = event.position().y()
        for table, bar in zip(self._wide, self._bars, strict=False):
            box = self._box(table)
            if sideways and box.top() <= y < box.bottom():
                bar.setValue(bar.value() - sideways * _STEP // 60)
                return True
        return False

    def _give(self, table: TableBox, room: float) -> None:
        style = table.frame.format().toTableFormat()
        room -= style.leftMargin()
        rtl = table.frame.firstCursorPosition().block().textDirection() == Qt.LayoutDirection.RightToLeft
        widths = table.widths(room) if room > 0 else ()
        if rtl and sum(widths) > room:
            widths = ()  # its beginning is at the right: nothing may be cut there
        if widths == table.given:
            return
        table.given, table.wide = widths, sum(widths) > room
        style.setColumnWidthConstraints([QTextLength(QTextLength.Type.FixedLength, width) for width in widths])
        if table.wide:
            style.setWidth(QTextLength(QTextLength.Type.FixedLength, sum(widths)))
        else:
            style.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        style.setBottomMargin(TABLE_MARGIN + (_BAR if table.wide else 0))
        table.frame.setFormat(style)

    def _box(self, table: TableBox) -> QRectF:
        return self._view.document().documentLayout().frameBoundingRect(table.frame)

    def _make_bar(self) -> QScrollBar:
        viewport: QWidget = self._view.viewport()
        bar = _Bar(Qt.Orientation.Horizontal, viewport)
        bar.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # as such a table, in any language of the app
        bar.setSingleStep(_STEP)
        bar.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        bar.setCursor(Qt.CursorShape.ArrowCursor)
        bar.setAccessibleName(tr("Scroll the table"))
        bar.setToolTip(tr("Scroll the table (Left, Right, or Shift and the wheel)"))
        set_role(bar, "under-table")
        bar.valueChanged.connect(self._on_scrolled)
        return bar

    def _on_scrolled(self, _value: int) -> None:
        self._view.viewport().update()
