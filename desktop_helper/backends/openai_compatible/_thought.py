"""When a model has thought enough: its server may know no budget, and none of them knows a hurry."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from desktop_helper.backends.openai_compatible._quirks import Quirks
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import StreamEvent, TextDelta, ThinkingDelta
from desktop_helper.core.messages import ChatRequest, Thinking

_BYTES = 4  # of UTF-8 in a token: four letters of English, or one and a half Chinese characters


class EnoughThoughtError(Exception):
    """The answer is to follow without more thinking."""


class Thought:
    """How much was thought in one answer. `hurry` may come from any thread.

    Args:
        budget: tokens of thinking after which the answer is to follow; None for no such limit.
        can_end: whether this server answers without thinking if it is asked to.
    """

    def __init__(self, budget: int | None, *, can_end: bool) -> None:
        self._limit = None if budget is None else budget * _BYTES
        self._can_end = can_end
        self._enough = self._answering = False
        self._bytes = 0
        self._lock = threading.Lock()
        self._stop = CancelToken()

    @classmethod
    def of(cls, request: ChatRequest, quirks: Quirks) -> Thought:
        """For one answer; the server's own budget comes before ours."""
        asked = request.sampling
        budget = None if quirks.thinking_budget_field else asked.thinking_budget
        can_end = can_end_thinking(quirks) and asked.thinking is not Thinking.OFF
        return cls(budget, can_end=can_end)

    @property
    def enough(self) -> bool:
        """Whether the answer is to be asked for without more thinking."""
        return self._enough

    @contextmanager
    def stopping(self, cancel: CancelToken) -> Iterator[CancelToken]:
        """What ends the call: `cancel`, or a hurry."""
        if not self._can_end:
            yield cancel
            return
        forget = cancel.on_cancel(self._stop.cancel)
        try:
            yield self._stop
        finally:
            forget()

    def hurry(self) -> bool:
        """The answer is to follow at once. False if that cannot be, or it has begun."""
        with self._lock:
            if not self._can_end or self._answering:
                return False
            self._enough = True
        self._stop.cancel()
        return True

    def take(self, event: StreamEvent) -> None:
        """Note what is about to be shown. Raises `EnoughThoughtError` if it is not to be."""
        if self._answering or not self._can_end or not isinstance(event, ThinkingDelta | TextDelta):
            return
        with self._lock:
            if isinstance(event, ThinkingDelta):
                self._bytes += len(event.text.encode())
                self._enough = self._enough or (self._limit is not None and self._bytes > self._limit)
            if self._enough:
                raise EnoughThoughtError
            self._answering = isinstance(event, TextDelta)

    def end(self) -> None:
        """It is asked to answer without: whatever it thinks now is not counted."""
        with self._lock:
            self._can_end = self._enough = False


def without_thinking(request: ChatRequest) -> ChatRequest:
    """The same, to be answered at once."""
    return replace(request, sampling=replace(request.sampling, thinking=Thinking.OFF, thinking_budget=None))


def can_end_thinking(quirks: Quirks) -> bool:
    """Whether a server of this kind can be told not to think, or to think little."""
    return quirks.thinking_style in ("zai", "chat_template_kwargs") or bool(quirks.effort_off)


def can_answer_now(quirks: Mapping[str, Any]) -> bool:
    """The same of the quirks of a profile; False for those that cannot be read, which the question will tell."""
    try:
        return can_end_thinking(Quirks.of(quirks))
    except HelperError:
        return False
