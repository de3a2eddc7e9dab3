"""A path that can be typed or chosen in the system's dialog."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.theme import SPACE_2


class PathField(QWidget):
    """A line for the path and a button for the dialog.

    Args:
        title: of the dialog.

    Signals:
        changed(str): the path is another one.
    """

    changed = Signal(str)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.edit = QLineEdit()
        self.edit.setAccessibleName(title)
        self.edit.textEdited.connect(self.changed)
        self.browse = QPushButton(tr("Browse…"))
        self.browse.setAccessibleName(title)
        self.browse.clicked.connect(self._choose)
        self.setFocusProxy(self.edit)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_2)
        layout.addWidget(self.edit, 1)
        layout.addWidget(self.browse)

    @property
    def path(self) -> str:
        """What is in the line, without spaces around."""
        return self.edit.text().strip()

    def set_path(self, path: str) -> None:
        """Show `path`; the end of it, since that is what tells files apart."""
        self.edit.setText(path)

    def ask(self) -> str | None:
        """Let the user choose in the dialog; None if they do not."""
        raise NotImplementedError

    def _choose(self) -> None:
        chosen = self.ask()
        if chosen is not None:
            self.set_path(chosen)
            self.changed.emit(chosen)
