"""“Deleted. Undo”: for a moment, over the lower edge of what is shown."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QEnterEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.theme import SPACE_2, SPACE_3, set_role

SHOWN_MS = 8000


def _nothing() -> None:
    """Nobody waits."""


class UndoBar(QFrame):
    """Lies over `covered` and moves nothing. It stays while it is pointed at or has the focus."""

    def __init__(self, covered: QWidget) -> None:
        super().__init__(covered)
        set_role(self, "card")
        self._covered = covered
        self._undo: Callable[[], None] = _nothing
        self._over: Callable[[], None] = _nothing
        self._words = QLabel()
        self.button = QPushButton(tr("Undo"))
        self.button.setToolTip(tr("Undo (Ctrl+Z)"))
        set_role(self.button, "quiet")
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_3, SPACE_2, SPACE_2, SPACE_2)
        row.setSpacing(SPACE_2)
        row.addWidget(self._words)
        row.addWidget(self.button)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._timer = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._timer.timeout.connect(self._end)
        self.button.clicked.connect(self._take_back)
        QShortcut(
            QKeySequence("Ctrl+Z"), covered, self._take_back, context=Qt.ShortcutContext.WidgetWithChildrenShortcut
        )
        covered.installEventFilter(self)
        self.hide()

    def offer(self, sentence: str, undo: Callable[[], None], over: Callable[[], None]) -> None:
        """Say what was done. One of the two is called: `over` when it cannot be undone any more."""
        self.settle()
        self._undo, self._over = undo, over
        self._words.setText(sentence)
        self.setAccessibleName(sentence)
        self._place()
        self.show()
        self.raise_()
        self._timer.start()

    def settle(self) -> None:
        """Nothing can be undone any more, e.g. since something else is shown."""
        over, self._over, self._undo = self._over, _nothing, _nothing
        self._timer.stop()
        self.hide()
        over()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the lower edge."""
        if watched is self._covered and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def enterEvent(self, event: QEnterEvent) -> None:
        """Whoever points at it may need a moment."""
        super().enterEvent(event)
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        """The clock runs again."""
        super().leaveEvent(event)
        self._timer.start()

    def _end(self) -> None:
        if self.button.hasFocus():
            self._timer.start()
        else:
            self.settle()

    def _take_back(self) -> None:
        undo, self._undo, self._over = self._undo, _nothing, _nothing
        self._timer.stop()
        self.hide()
        undo()

    def _place(self) -> None:
        self.adjustSize()
        room = self._covered.rect()
        self.move((room.width() - self.width()) // 2, room.height() - self.height() - SPACE_3)
