"""Saves and times one round of an answer."""

from __future__ import annotations

import time
from dataclasses import replace

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Failed, Finished, UsageReported
from desktop_helper.core.messages import ToolCall
from desktop_helper.services.answer_writer import AnswerWriter
from desktop_helper.services.history_records import STATUS_FAILED

_RETRY_S = 2.0


class AnswerRecorder:
    """Writes through to the history and goes on without it if the disk refuses: an answer is worth more than its copy.

    What could not be saved is tried again later, so a disk that was full for a moment costs nothing. `problem` says
    what is wrong as long as something is not saved.
    """

    def __init__(self, writer: AnswerWriter | None) -> None:
        self.problem: HelperError | None = None
        self._writer = writer
        self._unsaved = ("", "")
        self._notices: tuple[str, ...] = ()
        self._notices_saved = True
        self._retry_at = 0.0

    def append(self, thinking: str, text: str) -> None:
        """Save a delta before it is shown."""
        if self._writer is None:
            return
        self._unsaved = (self._unsaved[0] + thinking, self._unsaved[1] + text)
        if self.problem is None or time.monotonic() >= self._retry_at:
            self._save(self._writer)

    def notice(self, message: str) -> None:
        """Save what the reader is told about the answer."""
        if self._writer is None:
            return
        self._notices, self._notices_saved = (*self._notices, message), False
        self._save(self._writer)

    def finish(self, end: Finished | Failed, usage: UsageReported | None, calls: tuple[ToolCall, ...]) -> None:
        """Save how it ended."""
        if self._writer is None:
            return
        if self.problem is not None:
            self._save(self._writer)
        if isinstance(end, Finished):
            status, error = str(end.reason), ""
        else:
            kind = end.error.kind
            same = kind in (ErrorKind.CANCELLED, ErrorKind.INTERRUPTED)  # Also names of a `FinishReason`.
            status, error = str(kind) if same else STATUS_FAILED, str(end.error)
        try:
            self._writer.finish(status, usage, error, calls)
        except HelperError as problem:
            self.problem = problem

    def _save(self, writer: AnswerWriter) -> None:
        try:
            if not self._notices_saved:
                writer.set_notices(self._notices)
                self._notices_saved = True
            if any(self._unsaved):
                writer.append(*self._unsaved)
        except HelperError as problem:
            self.problem = problem
            self._retry_at = time.monotonic() + _RETRY_S
        else:
            self.problem = None
            self._unsaved = ("", "")


class Stopwatch:
    """Time to the first token, and tokens per second from there on."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._first: float | None = None
        self._last = self._start

    def tick(self) -> bool:
        """A delta has arrived. Returns whether it is the first one."""
        self._last = time.monotonic()
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
