"""A folder that can be typed or chosen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_helper.ui.settings.path_field import PathField


class FolderField(PathField):
    """See `PathField`; its `path` is empty for the usual folder.

    Args:
        title: of the dialog.
        usual: the folder that is meant by an empty line; shown there.
    """

    def __init__(self, title: str, usual: Path, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self._usual = usual
        self.edit.setPlaceholderText(str(usual))
        self.edit.setClearButtonEnabled(True)

    def ask(self) -> str | None:
        """Begins in the folder."""
        start = Path(self.path).expanduser() if self.path else self._usual
        chosen = QFileDialog.getExistingDirectory(self, self.title, str(start))
        return None if not chosen else "" if Path(chosen) == self._usual else chosen
