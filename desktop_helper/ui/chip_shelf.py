"""The attachments in the composer: rows of chips, and a scroll bar when there are more rows than it is fair to take."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from desktop_helper.ui.flow_layout import FlowLayout
from desktop_helper.ui.theme import SPACE_2

MAX_ROWS = 3


class ChipShelf(QScrollArea):
    """Hidden while it is empty."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
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

    def add(self, chip: QWidget) -> None:
        """Put a chip at the end, and go there."""
        self._flow.addWidget(chip)
        self._row_height = max(self._row_height, chip.sizeHint().height())
        self.show()
        self.fit()
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())

    def take(self, chip: QWidget) -> None:
        """Take a chip away; whoever calls deletes it."""
        self._flow.removeWidget(chip)
        self.setVisible(self._flow.count() > 0)
        self.fit()

    def fit(self) -> None:
        """Be as high as the rows, up to `MAX_ROWS`."""
        self.setFixedHeight(self.sizeHint().height())

    def sizeHint(self) -> QSize:
        """As high as the rows need at the present width."""
        most = MAX_ROWS * self._row_height + (MAX_ROWS - 1) * SPACE_2
        return QSize(200, max(1, min(most, self._flow.heightForWidth(self.viewport().width()))))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may need another number of rows."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()
