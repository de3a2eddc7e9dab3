"""Settings: how it looks."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QRadioButton, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.services.settings import OPACITY, Settings
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
        self.opacity = QuietCombo()
        low, high = OPACITY
        for percent in range(high, low - 1, -10):
            self.opacity.addItem(f"{percent} %", str(percent))
        self.opacity.activated.connect(self.changed)
        self.add_field(tr("Opacity of the small window"), self.opacity, tr("The large window is never seen through."))
        self.pinned = QCheckBox(tr("Keep the chat on top"))
        self.hide_on_escape = QCheckBox(tr("Hide the small window with Esc"))
        self.expand_thinking = QCheckBox(tr("Unfold the thinking"))
        for box in (self.pinned, self.hide_on_escape, self.expand_thinking):
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
        percent = settings.window.opacity
        if self.opacity.findData(str(percent)) < 0:  # the file may say something between
            self.opacity.addItem(f"{percent} %", str(percent))
        self.opacity.select(str(percent))
        self.pinned.setChecked(settings.window.pinned)
        self.hide_on_escape.setChecked(settings.window.hide_on_escape)
        self.expand_thinking.setChecked(settings.window.expand_thinking)

    def apply(self, settings: Settings) -> Settings:
        """`settings` with this page's choices."""
        return replace(
            settings,
            general=replace(settings.general, theme=self.theme, language=str(self.language.currentData())),
            window=replace(
                settings.window,
                opacity=int(self.opacity.currentData()),
                pinned=self.pinned.isChecked(),
                hide_on_escape=self.hide_on_escape.isChecked(),
                expand_thinking=self.expand_thinking.isChecked(),
            ),
        )

    def _choose_theme(self, name: str) -> None:
        self.theme_chosen.emit(name)
        self.changed.emit()
