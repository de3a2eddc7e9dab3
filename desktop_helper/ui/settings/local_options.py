"""Settings of a model file that hardly anybody needs: folded until they are asked for."""

from __future__ import annotations

from dataclasses import fields, replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QVBoxLayout, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.services.settings import ProfileSettings
from desktop_helper.ui.settings.folded import Folded
from desktop_helper.ui.settings.page import Field, label, scaled
from desktop_helper.ui.theme import SPACE_1, Theme

_RANGES = {item.name: item.metadata["range"] for item in fields(ProfileSettings) if "range" in item.metadata}
_USUAL = ProfileSettings("local")
_WIDTH, _INDENT = 200, 9


class LocalOptions(Folded):
    """Context, graphics card, and how long what is kept; automatic unless the user knows better.

    Signals:
        changed: the user changed one.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = NumberField(*_RANGES["context"], step=1024, lowest=tr("Automatic"))
        self.gpu_layers = NumberField(*_RANGES["gpu_layers"], step=1, lowest=tr("Automatic"))
        self.keep_warm = NumberField(
            *_RANGES["keep_warm_minutes"], step=5, lowest=tr("As long as the app runs"), decimals=2
        )
        self.vision_on_cpu = QCheckBox(tr("Read pictures without the graphics card"))
        self.save_states = QCheckBox(tr("Keep what the model has read on disk"))
        self._build()
        for number in (self.context, self.gpu_layers, self.keep_warm):
            number.valueChanged.connect(self.changed)
        for box in (self.vision_on_cpu, self.save_states):
            box.toggled.connect(self.changed)

    def show_profile(self, profile: ProfileSettings) -> None:
        """Show what `profile` says, unfolded if it is not the usual. Emits nothing."""
        self.blockSignals(True)
        self.context.setValue(profile.context)
        self.gpu_layers.setValue(profile.gpu_layers)
        self.keep_warm.setValue(profile.keep_warm_minutes)
        self.vision_on_cpu.setChecked(profile.vision_on_cpu)
        self.save_states.setChecked(profile.save_states)
        self.blockSignals(False)
        self.fold.setChecked(self.applied(_USUAL) != _USUAL)

    def applied(self, profile: ProfileSettings) -> ProfileSettings:
        """`profile` with what is shown here."""
        return replace(
            profile,
            context=round(self.context.value()),
            gpu_layers=round(self.gpu_layers.value()),
            vision_on_cpu=self.vision_on_cpu.isChecked(),
            keep_warm_minutes=self.keep_warm.value(),
            save_states=self.save_states.isChecked(),
        )

    def _build(self) -> None:
        body = self.body
        for title, number, hint in (
            (tr("Context"), self.context, tr("Tokens of the conversation that the model keeps in sight.")),
            (tr("Layers on the graphics card"), self.gpu_layers, tr("0 uses the processor alone.")),
            (
                tr("Minutes until its memory is given back"),
                self.keep_warm,
                tr("Counted from the last answer; the next question loads the model again."),
            ),
        ):
            body.addWidget(Field(title, number, hint), 0)
        body.addWidget(self._box(self.vision_on_cpu, tr("Slower, but leaves the card's memory to the model.")))
        body.addWidget(
            self._box(
                self.save_states,
                tr(
                    "Yesterday's conversation goes on at once. These files are as private as the history; they are"
                    " deleted when you switch this off."
                ),
            )
        )

    def _box(self, box: QCheckBox, hint: str) -> QWidget:
        made = QWidget()
        box.setAccessibleDescription(hint)
        layout = QVBoxLayout(made)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_1)
        layout.addWidget(box)
        layout.addWidget(label(hint, "secondary"))
        return made


class NumberField(QDoubleSpinBox):
    """A number that the wheel does not change while the page is scrolled, written without idle zeros.

    Args:
        low: also stands for something else, which `lowest` names.
    """

    def __init__(self, low: float, high: float, *, step: float, lowest: str, decimals: int = 0) -> None:
        super().__init__()
        self.setRange(low, high)
        self.setSingleStep(step)
        self.setDecimals(decimals)
        self.setSpecialValueText(lowest)
        self.lineEdit().setTextMargins(_INDENT, 0, 0, 0)  # the padding of the stylesheet does not reach it
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setKeyboardTracking(True)
        Theme.current().changed.connect(self._fit)
        self._fit()

    def textFromValue(self, value: float) -> str:
        """Shorter than Qt would."""
        return f"{value:.{self.decimals()}f}".rstrip("0").rstrip(".") if self.decimals() else f"{value:.0f}"

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page."""
        event.ignore()

    def _fit(self) -> None:
        self.setFixedWidth(scaled(_WIDTH))
