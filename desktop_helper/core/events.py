"""What a backend yields while it answers.

Every stream ends in exactly one terminal event, `Finished` or `Failed`. A stream that ends without one was cut off, and
`services.answer_session` says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from desktop_helper.core.errors import HelperError


class FinishReason(StrEnum):
    """Why an answer ended."""

    STOP = "stop"
    LENGTH = "length"  # the output limit or the context was reached
    FILTERED = "filtered"  # the provider's content filter stepped in
    TOOL_CALLS = "tool_calls"
    CANCELLED = "cancelled"  # the user pressed Stop
    INTERRUPTED = "interrupted"  # the connection or the worker went away
    REPETITION = "repetition"  # the model said the same again and again, and was stopped


@dataclass(frozen=True, slots=True)
class Progress:
    """Something happens before or between tokens.

    Args:
        message: what.
        fraction: 0..1, or None if it cannot be known.
        notable: why nothing comes for a while, which belongs into a log too; other steps are only for who looks on.
        asked_again: what came so far was given up before it was counted, and the same is asked once more.
    """

    message: str
    fraction: float | None = None
    notable: bool = False
    asked_again: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the reader must know about this answer and is no failure, e.g. a picture that was left out."""

    message: str


@dataclass(frozen=True, slots=True)
class ThinkingDelta:
    """More of the model's reasoning."""

    text: str


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More of the answer, as Markdown."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCallRequested:
    """The model asks for a tool; `arguments` is the JSON text exactly as the model wrote it."""

    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class UsageReported:
    """Token counts and speed. `None` where the backend does not know; times are seconds.

    `cost` and `currency` (three letters) are told of models whose price is known (`services.metered_backend`).
    """

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cached_tokens: int | None = None
    ttft_s: float | None = None
    tokens_per_s: float | None = None
    cost: float | None = None
    currency: str | None = None

    def after(self, earlier: UsageReported | None) -> UsageReported:
        """Of an answer that went on after a tool: the numbers of this round, and what both have cost."""
        if earlier is None or earlier.cost is None or earlier.currency != (self.currency or earlier.currency):
            return self
        return replace(self, cost=earlier.cost + (self.cost or 0.0), currency=earlier.currency)


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer is over. Terminal.

    Args:
        reason: why.
        full: for `LENGTH`: known to be the context; another limit for the answer would change nothing.
    """

    reason: FinishReason = FinishReason.STOP
    full: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """The answer could not be given, or not to its end. Terminal."""

    error: HelperError


StreamEvent = Progress | Notice | ThinkingDelta | TextDelta | ToolCallRequested | UsageReported | Finished | Failed
