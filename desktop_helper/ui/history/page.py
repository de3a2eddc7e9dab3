"""What stands in place of the list when there is nothing to list: it teaches one thing, or says what is wrong."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.theme import SPACE_2, SPACE_3, SPACE_5, set_role


class EmptyPage(QWidget):
    """A heading, a sentence, and a button where something can be done.

    Signals:
        retry_requested: the button was pressed.
    """

    retry_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heading, self._text = _label("heading"), _label("secondary")
        self._retry = QPushButton(tr("Try again"))
        self._retry.clicked.connect(self.retry_requested)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_2, SPACE_5, SPACE_2, SPACE_3)
        layout.setSpacing(SPACE_2)
        layout.addWidget(self._heading)
        layout.addWidget(self._text)
        layout.addWidget(self._retry, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addStretch(1)

    def say(self, heading: str, text: str, *, retry: bool = False) -> None:
        """Show two texts."""
        self._heading.setText(heading)
        self._text.setText(text)
        self.setAccessibleName(f"{heading} {text}".strip())
        self._retry.setVisible(retry)


def _label(role: str) -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    set_role(label, role)
    return label
