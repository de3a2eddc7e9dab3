"""A folder that can be typed or chosen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.theme import SPACE_2


class FolderField(QWidget):
    """A line for the path and a button for the system's dialog.

    Args:
        title: of the dialog.
        usual: the folder that is meant by an empty line; shown there.

    Signals:
        changed: the path is another one.
    """

    changed = Signal()

    def __init__(self, title: str, usual: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._usual = title, usual
        self.edit = QLineEdit()
        self.edit.setAccessibleName(title)
        self.edit.setPlaceholderText(str(usual))
        self.edit.setClearButtonEnabled(True)
        self.edit.textEdited.connect(lambda _text: self.changed.emit())
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
        """What is in the line, without spaces around; empty for the usual one."""
        return self.edit.text().strip()

    def set_path(self, path: str) -> None:
        """Show `path`."""
        self.edit.setText(path)

    def _choose(self) -> None:
        start = Path(self.path).expanduser() if self.path else self._usual
        chosen = QFileDialog.getExistingDirectory(self, self._title, str(start))
        if chosen:
            self.set_path("" if Path(chosen) == self._usual else chosen)
            self.changed.emit()
