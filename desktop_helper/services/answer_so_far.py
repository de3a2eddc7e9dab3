"""What has come of an answer by now, for whoever begins to look at it while it is written, or just after."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from desktop_helper.core.events import (
    Failed,
    Finished,
    Notice,
    Progress,
    StreamEvent,
    TextDelta,
    ThinkingDelta,
    ToolCallRequested,
    UsageReported,
)


class AnswerSoFar:
    """Made when the question is asked. One thread adds and reads.

    `asked`, `first`, `thinking_from` and `thinking_to` are moments of `clock`: of the question, of the first word, and
    from the first of the reasoning to the first of the answer after it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._thinking: list[str] = []
        self._text: list[str] = []
        self.asked = clock()
        self.first: float | None = None
        self.thinking_from: float | None = None
        self.thinking_to: float | None = None
        self.notices: list[str] = []
        self.progress: Progress | None = None  # none any more when something was said
        self.asked_tools = False
        self.usage: UsageReported | None = None
        self.end: Finished | Failed | None = None

    @property
    def text(self) -> str:
        """The answer itself."""
        return "".join(self._text)

    @property
    def thinking(self) -> str:
        """The reasoning before it."""
        return "".join(self._thinking)

    @property
    def thinking_s(self) -> float | None:
        """How long it was reasoned; None before that is over, and without reasoning."""
        if self.thinking_from is None or self.thinking_to is None:
            return None
        return self.thinking_to - self.thinking_from

    def add(self, events: Iterable[StreamEvent]) -> None:
        """More of it. What a window does not show is not kept."""
        for event in events:
            match event:
                case TextDelta(text=text):
                    self._hear(self._text, text)
                    if self.thinking_from is not None and self.thinking_to is None:
                        self.thinking_to = self._clock()
                case ThinkingDelta(text=text):
                    self._hear(self._thinking, text)
                    self.thinking_from = self._clock() if self.thinking_from is None else self.thinking_from
                case Progress():
                    self.progress = event
                case Notice(message=message):
                    self.notices.append(message)
                case ToolCallRequested():
                    self.asked_tools = True
                case UsageReported():
                    self.usage = event.after(self.usage)
                case Finished() | Failed():
                    self.end = event

    def _hear(self, among: list[str], text: str) -> None:
        among.append(text)
        self.progress = None
        if self.first is None:
            self.first = self._clock()
