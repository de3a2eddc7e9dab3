"""Says that a conversation was deleted, and takes it back."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.theme import SPACE_1, SPACE_3, set_role

SHOWN_MS = 12_000


class UndoBar(QFrame):
    """Shown for a while after each deletion; the last one is undone first.

    Signals:
        undone: number of the conversation that is wanted back.
    """

    undone = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._deleted: list[int] = []
        set_role(self, "card")
        self._text = QLabel()
        self._button = QPushButton(tr("Undo"))
        self._button.setToolTip(tr("Undo (Ctrl+Z)"))
        set_role(self._button, "quiet")
        self._button.clicked.connect(self.undo)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_3, SPACE_1, SPACE_1, SPACE_1)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._button)
        self._timer = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._timer.timeout.connect(self._forget)
        self.hide()

    def offer(self, number: int) -> None:
        """A conversation was deleted."""
        self._deleted.append(number)
        self._show()

    def undo(self) -> None:
        """Take the last deletion back; nothing if there is none, or it was too long ago."""
        if not self._deleted:
            return
        number = self._deleted.pop()
        if self._deleted:
            self._show()
        else:
            self._forget()
        self.undone.emit(number)

    def _show(self) -> None:
        count = len(self._deleted)
        text = tr("Deleted.") if count == 1 else tr("{count} deleted.", count=count)
        self._text.setText(text)
        self._button.setAccessibleName(f"{text} {tr('Undo')}")
        self._timer.start()
        self.show()

    def _forget(self) -> None:
        self._timer.stop()
        self._deleted.clear()
        self.hide()
