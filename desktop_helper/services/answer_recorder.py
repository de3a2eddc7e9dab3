"""Saves and times one round of an answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Failed, Finished, UsageReported
from desktop_helper.core.messages import ToolCall
from desktop_helper.services.answer_writer import AnswerWriter
from desktop_helper.services.history_records import STATUS_FAILED

_RETRY_S = 2.0

_How = tuple[str, UsageReported | None, str, tuple[ToolCall, ...], float | None]


class AnswerRecorder:
    """Writes through to the history and goes on without it if the disk refuses: an answer is worth more than its copy.

    What could not be saved is tried again later, also after the answer's end, so a disk that was full for a moment
    costs nothing. `problem` says what is wrong as long as something is not saved.

    Args:
        begin: makes the answer's row, before anything else; None to save nothing.
        owe: takes what is to be saved later (`History.owe`).
    """

    def __init__(
        self, begin: Callable[[], AnswerWriter] | None, owe: Callable[[Callable[[], None]], None] | None = None
    ) -> None:
        self.problem: HelperError | None = None
        self._refusals = 0  # one after the other
        self._begin = begin
        self._owe = owe
        self._writer: AnswerWriter | None = None
        self._thinking: list[str] = []  # not saved yet, like the next two
        self._text: list[str] = []
        self._notices: tuple[str, ...] = ()
        self._notices_saved = True
        self._retry_at = 0.0
        self._try()

    @property
    def message_id(self) -> int | None:
        """The answer's number; None as long as it has no row."""
        return self._writer.message_id if self._writer is not None else None

    @property
    def lasting_problem(self) -> HelperError | None:
        """`problem`, if it was there again when saving was tried again."""
        return self.problem if self._refusals > 1 else None

    def append(self, thinking: str, text: str) -> None:
        """Save a delta before it is shown."""
        if self._begin is None:
            return
        self._thinking.append(thinking)
        self._text.append(text)
        if self.problem is None or time.monotonic() >= self._retry_at:
            self._try()

    def notice(self, message: str) -> None:
        """Save what the reader is told about the answer."""
        if self._begin is None:
            return
        self._notices, self._notices_saved = (*self._notices, message), False
        self._try()

    def finish(
        self,
        end: Finished | Failed,
        usage: UsageReported | None,
        calls: tuple[ToolCall, ...],
        thinking_s: float | None = None,
    ) -> None:
        """Save how it ended, with what could not be saved before; if that is still so, owe it."""
        if self._begin is None:
            return
        status, error = _status(end)
        how = (status, usage, error, calls, thinking_s)
        try:
            self._finish(how)
        except HelperError as problem:
            self.problem = problem
            if self._owe is not None:
                self._owe(partial(self._finish_late, how))
        else:
            self.problem = None

    def _finish(self, how: _How) -> None:
        self._save()
        if self._writer is not None:
            self._writer.finish(*how)

    def _finish_late(self, how: _How) -> None:
        try:
            self._finish(how)
        except HelperError:
            if self._writer is None or not self._writer.lost:
                raise

    def _try(self) -> None:
        try:
            self._save()
        except HelperError as problem:
            self.problem = problem
            self._refusals += 1
            self._retry_at = time.monotonic() + _RETRY_S
        else:
            self.problem, self._refusals = None, 0

    def _save(self) -> None:
        if self._begin is None:
            return
        if self._writer is None:
            self._writer = self._begin()
        if not self._notices_saved:
            self._writer.set_notices(self._notices)
            self._notices_saved = True
        thinking, text = "".join(self._thinking), "".join(self._text)
        if thinking or text:
            self._writer.append(thinking, text)
        self._thinking, self._text = [], []


def _status(end: Finished | Failed) -> tuple[str, str]:
    """What the history calls it, and what the user was told."""
    if isinstance(end, Finished):
        return str(end.reason), ""
    kind = end.error.kind
    same = kind in (ErrorKind.CANCELLED, ErrorKind.INTERRUPTED, ErrorKind.FILTERED)  # Also names of a `FinishReason`.
    return str(kind) if same else STATUS_FAILED, str(end.error)


class Stopwatch:
    """Time to the first token, and tokens per second from there on; and how long was thought before the answer."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._first: float | None = None
        self._last = self._start
        self._thinking_from: float | None = None
        self._thinking_to: float | None = None

    @property
    def thinking_s(self) -> float | None:
        """From the first reasoning to the first text after it, or to the last of all; None without reasoning."""
        if self._thinking_from is None:
            return None
        return (self._thinking_to or self._last) - self._thinking_from

    def tick(self, *, thinking: bool = False) -> bool:
        """A delta has arrived: of the reasoning, or of the answer. Returns whether it is the first one."""
        self._last = time.monotonic()
        if thinking and self._thinking_from is None:
            self._thinking_from = self._last
        if not thinking and self._thinking_from is not None and self._thinking_to is None:
            self._thinking_to = self._last
        if self._first is None:
            self._first = self._last
            return True
        return False

    def complete(self, usage: UsageReported | None) -> UsageReported | None:
        """`usage` with the times that the backend did not tell; None if nothing at all is known."""
        if self._first is None:
            return usage
        usage = usage or UsageReported()
        if usage.ttft_s is None:
            usage = replace(usage, ttft_s=self._first - self._start)
        tokens, seconds = usage.completion_tokens, self._last - self._first
        if usage.tokens_per_s is None and tokens is not None and tokens > 1 and seconds > 0:
            # The first token is in the time to the first token.
            usage = replace(usage, tokens_per_s=(tokens - 1) / seconds)
        return usage
