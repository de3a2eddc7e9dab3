"""How an answer ended, in words: a card for an error, one quiet line for an answer that is not whole."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import FinishReason
from desktop_helper.core.i18n import tr
from desktop_helper.ui.icons import pixmap
from desktop_helper.ui.text_safety import reveal_overrides
from desktop_helper.ui.theme import SPACE_1, SPACE_2, SPACE_3, Theme, set_role

_SENTENCE = re.compile(r".+?(?:[.!?](?=\s)|[。！？])", re.DOTALL)
_IN_SETTINGS = (ErrorKind.AUTH, ErrorKind.CONFIG, ErrorKind.BALANCE, ErrorKind.MODEL, ErrorKind.NETWORK)


def notice(status: str) -> str:
    """One line for an answer that is not whole; empty for one that is."""
    match status:
        case FinishReason.CANCELLED:
            return tr("Stopped.")
        case FinishReason.INTERRUPTED:
            return tr("The answer was interrupted before it was complete.")
        case FinishReason.LENGTH:
            return tr("The answer was cut: it reached the length limit.")
        case FinishReason.FILTERED:
            return tr("The provider's content filter stopped the answer.")
        case FinishReason.REPETITION:
            return tr("The model began to repeat itself and was stopped.")
    return ""


class OutcomeCard(QFrame):
    """What happened, why, what to do next, and the button for it.

    Signals:
        retry_requested: ask the same again. settings_requested: the fix is in the settings.
        edit_requested: the fix is another question.
    """

    retry_requested = Signal()
    settings_requested = Signal()
    edit_requested = Signal()

    def __init__(self, error: HelperError | str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "error")
        kind = error.kind if isinstance(error, HelperError) else None
        message, fix = (error.message, error.fix) if isinstance(error, HelperError) else _taken_apart(error)
        self._sign = QLabel()
        words = QVBoxLayout()
        words.setSpacing(SPACE_1)
        words.addWidget(sentence(message, ""))
        if fix:
            words.addWidget(sentence(fix, "dim"))
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_2)
        buttons.setContentsMargins(0, SPACE_1, 0, 0)
        if kind is ErrorKind.LENGTH:
            buttons.addWidget(self._button(tr("Edit the question"), self.edit_requested))
        buttons.addWidget(self._button(tr("Try again"), self.retry_requested))
        if kind in _IN_SETTINGS:
            buttons.addWidget(self._button(tr("Open settings"), self.settings_requested))
        buttons.addStretch(1)
        words.addLayout(buttons)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_3, SPACE_3, SPACE_3, SPACE_3)
        layout.setSpacing(SPACE_2)
        layout.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        self.setAccessibleName(message)
        self.setAccessibleDescription(fix)
        Theme.current().changed.connect(self._tint)
        self._tint()

    def _button(self, label: str, signal: SignalInstance) -> QPushButton:
        button = QPushButton(label)
        button.clicked.connect(signal)
        return button

    def _tint(self) -> None:
        side = Theme.current().icon_px(18)
        self._sign.setPixmap(pixmap("warning", "bad", side, self.devicePixelRatioF()))


def _taken_apart(stored: str) -> tuple[str, str]:
    """What happened and what to do, of an error that the history keeps as one text."""
    first = _SENTENCE.match(stored)
    return (first.group(), stored[first.end() :].strip()) if first else (stored, "")


def sentence(text: str, role: str) -> QLabel:
    """Plain text that wraps and can be copied."""
    label = QLabel(reveal_overrides(text))
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if role:
        set_role(label, role)
    return label
