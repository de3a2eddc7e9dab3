"""Settings: what may leave this machine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFrame, QVBoxLayout, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.services.settings import Settings
from desktop_helper.ui.settings.page import Page, label
from desktop_helper.ui.theme import SPACE_1, SPACE_4, set_role


class PrivacyPage(Page):
    """The local-only switch, what is read of pictures, and where the record of every request is."""

    def __init__(self, ledger_file: Path, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("Privacy"),
            tr(
                "Desktop Helper connects to the server you choose when you send a question or download a model, "
                "and to nothing else."
            ),
            parent,
        )
        self.local_only = QCheckBox(tr("Stay on this machine"))
        self.local_only.clicked.connect(self.changed)
        hint = tr("Every connection to another machine fails, even if a model elsewhere is chosen.")
        self.local_only.setAccessibleDescription(hint)
        self.form.addWidget(self._card(self.local_only, hint))
        self.read_pictures = QCheckBox(tr("Find text in pictures"))
        self.read_pictures.clicked.connect(self.changed)
        hint = tr("After a question, its pictures are read on this machine; the history keeps their words with it.")
        self.read_pictures.setAccessibleDescription(hint)
        self.form.addWidget(self._card(self.read_pictures, hint))
        self._ledger = label(str(ledger_file), "secondary")
        self._ledger.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._ledger.setAccessibleName(tr("File with one line for each request"))
        self.form.addWidget(label(tr("What was sent"), "heading"))
        self.form.addWidget(
            label(tr("Each request is noted with its time, host, size and number of pictures, in this file:"), "dim")
        )
        self.form.addWidget(self._ledger)

    def load(self, settings: Settings) -> None:
        """Show `settings`."""
        self.local_only.setChecked(settings.privacy.local_only)
        self.read_pictures.setChecked(settings.history.read_pictures)

    def apply(self, settings: Settings) -> Settings:
        """`settings` with this page's choices."""
        privacy = replace(settings.privacy, local_only=self.local_only.isChecked())
        history = replace(settings.history, read_pictures=self.read_pictures.isChecked())
        return replace(settings, privacy=privacy, history=history)

    def _card(self, box: QCheckBox, hint: str) -> QFrame:
        card = QFrame()
        set_role(card, "card")
        layout = QVBoxLayout(card)
        layout.setContentsMargins(SPACE_4, SPACE_4, SPACE_4, SPACE_4)
        layout.setSpacing(SPACE_1)
        layout.addWidget(box)
        layout.addWidget(label(hint, "secondary"))
        return card
