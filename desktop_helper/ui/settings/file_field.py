"""A file that can be typed or chosen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_helper.ui import dialog_folder
from desktop_helper.ui.settings.path_field import PathField


class FileField(PathField):
    """See `PathField`.

    Args:
        title: of the dialog.
        pattern: which files it offers, e.g. `*.gguf`.
        kind: what those are called.
    """

    def __init__(self, title: str, pattern: str, kind: str = "GGUF", parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self._offered = f"{kind} ({pattern})"

    def ask(self) -> str | None:
        """Begins where the file is, or where one was chosen last."""
        start = str(Path(self.path).expanduser().parent) if self.path else dialog_folder.start()
        chosen, _filter = QFileDialog.getOpenFileName(self, self.title, start, self._offered)
        dialog_folder.remember([chosen])
        return chosen or None
