"""Settings: how it looks."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QRadioButton, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.services.settings import Settings
from desktop_helper.ui.flow_layout import FlowLayout
from desktop_helper.ui.settings.page import Page, QuietCombo
from desktop_helper.ui.theme import SPACE_5


class AppearancePage(Page):
    """Theme, language, and the chat window's habits.

    Signals:
        theme_chosen(str): shown at once; taken back if the user cancels.
    """

    theme_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Appearance"), tr("How Desktop Helper looks and which language it speaks."), parent)
        self._themes = QButtonGroup(self)
        self._buttons = {
            "auto": QRadioButton(tr("As the system")),
            "light": QRadioButton(tr("Light")),
            "dark": QRadioButton(tr("Dark")),
        }
        row = QWidget()
        row.setAccessibleName(tr("Theme"))
        layout = FlowLayout(row, gap=SPACE_5)
        for name, button in self._buttons.items():
            self._themes.addButton(button)
            button.clicked.connect(lambda _checked, name=name: self._choose_theme(name))
            layout.addWidget(button)
        self.add_field(tr("Theme"), row)
        self.language = QuietCombo()
        self.language.addItem(tr("As the system"), "auto")
        self.language.addItem("English", "en")
        self.language.addItem("简体中文", "zh_CN")
        self.language.activated.connect(self.changed)
        self.add_field(tr("Language"), self.language, tr("Windows that are open keep theirs until the next start."))
        self.pinned = QCheckBox(tr("Keep the chat on top"))
        self.expand_thinking = QCheckBox(tr("Unfold the thinking"))
        for box in (self.pinned, self.expand_thinking):
            box.clicked.connect(self.changed)
            self.form.addWidget(box)

    @property
    def theme(self) -> str:
        """The chosen theme."""
        return next((name for name, button in self._buttons.items() if button.isChecked()), "auto")

    def load(self, settings: Settings) -> None:
        """Show `settings`."""
        self._buttons.get(settings.general.theme, self._buttons["auto"]).setChecked(True)
        self.language.select(settings.general.language)
        self.pinned.setChecked(settings.window.pinned)
        self.expand_thinking.setChecked(settings.window.expand_thinking)

    def apply(self, settings: Settings) -> Settings:
        """`settings` with this page's choices."""
        return replace(
            settings,
            general=replace(settings.general, theme=self.theme, language=str(self.language.currentData())),
            window=replace(
                settings.window,
                pinned=self.pinned.isChecked(),
                expand_thinking=self.expand_thinking.isChecked(),
            ),
        )

    def _choose_theme(self, name: str) -> None:
        self.theme_chosen.emit(name)
        self.changed.emit()
