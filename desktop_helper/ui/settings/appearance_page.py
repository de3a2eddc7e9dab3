"""Settings: how it looks."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QRadioButton, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.services.settings import OPACITY, TEXT_SIZES, General, Settings
from desktop_helper.ui.colours import SEEDS, colours
from desktop_helper.ui.flow_layout import FlowLayout
from desktop_helper.ui.languages import language_names
from desktop_helper.ui.settings.page import Page, QuietCombo
from desktop_helper.ui.text_size import STEP, percent
from desktop_helper.ui.theme import SPACE_5, Theme

_SWATCH_PX = 12


class AppearancePage(Page):
    """Theme, text size, contrast, accent, motion, language, and the chat window's habits.

    Signals:
        look_chosen: a `General` that is shown at once; taken back if the user cancels.
    """

    look_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Appearance"), tr("How Desktop Helper looks and which language it speaks."), parent)
        self._general = General()
        self._themes = QButtonGroup(self)
        self._buttons = {
            "auto": QRadioButton(tr("As the system")),
            "light": QRadioButton(tr("Light")),
            "dark": QRadioButton(tr("Dark")),
        }
        self.text_size, self.contrast, self.accent, self.motion = (QuietCombo() for _ in range(4))
        self.language = QuietCombo()
        self._build_look()
        self._build_language()
        self.opacity = QuietCombo()
        low, high = OPACITY
        for value in range(high, low - 1, -10):
            self.opacity.addItem(f"{value} %", str(value))
        self.opacity.activated.connect(self.changed)
        self.add_field(tr("Opacity of the small window"), self.opacity, tr("The large window is never seen through."))
        self.pinned = QCheckBox(tr("Keep the chat on top"))
        self.hide_on_escape = QCheckBox(tr("Hide the small window with Esc"))
        self.expand_thinking = QCheckBox(tr("Unfold the thinking"))
        for box in (self.pinned, self.hide_on_escape, self.expand_thinking):
            box.clicked.connect(self.changed)
            self.form.addWidget(box)
        Theme.current().changed.connect(self._tint)
        Theme.current().changed.connect(self._follow_size)

    @property
    def theme(self) -> str:
        """The chosen theme."""
        return next((name for name, button in self._buttons.items() if button.isChecked()), "auto")

    def load(self, settings: Settings) -> None:
        """Show `settings`."""
        self._general = settings.general
        self._buttons.get(settings.general.theme, self._buttons["auto"]).setChecked(True)
        self._offer_size(settings.general.text_size)
        for combo, value in (
            (self.contrast, settings.general.contrast),
            (self.accent, settings.general.accent),
            (self.motion, settings.general.motion),
            (self.language, settings.general.language),
        ):
            combo.select(value)
        opacity = settings.window.opacity
        if self.opacity.findData(str(opacity)) < 0:  # the file may say something between
            self.opacity.addItem(f"{opacity} %", str(opacity))
        self.opacity.select(str(opacity))
        self.pinned.setChecked(settings.window.pinned)
        self.hide_on_escape.setChecked(settings.window.hide_on_escape)
        self.expand_thinking.setChecked(settings.window.expand_thinking)

    def apply(self, settings: Settings) -> Settings:
        """`settings` with this page's choices."""
        return replace(
            settings,
            general=self._chosen(settings.general),
            window=replace(
                settings.window,
                opacity=int(self.opacity.currentData()),
                pinned=self.pinned.isChecked(),
                hide_on_escape=self.hide_on_escape.isChecked(),
                expand_thinking=self.expand_thinking.isChecked(),
            ),
        )

    def resize_text(self, step: int) -> None:
        """Choose the next larger (1) or smaller (-1) text size, or the usual one (0)."""
        size = int(self.text_size.currentData()) + step * STEP if step else 100
        self._offer_size(min(max(size, TEXT_SIZES[0]), TEXT_SIZES[1]))
        self._show_look()

    def _build_look(self) -> None:
        row = QWidget()
        row.setAccessibleName(tr("Theme"))
        layout = FlowLayout(row, gap=SPACE_5)
        for button in self._buttons.values():
            self._themes.addButton(button)
            button.toggled.connect(self._lead_tab)
            button.clicked.connect(self._show_look)
            layout.addWidget(button)
        self.add_field(tr("Theme"), row)
        for size in range(TEXT_SIZES[0], TEXT_SIZES[1] + 1, STEP):
            self.text_size.addItem(percent(size), size)
        self._add_choice(
            tr("Text size"), self.text_size, {}, tr("Ctrl+Plus, Ctrl+Minus and Ctrl+0 change it in the chat too.")
        )
        system = {"auto": tr("As the system")}
        self._add_choice(tr("Contrast"), self.contrast, system | {"normal": tr("Normal"), "high": tr("High")})
        self._add_choice(
            tr("Accent"), self.accent, _accents(), tr("It is made darker or lighter until it can be read.")
        )
        motions = {"full": tr("All"), "reduced": tr("None: nothing moves or blinks")}
        self._add_choice(tr("Motion"), self.motion, system | motions)
        self._tint()

    def _lead_tab(self) -> None:
        """Tab goes to the chosen button, from which the arrows go on; Qt sees to that only after the first time."""
        for button in self._buttons.values():
            policy = Qt.FocusPolicy.StrongFocus if button.isChecked() else Qt.FocusPolicy.ClickFocus
            button.setFocusPolicy(policy)

    def _build_language(self) -> None:
        self.language.addItem(tr("As the system"), "auto")
        for code, name in language_names().items():
            self.language.addItem(name, code)
        self.language.activated.connect(self.changed)
        self.add_field(tr("Language"), self.language, tr("Windows that are open keep theirs until the next start."))

    def _add_choice(self, title: str, combo: QuietCombo, choices: dict[str, str], hint: str = "") -> None:
        for value, name in choices.items():
            combo.addItem(name, value)
        combo.activated.connect(self._show_look)
        self.add_field(title, combo, hint)

    def _offer_size(self, size: int) -> None:
        """Choose `size`; one that was written into the file by hand is among the choices too."""
        if self.text_size.findData(size) < 0:
            sizes = [int(self.text_size.itemData(row)) for row in range(self.text_size.count())]
            self.text_size.insertItem(sum(other < size for other in sizes), percent(size), size)
        self.text_size.setCurrentIndex(self.text_size.findData(size))

    def _follow_size(self) -> None:
        """The keys of the chat may have changed it meanwhile; saving must not take that back."""
        size = Theme.current().wanted.text_size
        if self.isVisible() and size != self._general.text_size:
            self._general = replace(self._general, text_size=size)
            self._offer_size(size)

    def _chosen(self, general: General) -> General:
        return replace(
            general,
            theme=self.theme,
            language=str(self.language.currentData()),
            contrast=str(self.contrast.currentData()),
            accent=str(self.accent.currentData()),
            motion=str(self.motion.currentData()),
            text_size=int(self.text_size.currentData()),
        )

    def _show_look(self) -> None:
        self.look_chosen.emit(self._chosen(self._general))
        self.changed.emit()

    def _tint(self) -> None:
        """A swatch beside each accent, as it looks in the present theme."""
        theme = Theme.current()
        side = theme.icon_px(_SWATCH_PX)
        for row in range(self.accent.count()):
            seed = SEEDS.get(str(self.accent.itemData(row)), "")
            if not seed and self.accent.itemData(row) != "own":
                continue
            swatch = QPixmap(side, side)
            swatch.fill(QColor(colours(theme.name, high_contrast=theme.high_contrast, seed=seed)["accent"]))
            self.accent.setItemIcon(row, QIcon(swatch))


def _accents() -> dict[str, str]:
    return {
        "own": tr("Desktop Helper's"),
        "system": tr("The system's"),
        "teal": tr("Teal"),
        "green": tr("Green"),
        "violet": tr("Violet"),
        "pink": tr("Pink"),
        "orange": tr("Orange"),
        "graphite": tr("Graphite"),
    }
