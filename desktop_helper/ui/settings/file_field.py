"""A path that can be typed, dropped or chosen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui import dialog_folder
from desktop_helper.ui.theme import SPACE_2


class FileField(QWidget):
    """A line for the path and a button for the system's dialog.

    Args:
        title: of the dialog.
        pattern: which files it offers, e.g. `*.gguf`.
        kind: what those are called.

    Signals:
        changed(str): the path is another one.
    """

    changed = Signal(str)

    def __init__(self, title: str, pattern: str, kind: str = "GGUF", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._offered = title, f"{kind} ({pattern})"
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

    def _choose(self) -> None:
        start = str(Path(self.path).expanduser().parent) if self.path else dialog_folder.start()
        chosen, _filter = QFileDialog.getOpenFileName(self, self._title, start, self._offered)
        dialog_folder.remember([chosen])
        if chosen:
            self.set_path(chosen)
            self.changed.emit(chosen)
