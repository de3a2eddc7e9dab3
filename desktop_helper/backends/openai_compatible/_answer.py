"""Reads the chunks of one streamed answer. Tolerant: servers differ in what they leave out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from desktop_helper.core.events import (
    FinishReason,
    StreamEvent,
    TextDelta,
    ThinkingDelta,
    ToolCallRequested,
    UsageReported,
)
from desktop_helper.core.splitter import Splitter

# Those that are missing here are failures, see `_failures.FINISHES`.
_FINISHES = {
    "stop": FinishReason.STOP,
    "eos": FinishReason.STOP,
    "end_turn": FinishReason.STOP,
    "length": FinishReason.LENGTH,
    "max_tokens": FinishReason.LENGTH,
    "model_context_window_exceeded": FinishReason.LENGTH,
    "sensitive": FinishReason.FILTERED,
    "content_filter": FinishReason.FILTERED,
    "tool_calls": FinishReason.TOOL_CALLS,
    "function_call": FinishReason.TOOL_CALLS,
}


class ServerSaidError(Exception):
    """An error object inside a stream, or in the place of one."""

    def __init__(self, error: object) -> None:
        super().__init__("the server sent an error")
        self.error = error


@dataclass(slots=True)
class _ToolCall:
    call_id: str = ""
    name: str = ""
    arguments: str = ""


class AnswerReader:
    """Chunks to events.

    Attributes:
        finish: the finish reason as the server wrote it; empty until it came.
        begun: whether anything that the user sees came.
    """

    def __init__(self, *, starts_thinking: bool) -> None:
        self.finish = ""
        self.begun = False
        self._splitter = Splitter(thinking=starts_thinking)
        self._tools: list[tuple[object, _ToolCall]] = []
        self._usage: Mapping[str, Any] | None = None

    def read(self, data: object) -> Iterator[StreamEvent]:
        """Take one decoded chunk, or a whole answer from a server that does not stream.

        Raises:
            ServerSaidError: it is an error.
        """
        if not isinstance(data, dict):
            return
        if data.get("error"):
            raise ServerSaidError(data["error"])
        if isinstance(data.get("usage"), dict):
            self._usage = data["usage"]
        for choice in _dicts(data.get("choices")):
            if choice.get("index") or self.finish:
                continue  # we asked for one answer
            yield from self._delta(choice.get("delta") or choice.get("message"))
            if isinstance(choice.get("finish_reason"), str):
                self.finish = choice["finish_reason"]

    def end(self) -> Iterator[StreamEvent]:
        """What was held back, the tool calls and the usage; not the terminal event."""
        yield from self._seen(self._splitter.close())
        for _, call in self._tools:
            yield ToolCallRequested(call.call_id or f"call_{call.name}", call.name, call.arguments or "{}")
        if self._usage is not None:
            yield _usage(self._usage)

    @property
    def reason(self) -> FinishReason | None:
        """Why the answer ended, or None if it did not end well."""
        if self._tools and self.finish in ("stop", "tool_calls", "function_call"):
            return FinishReason.TOOL_CALLS  # some servers say `stop` then
        return _FINISHES.get(self.finish)

    def _delta(self, delta: object) -> Iterator[StreamEvent]:
        if not isinstance(delta, dict):
            return
        thinking = delta.get("reasoning_content") or delta.get("reasoning")
        if isinstance(thinking, str) and thinking:
            yield from self._seen(self._splitter.feed_thinking(thinking))
        text = delta.get("content")
        if isinstance(text, str) and text:
            yield from self._seen(self._splitter.feed(text))
        for part in _dicts(delta.get("tool_calls")):
            self._tool(part)

    def _seen(self, deltas: list[ThinkingDelta | TextDelta]) -> list[ThinkingDelta | TextDelta]:
        self.begun = self.begun or bool(deltas)
        return deltas

    def _tool(self, part: dict[str, Any]) -> None:
        call_id, index = part.get("id") or "", part.get("index")
        call = next((call for key, call in reversed(self._tools) if key == index), None)
        if call is None or (call_id and call.call_id and call_id != call.call_id):
            call = _ToolCall()  # some servers give every call the same index, or none
            self._tools.append((index, call))
        function = part.get("function") or {}
        call.call_id = call.call_id or str(call_id)
        call.name = call.name or str(function.get("name") or "")
        call.arguments += str(function.get("arguments") or "")


def _dicts(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _usage(usage: Mapping[str, Any]) -> UsageReported:
    details = usage.get("prompt_tokens_details")
    return UsageReported(
        prompt_tokens=_count(usage, "prompt_tokens"),
        completion_tokens=_count(usage, "completion_tokens"),
        cached_tokens=_count(details, "cached_tokens") if isinstance(details, dict) else None,
    )


def _count(values: Mapping[str, Any], key: str) -> int | None:
    value = values.get(key)
    return value if isinstance(value, int) and value >= 0 else None
