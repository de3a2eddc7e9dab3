"""What the model does before its first word: a sentence, and a thin bar where it is known how far it is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QProgressBar, QVBoxLayout, QWidget

from desktop_helper.ui.text_safety import reveal_overrides
from desktop_helper.ui.theme import SPACE_2, set_role

_STEPS = 1000
_BAR_WIDTH = 240


class AnswerProgress(QWidget):
    """Stands where the answer will."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._bar = QLabel(), QProgressBar()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        set_role(self._text, "dim")
        self._bar.setRange(0, _STEPS)
        self._bar.setTextVisible(False)
        self._bar.setMaximumWidth(_BAR_WIDTH)
        policy = self._bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # what comes next may not know how far it is, and must not jump
        self._bar.setSizePolicy(policy)
        self._bar.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_2)
        layout.addWidget(self._text)
        layout.addWidget(self._bar)

    def show_step(self, message: str, fraction: float | None) -> None:
        """Say what happens. `fraction`: 0 to 1, or None."""
        shown = reveal_overrides(message)
        self._text.setText(shown if fraction is None else f"{shown} · {fraction * 100:.0f}\N{NO-BREAK SPACE}%")
        self._bar.setVisible(fraction is not None)
        if fraction is not None:
            self._bar.setValue(round(fraction * _STEPS))
        self._bar.setAccessibleName(shown)
