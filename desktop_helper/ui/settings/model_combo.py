"""Choosing a model from the provider's list, or typing one that it does not list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop_helper.core.model_names import short_name
from desktop_helper.ui.settings.page import QuietCombo
from desktop_helper.ui.text_safety import tooltip

if TYPE_CHECKING:
    from desktop_helper.services.provider_file import ModelSpec


class ModelCombo(QuietCombo):
    """Shows titles, means ids.

    Signals:
        edited: the user chose or typed.
    """

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        line = QLineEdit()
        self.setEditable(True)
        self.setLineEdit(line)
        self.setInsertPolicy(QuietCombo.InsertPolicy.NoInsert)
        self.activated.connect(self.edited)
        line.textEdited.connect(self.edited)
        self.editTextChanged.connect(self._tell_whole)

    @property
    def model_id(self) -> str:
        """The id that the server knows."""
        text = self.currentText().strip()
        index = self.findText(text)
        return str(self.itemData(index)) if index >= 0 else text

    def fill(self, models: Sequence[ModelSpec], chosen: str) -> None:
        """Offer `models` and show `chosen`, or the first one. One that is a path is called by its file."""
        self.clear()
        for model in models:
            self.addItem(model.title, model.id)
        if short_name(chosen) != chosen and self.findData(chosen) < 0 and self.findText(short_name(chosen)) < 0:
            self.addItem(short_name(chosen), chosen)
        index = self.findData(chosen)
        if index >= 0:
            self.setCurrentIndex(index)
        elif chosen or not models:
            self.setCurrentIndex(-1)
            self.setEditText(chosen)

    def _tell_whole(self, text: str) -> None:
        whole = self.model_id
        self.setToolTip(tooltip(whole) if text.strip() and whole != text.strip() else "")
