"""One model on the page: its name, what there is to know, how far its download is, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from desktop_helper.core.errors import HelperError
from desktop_helper.ui.elided_label import ElidedLabel
from desktop_helper.ui.settings.page import StatusLine, label
from desktop_helper.ui.theme import SIZES, SPACE_1, SPACE_2, SPACE_3, SPACE_4, Theme, set_role

_STEPS = 1000
_LARGE = 1.4  # times the usual text size


@dataclass(frozen=True, slots=True)
class Action:
    """A button: its word, what it does, and the stylesheet's variant."""

    text: str
    do: Callable[[], None]
    role: str = ""


class ModelRow(QFrame):
    """A card. The page tells it what to show.

    Args:
        title: the model's name, shortened where there is no room.
    """

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self._title = title
        self.setAccessibleName(title)
        name = ElidedLabel(title)
        set_role(name, "heading")
        self._pill = ElidedLabel()
        set_role(self._pill, "pill-ok")
        self._pill.hide()
        self._detail = label("", "secondary")
        self._bar = QProgressBar()
        self._bar.setRange(0, _STEPS)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(title)
        self._bar.hide()
        self._status = StatusLine()
        self.buttons: list[QPushButton] = []
        self._actions: tuple[str, ...] = ()
        self._build(name)

    @property
    def text(self) -> str:
        """What it says, for tests and screen readers."""
        return f"{self._detail.text()} {self._status.text}".strip()

    @property
    def fraction(self) -> float | None:
        """How far the bar is; None if there is none."""
        return None if self._bar.isHidden() else self._bar.value() / _STEPS

    def describe(self, detail: str, *, pill: str = "", problem: HelperError | None = None, note: str = "") -> None:
        """What there is to know; `note` is no problem yet."""
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))
        self.setAccessibleDescription(f"{pill} {detail}".strip())
        self._pill.set_full_text(pill)
        self._pill.setVisible(bool(pill))
        if problem is not None:
            self._status.show_problem(problem.message, problem.fix)
        elif note:
            self._status.show_note(note)
        else:
            self._status.clear()

    def show_fraction(self, fraction: float | None) -> None:
        """How far it is, between 0 and 1; None takes the bar away."""
        self._bar.setVisible(fraction is not None)
        self._bar.setValue(round((fraction or 0.0) * _STEPS))

    def offer(self, actions: Sequence[Action]) -> None:
        """The buttons. Who had the keyboard on one of them has it on the first of the new ones."""
        had_focus = any(button.hasFocus() for button in self.buttons)
        for button in self.buttons:
            self._buttons_row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = [self._button(action) for action in actions]
        if had_focus and self.buttons:
            self.buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _button(self, action: Action) -> QPushButton:
        button = QPushButton(action.text)
        button.setAccessibleName(f"{action.text}: {self._title}")
        if action.role:
            set_role(button, action.role)
        button.clicked.connect(lambda _checked: action.do())
        self._buttons_row.addWidget(button)
        button.show()  # now, since what is not shown cannot have the keyboard
        return button

    def _build(self, name: ElidedLabel) -> None:
        heading = QHBoxLayout()
        heading.setSpacing(SPACE_2)
        heading.addWidget(name)
        heading.addWidget(self._pill)
        heading.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(SPACE_1)
        words.addLayout(heading)
        words.addWidget(self._detail)
        top = QHBoxLayout()
        top.setSpacing(SPACE_3)
        top.addLayout(words, 1)
        self._buttons_row = QHBoxLayout()
        self._buttons_row.setSpacing(SPACE_2)
        large = Theme.current().size("body") >= _LARGE * SIZES["body"]
        if large:  # words and buttons have no room beside each other
            self._buttons_row.setAlignment(Qt.AlignmentFlag.AlignLeft)
        else:
            top.addLayout(self._buttons_row)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_4, SPACE_3, SPACE_3, SPACE_3)
        layout.setSpacing(SPACE_2)
        layout.addLayout(top)
        layout.addWidget(self._bar)
        layout.addWidget(self._status)
        if large:
            layout.addLayout(self._buttons_row)
