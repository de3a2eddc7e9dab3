"""What is said above the question: a sentence a line, each in the colour of what it means, as many as leave room."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.theme import set_role

MAX_LINES = 4  # before the rest is only counted
MAX_SHARE = 0.25  # of the window's height, where there are more than two


class Weight(StrEnum):
    """What a sentence is; its value is the role of its label. The gravest comes first."""

    BAD = "bad"  # something cannot be used
    WARN = "warn"  # something is missing
    FACT = "secondary"  # how things go

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(Weight).index(self)


Line = tuple[str, Weight]


class Notices(QWidget):
    """Hidden as long as it says nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: list[QLabel] = []
        self._lines: tuple[Line, ...] = ()
        self._shown: tuple[Line, ...] = ()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self.hide()

    @property
    def lines(self) -> tuple[Line, ...]:
        """What there is to say, and what each line is."""
        return self._lines

    def text(self) -> str:
        """What there is room for."""
        return "\n".join(line for line, _weight in self._shown)

    def show_lines(self, lines: Iterable[Line]) -> bool:
        """Say these, each once, the gravest first, else in their order. Returns whether it is something else now."""
        before = self._lines
        self._lines = tuple(sorted(dict.fromkeys(lines), key=lambda line: line[1].rank))
        self._fit()
        self.setVisible(bool(self._lines))
        return self._lines != before

    def showEvent(self, event: QShowEvent) -> None:
        """The window is known from now on."""
        super().showEvent(event)
        self.window().installEventFilter(self)  # installing it again moves it to the front, no more
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may need another number of rows."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """So may another font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In a lower window fewer are fair."""
        if watched is self.window() and event.type() == QEvent.Type.Resize:
            self._fit()
        return False

    def _fit(self) -> None:
        count = min(len(self._lines), MAX_LINES)
        while count > 2 and not self._is_fair(self._first(count)):
            count -= 1
        shown = self._first(count)
        if shown != self._shown:
            self._shown = shown
            self._fill()

    def _first(self, count: int) -> tuple[Line, ...]:
        """So many lines, of which the last may count the others."""
        if count == len(self._lines):
            return self._lines
        rest = self._lines[count - 1 :]
        told = tr("And {count} more: point at an attachment to read why.", count=len(rest))
        return (*self._lines[: count - 1], (told, rest[0][1]))

    def _is_fair(self, lines: tuple[Line, ...]) -> bool:
        if not self.isVisible() or self.parentWidget() is self.window():
            return True
        room = QRect(0, 0, self.width(), 1 << 16)
        wrapped = Qt.TextFlag.TextWordWrap
        needed = sum(self.fontMetrics().boundingRect(room, wrapped, line).height() for line, _weight in lines)
        return needed <= self.window().height() * MAX_SHARE

    def _fill(self) -> None:
        while len(self._labels) < len(self._shown):
            self._labels.append(self._made_label())
        for place, label in enumerate(self._labels):
            said = place < len(self._shown)
            line, weight = self._shown[place] if said else ("", Weight.FACT)
            label.setText(line)
            set_role(label, weight)
            label.setVisible(said)

    def _made_label(self) -> QLabel:
        label = QLabel()
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        self._layout.addWidget(label)
        return label
