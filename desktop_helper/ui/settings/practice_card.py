"""Settings: whether the practice model is offered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QVBoxLayout, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.services import practice
from desktop_helper.services.settings import Settings
from desktop_helper.ui.settings.page import label
from desktop_helper.ui.theme import SPACE_1, SPACE_4, set_role

if TYPE_CHECKING:
    from desktop_helper.services.container import Services


class PracticeCard(QFrame):
    """A switch. Hidden where the app came without the practice model, or cannot run any.

    Signals:
        changed: the user turned it.
    """

    changed = Signal()

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        set_role(self, "card")
        self.offered = QCheckBox(tr("Offer the practice model"))
        self.offered.clicked.connect(self.changed)
        hint = tr("It comes with the app and answers until you choose another one. It shows how the app works.")
        self.offered.setAccessibleDescription(hint)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_4, SPACE_4, SPACE_4, SPACE_4)
        layout.setSpacing(SPACE_1)
        layout.addWidget(self.offered)
        layout.addWidget(label(hint, "secondary"))

    def load(self, settings: Settings) -> None:
        """Show `settings`."""
        self.offered.setChecked(settings.models.practice)
        self.setVisible(practice.is_here(self._services.providers) and practice.has_engine(self._services))

    def apply(self, settings: Settings) -> Settings:
        """`settings` with the choice."""
        if self.offered.isChecked():
            return replace(settings, models=replace(settings.models, practice=True))
        return practice.put_away(settings)
