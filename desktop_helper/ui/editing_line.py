"""The line above the text field that says: this question takes the place of an earlier one."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.icons import IconButton, pixmap
from desktop_helper.ui.theme import SPACE_2, SPACE_3, Theme, set_role


class EditingLine(QWidget):
    """Hidden while a new question is written.

    Signals:
        left: the user wants to write a new question after all.
    """

    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign, words = QLabel(), QLabel(tr("Editing a question. What follows it stays as another version."))
        words.setWordWrap(True)
        set_role(words, "secondary")
        leave = IconButton("close", tr("Leave it as it was (Esc)"), size=22)
        leave.setIconSize(QSize(12, 12))
        leave.clicked.connect(self.left)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_3, 0, SPACE_2, SPACE_2)
        row.setSpacing(SPACE_2)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(words, 1)
        row.addWidget(leave)
        self.setAccessibleName(words.text())
        Theme.current().changed.connect(self._tint)
        self._tint()
        self.hide()

    def _tint(self) -> None:
        self._sign.setPixmap(pixmap("pencil", "accent", 14, self.devicePixelRatioF()))
