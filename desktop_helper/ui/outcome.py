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
_CANNOT_GO_ON = (ErrorKind.LENGTH, ErrorKind.FILTERED)  # more of the same would end in the same way
_GOES_ON = (FinishReason.INTERRUPTED, FinishReason.LENGTH)
_IN_SETTINGS = (
    ErrorKind.AUTH,
    ErrorKind.CONFIG,
    ErrorKind.BALANCE,
    ErrorKind.LIMIT,
    ErrorKind.MODEL,
    ErrorKind.NETWORK,
)


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
            return tr("The provider's content filter stopped the answer. Ask in another way, or use a local model.")
        case FinishReason.REPETITION:
            return tr("The model began to repeat itself and was stopped.")
    return ""


class OutcomeCard(QFrame):
    """What happened, why, what to do next, and the button for it.

    Signals:
        retry_requested: ask the same again. settings_requested: the fix is in the settings.
        allowed: send it although it passes the user's limit.
        edit_requested: the fix is another question. continue_requested: the model is to go on where it stopped.

    Args:
        begun: whether there are words of the answer.
    """

    continue_requested = Signal()
    retry_requested = Signal()
    settings_requested = Signal()
    edit_requested = Signal()
    allowed = Signal()

    def __init__(self, error: HelperError | str, parent: QWidget | None = None, *, begun: bool = False) -> None:
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
        if begun and kind not in _CANNOT_GO_ON:
            buttons.addWidget(_button(tr("Continue"), self.continue_requested))
        if kind is ErrorKind.LENGTH:
            buttons.addWidget(_button(tr("Edit the question"), self.edit_requested))
        if kind is ErrorKind.LIMIT:
            buttons.addWidget(_button(tr("Send anyway"), self.allowed))
        else:
            buttons.addWidget(_button(tr("Try again"), self.retry_requested))
        if kind in _IN_SETTINGS:
            buttons.addWidget(_button(tr("Open settings"), self.settings_requested))
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

    def _tint(self) -> None:
        side = Theme.current().icon_px(18)
        self._sign.setPixmap(pixmap("warning", "bad", side, self.devicePixelRatioF()))


class EndingLine(QWidget):
    """The quiet line below an answer that is not whole, with what can be done about it. Hidden while there is none.

    Signals:
        continue_requested, retry_requested: as of `OutcomeCard`.
        unthinking_requested: ask the same again, to be answered without thinking.
    """

    continue_requested = Signal()
    unthinking_requested = Signal()
    retry_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = sentence("", "secondary")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(SPACE_1)
        self._layout.addWidget(self._line)
        self.hide()

    def show_ending(self, line: str, status: str, *, begun: bool, only_thought: bool = False) -> None:
        """Say how it ended; nothing for a whole answer. Called once. `begun`: there are words of it."""
        self._line.setText(line)
        if status in _GOES_ON:  # few answers do: the others need no buttons
            buttons = QHBoxLayout()
            buttons.setSpacing(SPACE_2)
            if begun:
                buttons.addWidget(_button(tr("Continue"), self.continue_requested))
            elif only_thought:
                buttons.addWidget(_button(tr("Answer without thinking"), self.unthinking_requested))
            buttons.addWidget(_button(tr("Try again"), self.retry_requested))
            buttons.addStretch(1)
            self._layout.addLayout(buttons)
        self.setVisible(bool(line))


def _button(label: str, signal: SignalInstance) -> QPushButton:
    button = QPushButton(label)
    button.clicked.connect(signal)
    return button


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
