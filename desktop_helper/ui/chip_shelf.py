"""The attachments in the composer: rows of chips, and a scroll bar when there are more rows than it is fair to take.

Chips change their places by dragging or with Alt+Left and Alt+Right; their order is the order in which they are sent.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from desktop_helper.ui.attachment_chip import AttachmentChip
from desktop_helper.ui.flow_layout import FlowLayout
from desktop_helper.ui.relayout import relayout_around
from desktop_helper.ui.theme import SPACE_2

MAX_ROWS = 3
MAX_SHARE = 0.22  # of the window's height


class ChipShelf(QScrollArea):
    """Hidden while it is empty.

    Signals:
        reordered: the chips stand in another order.
        text_requested: what can be read in pictures, a tuple of `ImagePart`, is to be copied.
        left: the keyboard is done here; a `QKeyEvent` if it belongs to whoever comes next, else None.
    """

    reordered = Signal()
    text_requested = Signal(tuple)
    left = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chips: list[AttachmentChip] = []
        self._absent: set[AttachmentChip] = set()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        inner = QWidget()
        self._row_height = 0
        self._flow = FlowLayout(inner, gap=SPACE_2)
        self.setWidget(inner)
        inner.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        self.hide()

    def add(self, chip: AttachmentChip) -> None:
        """Put a chip at the end, and go there."""
        chip.dragged.connect(lambda at: self._drag(chip, at))
        chip.dropped.connect(lambda: self.left.emit(None))  # whoever sorts them with the mouse goes on typing
        chip.deeds_changed.connect(self._show_order)
        chip.text_requested.connect(self.text_requested)
        self._put(chip)

    def set_aside(self) -> list[AttachmentChip]:
        """Take all chips away, which go on being what they are, until they are brought back."""
        chips = list(self.chips)
        for chip in chips:
            self.take(chip)
            chip.hide()
        self._absent.update(chips)
        return chips

    def bring_back(self, chips: Sequence[AttachmentChip]) -> None:
        """Put them at the end again."""
        for chip in chips:
            self._absent.discard(chip)
            self._put(chip)

    def let_go(self, chip: AttachmentChip) -> bool:
        """It will not be brought back. False if it was not set aside; whoever calls deletes it."""
        if chip not in self._absent:
            return False
        self._absent.discard(chip)
        return True

    def holds(self, chip: AttachmentChip) -> bool:
        """Whether it is here, or will be again."""
        return chip in self.chips or chip in self._absent

    def take(self, chip: AttachmentChip) -> None:
        """Take a chip away; whoever calls deletes it."""
        self.chips.remove(chip)
        self._flow.removeWidget(chip)
        self._show_order()
        self.setVisible(bool(self.chips))
        self.fit()

    def move_chip(self, chip: AttachmentChip, to: int) -> None:
        """Put a chip where it is the one at `to`, counted from 0."""
        at = self.chips.index(chip)
        to = max(0, min(to, len(self.chips) - 1))
        if to == at:
            return
        self._flow.move_item(at, to)
        self.chips.insert(to, self.chips.pop(at))
        self._flow.activate()
        self._show_order()
        self.ensureWidgetVisible(chip, 0, 0)
        self.reordered.emit()

    def neighbour(self, chip: AttachmentChip) -> AttachmentChip | None:
        """The chip that the keyboard goes to when this one is taken away."""
        others = [*self.chips[self.chips.index(chip) + 1 :], *reversed(self.chips[: self.chips.index(chip)])]
        return others[0] if others else None

    def focus_last(self) -> bool:
        """Give the keyboard to the last chip. False if there is none."""
        if not self.chips:
            return False
        self._focus(len(self.chips) - 1)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of the chip that has the keyboard; what is typed there is meant for the question."""
        at = next((number for number, chip in enumerate(self.chips) if chip.hasFocus()), None)
        if at is None or not self._handle(event, at):
            event.ignore()

    def fit(self) -> None:
        """Be as high as the rows, up to `MAX_ROWS` and `MAX_SHARE`."""
        height = self.sizeHint().height()
        if height != self.height() or height != self.minimumHeight():
            self.setFixedHeight(height)
            relayout_around(self)

    def sizeHint(self) -> QSize:
        """As high as the rows need at the present width, but no higher than is fair."""
        row = self._row_height + SPACE_2
        most = max(1, min(MAX_ROWS, self._fair_height() // max(1, row))) * row - SPACE_2
        return QSize(200, max(1, min(most, self._flow.heightForWidth(self.contentsRect().width()))))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A chip that has been read is wider, so there may be another row; in a lower window fewer are fair."""
        handled = super().eventFilter(watched, event)
        kind = QEvent.Type.LayoutRequest if watched is self.widget() else QEvent.Type.Resize
        if event.type() == kind and watched in (self.widget(), self.window()):
            self.fit()
        return handled

    def showEvent(self, event: QShowEvent) -> None:
        """The window is known from now on."""
        super().showEvent(event)
        self.window().installEventFilter(self)  # installing it again moves it to the front, no more

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may need another number of rows."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()

    def _put(self, chip: AttachmentChip) -> None:
        self.chips.append(chip)
        self._flow.addWidget(chip)
        chip.show()  # Qt would do so later, and until then it takes no room
        self._row_height = max(self._row_height, chip.sizeHint().height())
        self.show()
        self._show_order()
        self.fit()
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _fair_height(self) -> int:
        """Pixels that the rows may take from what else is in the window, if there is anything else."""
        alone = self.parentWidget() is self.window()
        return MAX_ROWS * self._row_height * 2 if alone else int(self.window().height() * MAX_SHARE)

    def _handle(self, event: QKeyEvent, at: int) -> bool:
        key, last = event.key(), len(self.chips) - 1
        steps = {Qt.Key.Key_Left: at - 1, Qt.Key.Key_Right: at + 1, Qt.Key.Key_Home: 0, Qt.Key.Key_End: last}
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if held == Qt.KeyboardModifier.AltModifier and key in steps:
            self.move_chip(self.chips[at], steps[Qt.Key(key)])
        elif held == Qt.KeyboardModifier.NoModifier and key in steps:
            if steps[Qt.Key(key)] > last:
                self.left.emit(None)
            else:
                self._focus(steps[Qt.Key(key)])
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Escape):
            self.left.emit(None)
        elif event.text().isprintable() and event.text() and not held & ~Qt.KeyboardModifier.ShiftModifier:
            self.left.emit(event)
        else:
            return False
        return True

    def _focus(self, number: int) -> None:
        chip = self.chips[max(0, min(number, len(self.chips) - 1))]
        chip.setFocus(Qt.FocusReason.TabFocusReason)
        self.ensureWidgetVisible(chip, 0, 0)

    def _drag(self, chip: AttachmentChip, at: QPoint) -> None:
        """A chip passes another one when the mouse passes its middle: then nothing jumps to and fro."""
        others = [other for other in self.chips if other is not chip]
        self.move_chip(chip, sum(1 for other in others if _is_before(other, at)))

    def _show_order(self) -> None:
        """Tab goes through the chips as they stand, and a screen reader says which one this is."""
        before: QWidget = self
        for number, chip in enumerate(self.chips, start=1):
            for widget in (chip, *chip.buttons):
                QWidget.setTabOrder(before, widget)
                before = widget
            chip.show_place(number, len(self.chips))


def _is_before(other: AttachmentChip, at: QPoint) -> bool:
    place = other.geometry()
    if at.y() > place.bottom():
        return True
    return at.y() >= place.top() and at.x() > place.center().x()
