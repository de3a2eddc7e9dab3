"""“Deleted. Undo”: for a moment, over the lower edge of what is shown."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QEnterEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QStackedWidget

from desktop_helper.core.i18n import sentences, tr
from desktop_helper.ui.announce import announce
from desktop_helper.ui.theme import SPACE_2, SPACE_3, set_role

SHOWN_MS = 12_000


def _nothing() -> None:
    """Nobody waits."""


class UndoBar(QFrame):
    """Lies over `covered` and moves nothing. It stays while it is pointed at or has the focus.

    Several deletions may follow each other; the last one is undone first.
    """

    def __init__(self, covered: QStackedWidget) -> None:
        super().__init__(covered)
        set_role(self, "card")
        self._covered = covered
        self._offered: list[tuple[Callable[[], None], Callable[[], None]]] = []
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
        self.button.clicked.connect(self.undo)
        QShortcut(QKeySequence("Ctrl+Z"), covered, self.undo, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        covered.installEventFilter(self)
        covered.currentChanged.connect(self.raise_)
        self.hide()

    def offer(self, undo: Callable[[], None], over: Callable[[], None] = _nothing) -> None:
        """Something was deleted. One of the two is called: `over` when it cannot be undone any more."""
        self._offered.append((undo, over))
        self._show()

    def undo(self) -> None:
        """Take the last deletion back; nothing if there is none, or it was too long ago."""
        if not self._offered:
            return
        undo, _over = self._offered.pop()
        if self._offered:
            self._show()
        else:
            self.settle()
        undo()

    def settle(self) -> None:
        """Nothing can be undone any more, e.g. since something else is shown."""
        offered, self._offered = self._offered, []
        self._timer.stop()
        self.hide()
        for _undo, over in offered:
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
        if self._offered:
            self._timer.start()

    def _end(self) -> None:
        if self.button.hasFocus():
            self._timer.start()
        else:
            self.settle()

    def _show(self) -> None:
        count = len(self._offered)
        sentence = tr("Deleted.") if count == 1 else tr("{count} deleted.", count=count)
        self._words.setText(sentence)
        self.setAccessibleName(sentence)
        self.button.setAccessibleName(sentences(sentence, tr("Undo")))
        announce(self, sentence)
        self._place()
        self.show()
        self.raise_()
        self._timer.start()

    def _place(self) -> None:
        self.adjustSize()
        room = self._covered.rect()
        self.move((room.width() - self.width()) // 2, room.height() - self.height() - SPACE_3)
