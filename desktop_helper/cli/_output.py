"""How `ask` prints what happens: for people and pipes, or as JSON lines for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Protocol

from desktop_helper.cli._terminal import CLEAR_LINE, DIM, PLAIN, harmless, is_terminal, one_line
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import (
    Failed,
    Finished,
    FinishReason,
    Notice,
    Progress,
    StreamEvent,
    TextDelta,
    ThinkingDelta,
    ToolCallRequested,
    UsageReported,
)
from desktop_helper.core.i18n import tr
from desktop_helper.services.money import money_text

_MONEY = ("cost", "currency")
if TYPE_CHECKING:
    from desktop_helper.services.budget import Budget

EXIT_CODES = {
    FinishReason.STOP: 0,
    FinishReason.TOOL_CALLS: 0,
    FinishReason.CANCELLED: 5,
    FinishReason.INTERRUPTED: 5,
    FinishReason.LENGTH: 6,
    FinishReason.FILTERED: 6,
    FinishReason.REPETITION: 6,
}


class Output(Protocol):
    """Where the events of an answer go."""

    def show(self, event: StreamEvent) -> None:
        """Print one event at once."""
        ...

    def note(self, text: str) -> None:
        """Say something about the question, e.g. that pages were left out."""
        ...

    def budget(self, budget: Budget) -> None:
        """Tell what would be sent."""
        ...

    def tools(self, names: Sequence[str]) -> None:
        """Tell which tools the model would be offered."""
        ...

    def fail(self, error: HelperError) -> None:
        """Say that there will be no answer, or no more of it."""
        ...


class JsonOutput:
    """One event a line on standard output; the keys are a contract."""

    def show(self, event: StreamEvent) -> None:
        """Print one event."""
        match event:
            case TextDelta(text):
                self._line("text", text=text)
            case ThinkingDelta(text):
                self._line("thinking", text=text)
            case Progress(message, fraction):
                self._line("progress", message=message, fraction=fraction)
            case Notice(message):
                self._line("notice", message=message)
            case ToolCallRequested(call_id, name, arguments):
                self._line("tool", call_id=call_id, name=name, arguments=arguments)
            case UsageReported():
                self._line("usage", **_reported(event))
            case Finished(reason):
                self._line("finished", reason=reason.value)
            case Failed(error):
                self.fail(error)

    def note(self, text: str) -> None:
        """A note is progress that has no number."""
        self.show(Progress(text))

    def budget(self, budget: Budget) -> None:
        """Print a `budget` event."""
        from desktop_helper.services.budget import described

        self._line("budget", **described(budget))

    def tools(self, names: Sequence[str]) -> None:
        """Print a `tools` event, also if there are none."""
        self._line("tools", names=list(names))

    def fail(self, error: HelperError) -> None:
        """Print an `error` event."""
        self._line("error", kind=error.kind.value, message=error.message, fix=error.for_command_line.fix)

    def _line(self, line_type: str, **values: object) -> None:
        print(json.dumps({"type": line_type, **values}), flush=True)


class PlainOutput:
    """The answer on standard output, everything else on standard error.

    Args:
        show_thinking: print the model's reasoning even if nobody looks at standard error.
    """

    def __init__(self, *, show_thinking: bool) -> None:
        self._watched = is_terminal(sys.stderr)
        self._show_thinking = show_thinking or self._watched
        self._on_terminal = is_terminal(sys.stdout)
        self._clean = harmless if self._on_terminal else str
        self._noted: list[str] = []
        self._in_progress = False
        self._in_thinking = False
        self._last = "\n"
        self._answered = self._thought = False
        self._usage: UsageReported | None = None

    def show(self, event: StreamEvent) -> None:
        """Print one event."""
        match event:
            case TextDelta(text) if text:
                self._leave_thinking()
                self._last = text[-1]
                self._answered = True
                print(self._clean(text), end="", flush=True)
            case ThinkingDelta(text):
                self._thought = True
                self._think(text)
            case Progress(message, fraction) if self._watched:
                self._progress(message, fraction)
            case Notice(message) | Progress(message, notable=True):
                self.note(message)
            case ToolCallRequested(_, name, _):
                self.note(tr("The model asks for the tool {name}.", name=name))
            case UsageReported() if self._watched:
                self._usage = event.after(self._usage)
            case Finished(reason, full):
                only_thought = self._thought and not self._answered and reason is FinishReason.LENGTH
                nothing = not self._answered and not self._thought and reason is FinishReason.STOP
                self._finish(
                    _only_thought(full=full) if only_thought else _nothing() if nothing else _ending(reason, full=full)
                )
                if self._usage is not None and (told := _measured(self._usage)):
                    print(f"{DIM}{told}{PLAIN}", file=sys.stderr, flush=True)
            case Failed(error):
                self.fail(error)

    def note(self, text: str) -> None:
        """Print a line on standard error."""
        self._leave_thinking()
        self._noted.append(text)
        print(one_line(text), file=sys.stderr, flush=True)

    def budget(self, budget: Budget) -> None:
        """Print the table on standard output; names come from files. What is read above it is not said again."""
        from desktop_helper.services import budget_table

        seen = self._noted if self._watched and self._on_terminal else ()
        for line in budget_table.lines(budget, seen):
            print(harmless(line), flush=True)

    def tools(self, names: Sequence[str]) -> None:
        """Print a line for each."""
        for name in names:
            print(tr("Tool: {name}", name=name), flush=True)

    def fail(self, error: HelperError) -> None:
        """End the answer, if it has begun, and say why."""
        self._finish(f"desktop-helper: {error.for_command_line}")

    def _finish(self, last_words: str) -> None:
        self._leave_thinking()
        if self._last != "\n":
            print(flush=True)
        if last_words:
            print(one_line(last_words), file=sys.stderr, flush=True)

    def _think(self, text: str) -> None:
        if not self._show_thinking or not text:
            return
        self._clear_progress()
        if not self._in_thinking and self._watched:
            print(DIM, end="", file=sys.stderr)
        self._in_thinking = True
        print(harmless(text), end="", file=sys.stderr, flush=True)

    def _leave_thinking(self) -> None:
        self._clear_progress()
        if self._in_thinking:
            self._in_thinking = False
            print(f"{PLAIN if self._watched else ''}\n", file=sys.stderr, flush=True)

    def _progress(self, message: str, fraction: float | None) -> None:
        if self._in_thinking or self._last != "\n":
            return  # it would tear the text apart
        percent = "" if fraction is None else f" {fraction:.0%}"
        print(f"{CLEAR_LINE}{one_line(message)}{percent}", end="", file=sys.stderr, flush=True)
        self._in_progress = True

    def _clear_progress(self) -> None:
        if self._in_progress:
            self._in_progress = False
            print(CLEAR_LINE, end="", file=sys.stderr, flush=True)


def _reported(usage: UsageReported) -> dict[str, object]:
    """All of it; what it cost only where that is known."""
    return {name: value for name, value in asdict(usage).items() if name not in _MONEY or value is not None}


def _measured(usage: UsageReported) -> str:
    """Speed and counts, as far as they are known."""
    parts = []
    if usage.ttft_s is not None:
        parts.append(tr("{seconds} s to first token", seconds=f"{usage.ttft_s:.1f}"))
    if usage.tokens_per_s is not None:
        parts.append(tr("{speed} tokens/s", speed=f"{usage.tokens_per_s:.0f}"))
    if usage.prompt_tokens is not None:
        parts.append(tr("{count} tokens read", count=f"{usage.prompt_tokens - (usage.cached_tokens or 0):,}"))
    if usage.cached_tokens:
        parts.append(tr("{count} known already", count=f"{usage.cached_tokens:,}"))
    if usage.cost is not None and usage.currency:
        parts.append(money_text(usage.cost, usage.currency) if usage.cost else tr("free"))
    return " · ".join(parts)


def _only_thought(*, full: bool) -> str:
    if full:
        return tr("The thinking filled the context before an answer began; pass --thinking-budget or --thinking off.")
    return tr(
        "The thinking used up the length limit before an answer began; raise --max-tokens, or pass --thinking off."
    )


def _nothing() -> str:
    return tr("The model ended without a word; ask in another way.")


def _ending(reason: FinishReason, *, full: bool) -> str:
    """What the user must know about how an answer ended. If the context is full, that has been said."""
    if full:
        return ""
    return {
        FinishReason.LENGTH: tr("The answer was cut off, since it reached the length limit; raise --max-tokens."),
        FinishReason.FILTERED: tr("The answer was cut off by the provider's content filter; ask in another way."),
        FinishReason.REPETITION: tr("The answer was stopped, since the model repeated itself; ask in another way."),
        FinishReason.INTERRUPTED: tr(
            "The connection broke before the answer was complete; let it go on with --continue, or ask again."
        ),
        FinishReason.CANCELLED: tr("Stopped."),
    }.get(reason, "")
