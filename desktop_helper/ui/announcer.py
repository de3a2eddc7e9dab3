"""Tells a screen reader how an answer goes: that it is prepared, begins and ends. Never piece by piece."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desktop_helper.core.events import (
    Failed,
    Finished,
    FinishReason,
    Notice,
    Progress,
    StreamEvent,
    TextDelta,
    ThinkingDelta,
)
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.qt.running_answers import RunningAnswer
from desktop_helper.ui.announce import announce
from desktop_helper.ui.outcome import notice
from desktop_helper.ui.text_safety import reveal_overrides

if TYPE_CHECKING:
    from desktop_helper.ui.ask_here.question import HereQuestion
    from desktop_helper.ui.conversation import Conversation

PAUSE_S = 5.0  # between two steps of the preparation: a bar that moves says too much
_SPOKEN_CHARS = 300  # of the answer's first paragraph; all of it is there to be read


class Announcer(QObject):
    """Listens to one conversation, or to one question beside a region, and speaks in the name of its window."""

    def __init__(self, conversation: Conversation | HereQuestion, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._answer: RunningAnswer | None = None
        self._said: set[str] = set()
        self._quiet_until = 0.0
        conversation.events.connect(self._on_events)
        conversation.answered.connect(self._on_answered)

    def _on_events(self, answer: RunningAnswer, events: list[StreamEvent]) -> None:
        if answer is not self._answer:
            self._answer, self._said, self._quiet_until = answer, set(), 0.0
        if any(isinstance(event, Finished | Failed) for event in events):
            return  # the end was told already
        for event in events:
            match event:
                case Progress(message=message):
                    if time.monotonic() >= self._quiet_until:
                        self._once(message)
                case Notice(message=message):
                    self._once(message)
                case ThinkingDelta():
                    self._once(tr("The model is thinking."))
                case TextDelta():
                    self._once(tr("The answer begins."))

    def _once(self, sentence: str) -> None:
        if sentence not in self._said:
            self._said.add(sentence)
            self._quiet_until = time.monotonic() + PAUSE_S
            announce(self._window, reveal_overrides(sentence))

    def _on_answered(self, text: str, end: Finished | Failed) -> None:
        if isinstance(end, Failed):
            announce(self._window, str(end.error), urgent=True)
            return
        beginning = text.strip().split("\n\n", 1)[0][:_SPOKEN_CHARS]
        ended = tr("The answer is ready.") if end.reason is FinishReason.STOP else notice(str(end.reason))
        announce(self._window, sentences(ended, reveal_overrides(beginning)))
