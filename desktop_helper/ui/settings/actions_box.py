"""The part of the page of hotkeys that shows quick actions: they are written in a file, which a button opens."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.services.action_file import QuickAction
from desktop_helper.services.chord import ChordError, parse
from desktop_helper.services.quick_actions import QuickActions
from desktop_helper.ui.elided_label import ElidedLabel
from desktop_helper.ui.settings.page import StatusLine, label
from desktop_helper.ui.text_safety import reveal, tooltip
from desktop_helper.ui.theme import SPACE_2, set_role


class ActionsBox(QWidget):
    """Read only.

    Args:
        actions: what is shown.
        open_file: shows a file in the desktop's editor; False if that is impossible.
    """

    def __init__(
        self, actions: QuickActions, open_file: Callable[[Path], bool] | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self._open_file = open_file or _open_file
        self.status = StatusLine()
        self.edit_button = QPushButton(tr("Edit quick actions…"))
        self.edit_button.setToolTip(tooltip(str(actions.path)))
        self.edit_button.clicked.connect(self._edit)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, SPACE_2, 0, 0)
        layout.setSpacing(SPACE_2)
        layout.addWidget(label(tr("Quick actions"), "heading"))
        layout.addWidget(label(tr("Type “/” in the chat to use them. Yours are in a file, hotkeys included."), "dim"))
        layout.addLayout(self._rows)
        layout.addWidget(self.status)
        line = QHBoxLayout()
        line.addWidget(self.edit_button)
        line.addStretch(1)
        layout.addLayout(line)

    def show_actions(self) -> None:
        """As the file says now."""
        while self._rows.count():
            item = self._rows.takeAt(0)
            if item is not None and (gone := item.widget()) is not None:
                gone.deleteLater()
        for action in self._actions.all():
            self._rows.addWidget(_row(action))
        problems = [problem.message for problem in self._actions.problems]
        if problems:
            self.status.show_problem("\n".join(problems[:3]))
        else:
            self.status.clear()

    def title_of(self, chord: str) -> str:
        """The action that has this hotkey; empty if none has."""
        for action in self._actions.all():
            with suppress(ChordError):
                if chord and action.hotkey and parse(action.hotkey) == parse(chord):
                    return reveal(action.title)
        return ""

    def _edit(self) -> None:
        try:
            self._actions.write_example()
        except HelperError as error:
            self.status.show_problem(error.message, error.fix)
            return
        if not self._open_file(self._actions.path):
            self.status.show_note(tr("Open this file in an editor: {path}", path=self._actions.path))


def _row(action: QuickAction) -> QWidget:
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.addWidget(ElidedLabel(reveal(action.title), at=Qt.TextElideMode.ElideRight))
    line.addStretch(1)
    if action.hotkey:
        chord = QLabel(reveal(action.hotkey))
        set_role(chord, "key")
        line.addWidget(chord)
    row.setMinimumHeight(line.sizeHint().height() + 4)  # labels that wrap elsewhere would squeeze it
    row.setToolTip(tooltip(action.description))
    row.setAccessibleName(" ".join(part for part in (reveal(action.title), action.hotkey) if part))
    return row


def _open_file(path: Path) -> bool:
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
