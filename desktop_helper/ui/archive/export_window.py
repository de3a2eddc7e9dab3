"""Asks how conversations are to be exported, and where to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from desktop_helper.core.i18n import tr
from desktop_helper.services import exporting
from desktop_helper.ui import dialog_folder
from desktop_helper.ui.archive.porter import ExportChoice
from desktop_helper.ui.dialog_height import fit_height
from desktop_helper.ui.elided_label import ElidedLabel
from desktop_helper.ui.text_safety import reveal_overrides, tooltip
from desktop_helper.ui.theme import SPACE_1, SPACE_2, SPACE_3, SPACE_4, SPACE_5, Theme, set_role

if TYPE_CHECKING:
    from desktop_helper.services.export.format import ExportFormat

_INDENT = 26  # of what is said below a radio button: its words begin there
_ALSO = {"md": (".markdown", ".txt"), "html": (".htm",)}  # endings that may be typed, besides the one that is proposed
_ORDER = ("md", "html", "json", "llamafactory")
_MODEL_DECIDES = "llamafactory"  # what was thought belongs to it, where the models' authors want it


class ExportWindow(QDialog):
    """Not modal for anything but its own window; closes itself.

    Args:
        name: of the file that is offered, without its ending.
        title: of the conversation; None for all of them.
        parent: owns it.
        now: what time it is, for the name of a folder.

    Signals:
        chosen: an `ExportChoice`.
    """

    chosen = Signal(object)

    def __init__(
        self, name: str, title: str | None, parent: QWidget, now: Callable[[], datetime] = datetime.now
    ) -> None:
        super().__init__(parent)
        self._name, self._all, self._now = name, title is None, now
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowTitle(tr("Export all conversations") if title is None else tr("Export a conversation"))
        self.setMinimumWidth(Theme.current().icon_px(420))
        known = exporting.formats()
        self.forms = {name: known[name] for name in (*_ORDER, *sorted(known.keys() - set(_ORDER))) if name in known}
        self.buttons = {name: QRadioButton(form.title()) for name, form in self.forms.items()}
        self.thinking = QCheckBox(tr("With what the model thought"))
        self._group = QButtonGroup(self)
        self._build(title)
        self.buttons["md"].setChecked(True)
        self.buttons["md"].setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """All of its words are in sight."""
        if not event.spontaneous():
            fit_height(self)
        super().showEvent(event)

    def _build(self, title: str | None) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_5, SPACE_5, SPACE_5, SPACE_4)
        layout.setSpacing(SPACE_3)
        shown = tr("All conversations") if title is None else reveal_overrides(title)
        heading = ElidedLabel(shown)
        heading.setToolTip(tooltip(shown))
        set_role(heading, "heading")
        layout.addWidget(heading)
        for name, button in self.buttons.items():
            self._group.addButton(button)
            button.toggled.connect(self._refresh)
            layout.addLayout(_with_hint(button, _about(name)))
        layout.addSpacing(SPACE_1)
        layout.addWidget(self.thinking)
        layout.addSpacing(SPACE_2)
        layout.addLayout(self._foot())

    def _foot(self) -> QHBoxLayout:
        cancel, self.take = QPushButton(tr("Cancel")), QPushButton(tr("Choose a place…"))
        set_role(self.take, "primary")
        self.take.setDefault(True)
        cancel.clicked.connect(self.reject)
        self.take.clicked.connect(self._choose)
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self.take)
        return row

    def _form(self) -> ExportFormat:
        return next(self.forms[name] for name, button in self.buttons.items() if button.isChecked())

    def _refresh(self) -> None:
        self.thinking.setEnabled(not self.buttons[_MODEL_DECIDES].isChecked())

    def _choose(self) -> None:
        form = self._form()
        into_folder = self._all and not form.joined
        place = self._folder() if into_folder else self._file(form)
        if place is None:
            return
        self.accept()
        target, over = place
        thinking = self.thinking.isChecked() and self.thinking.isEnabled()
        self.chosen.emit(ExportChoice(form, target, into_folder, thinking, over))

    def _file(self, form: ExportFormat) -> tuple[Path, bool] | None:
        """One, and whether the user was asked about it: the dialog asks about the name that was typed."""
        start = dialog_folder.start(self._name + form.suffix)
        kind = f"{form.title()} (*{form.suffix})"
        path, _filter = QFileDialog.getSaveFileName(self, self.windowTitle(), start, kind)
        dialog_folder.remember([path])
        if not path:
            return None
        typed = Path(path)
        file = with_ending(typed, form)
        return file, file == typed and file.exists()

    def _folder(self) -> tuple[Path, bool] | None:
        """A new one in the one that is chosen: nothing that is there is written over."""
        chosen = QFileDialog.getExistingDirectory(self, self.windowTitle(), dialog_folder.start())
        if not chosen:
            return None
        made = Path(chosen) / f"{self._name}-{self._now():%Y%m%d-%H%M%S}"
        dialog_folder.remember([str(made)])
        return made, False


def with_ending(typed: Path, form: ExportFormat) -> Path:
    """The file of that name. In “notes v1.2”, what follows the dot is no ending."""
    ended = typed.suffix.lower() in (form.suffix, *_ALSO.get(form.name, ()))
    return typed if ended else typed.with_name(typed.name + form.suffix)


def _about(name: str) -> str:
    texts = {
        "md": tr("Text, with its pictures and files in a folder beside it."),
        "html": tr("One page with its pictures inside. It runs nothing and fetches nothing."),
        "json": tr("To be imported again: all that is shown of it, with pictures and files."),
        "llamafactory": tr("To fine-tune GLM-V. Only whole answers; with the thinking where the model expects it."),
    }
    return texts.get(name, "")


def _with_hint(button: QRadioButton, hint: str) -> QVBoxLayout:
    said = QLabel(hint)
    said.setTextFormat(Qt.TextFormat.PlainText)
    said.setWordWrap(True)
    said.setContentsMargins(Theme.current().icon_px(_INDENT), 0, 0, 0)
    set_role(said, "secondary")
    button.setAccessibleDescription(hint)
    column = QVBoxLayout()
    column.setSpacing(0)
    column.addWidget(button)
    column.addWidget(said)
    return column
