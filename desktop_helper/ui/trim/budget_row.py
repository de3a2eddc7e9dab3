"""How many frames of a video go, and what they may cost."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QSlider, QWidget

from desktop_helper.core.clip_span import Cut
from desktop_helper.core.i18n import tr
from desktop_helper.services.clip_choice import FRAME_STEPS, nearest_step, token_steps
from desktop_helper.services.question_estimate import short
from desktop_helper.ui.flow_layout import FlowLayout
from desktop_helper.ui.theme import SPACE_2, SPACE_3, Theme, set_role

_SLIDER_PX = 130


class BudgetRow(QWidget):
    """Fewer frames, or more; and a limit of tokens.

    Args:
        cut: what was chosen before.
        allowed: tokens that the model allows a video.

    Signals:
        changed: another budget was chosen.
    """

    changed = Signal()

    def __init__(self, cut: Cut, allowed: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps = token_steps(allowed)
        self.frames, self._most, self.tokens = QSlider(Qt.Orientation.Horizontal), QLabel(), QComboBox()
        self.frames.setRange(0, len(FRAME_STEPS) - 1)
        self.frames.setPageStep(2)
        self.frames.setValue(nearest_step(cut.most_frames))
        self.frames.setAccessibleName(tr("Fewer or more frames"))
        self.frames.setToolTip(tr("Of fewer frames each one is sent in more detail"))
        for place, step in enumerate(self._steps):
            text = tr("{count} tokens", count=short(step))
            self.tokens.addItem(tr("{count} tokens, the most", count=short(step)) if place == 0 else text)
        self.tokens.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.tokens.setCurrentIndex(self._step_of(cut.most_tokens))
        self.tokens.setAccessibleName(tr("Tokens at most"))
        self.tokens.setToolTip(tr("What all frames together may cost"))
        self.evenly = QCheckBox(tr("Evenly, too"))
        self.evenly.setChecked(cut.evenly)
        self.evenly.setToolTip(tr("Frames also where nothing changes, at even distances, as many as there is room for"))
        row = FlowLayout(self, gap=SPACE_3)
        row.addWidget(_beside(_word(tr("Fewer")), self.frames, _word(tr("more frames")), self._most))
        row.addWidget(_beside(self.evenly))
        row.addWidget(_beside(_word(tr("At most")), self.tokens))
        set_role(self._most, "secondary")
        self.frames.valueChanged.connect(self._on_moved)
        self.evenly.toggled.connect(self.changed)
        self.tokens.currentIndexChanged.connect(self.changed)
        Theme.current().changed.connect(self._fit)
        self._fit()
        self._say()

    @property
    def most_frames(self) -> int:
        """How many at most."""
        return FRAME_STEPS[self.frames.value()]

    @property
    def most_tokens(self) -> int | None:
        """What they may cost; None for all that the model allows."""
        place = self.tokens.currentIndex()
        return self._steps[place] if place > 0 else None

    def _step_of(self, tokens: int | None) -> int:
        if tokens is None:
            return 0
        return min(range(len(self._steps)), key=lambda place: abs(self._steps[place] - tokens))

    def _on_moved(self) -> None:
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        self._most.setText(tr("up to {count}", count=self.most_frames))
        self.frames.setAccessibleDescription(self._most.text())

    def _fit(self) -> None:
        self.frames.setFixedWidth(Theme.current().px(_SLIDER_PX))
        self._most.ensurePolished()
        self._most.setMinimumWidth(self._most.fontMetrics().horizontalAdvance(tr("up to {count}", count=64)))


def _word(text: str) -> QLabel:
    word = QLabel(text)
    set_role(word, "secondary")
    return word


def _beside(*widgets: QWidget) -> QWidget:
    """What is not torn apart where a row ends; as high as its neighbours."""
    group = QWidget()
    row = QHBoxLayout(group)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACE_2)
    for widget in widgets:
        row.addWidget(widget)
    group.setMinimumHeight(Theme.current().px(34))
    return group
