"""The upper edge of a bubble: what was asked, pin and close. Dragging it moves the bubble."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence, QMouseEvent, QShortcut
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QSizePolicy, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.elided_label import ElidedLabel
from desktop_helper.ui.icons import IconButton
from desktop_helper.ui.text_safety import reveal_overrides, tooltip
from desktop_helper.ui.theme import SPACE_1, SPACE_2, SPACE_4, set_role


class BubbleHeader(QFrame):
    """One line.

    Args:
        question: shortened where it is too long.

    Signals:
        close_requested.
        dragged: the user moves the bubble; the desktop does that from then on.
    """

    close_requested = Signal()
    dragged = Signal()

    def __init__(self, question: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pressed: QPoint | None = None
        line = reveal_overrides(" ".join(question.split()))
        words = ElidedLabel(line, at=Qt.TextElideMode.ElideRight)
        words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        words.setToolTip(tooltip(line))
        set_role(words, "heading")
        self.pin = IconButton("pin", tr("Keep it when the next question is asked (Ctrl+P)"), checkable=True)
        QShortcut(QKeySequence("Ctrl+P"), self, self.pin.click)  # at once: a button waits until it is up
        close = IconButton("close", tr("Close; the answer stays in the history (Esc)"))
        close.clicked.connect(self.close_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_4, SPACE_2, SPACE_2, SPACE_1)
        row.setSpacing(SPACE_1)
        row.addWidget(words, 1)
        row.addWidget(self.pin)
        row.addWidget(close)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Perhaps the beginning of a drag."""
        self._pressed = event.position().toPoint() if event.button() == Qt.MouseButton.LeftButton else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """It moves in the way that the desktop does it, which then has the mouse for itself."""
        begin = self._pressed
        if begin is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        if (event.position().toPoint() - begin).manhattanLength() >= QApplication.startDragDistance():
            self._pressed = None
            self.dragged.emit()
            self.window().windowHandle().startSystemMove()
