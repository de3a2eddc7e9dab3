"""The events of an answer as `chat.completion` and as its chunks. Pure."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from desktop_helper.core.events import (
    Failed,
    Finished,
    FinishReason,
    Notice,
    StreamEvent,
    TextDelta,
    ThinkingDelta,
    ToolCallRequested,
    UsageReported,
)
from desktop_helper.core.i18n import tr
from desktop_helper.services.history_rows import storable
from desktop_helper.services.openai_server.refusal import Refusal, of_error, stopping
from desktop_helper.services.openai_server.request import Asked

Json = dict[str, Any]

_REASONS = {
    FinishReason.STOP: "stop",
    FinishReason.LENGTH: "length",
    FinishReason.FILTERED: "content_filter",
    FinishReason.TOOL_CALLS: "tool_calls",
    FinishReason.REPETITION: "length",  # the answer is not complete, and this is the word that says so
}


class Completion:
    """Takes an answer's events and says what a client must be told.

    Args:
        model: the id that we say.
        asked: the request.
    """

    def __init__(self, model: str, asked: Asked) -> None:
        self.finish = ""
        self.usage: UsageReported | None = None
        self._common: Json = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": model}
        self._asked = asked
        self._begun = False
        self._thinking: list[str] = []
        self._text: list[str] = []
        self._calls: list[Json] = []
        self._notices: list[str] = []

    def take(self, event: StreamEvent) -> Iterator[Json]:
        """Note an event; yields what a stream's next `delta` says. Raises `Refusal` for an answer that failed."""
        match event:
            case ThinkingDelta(text) if text:
                self._thinking.append(text)
                yield {"reasoning_content": text}
            case TextDelta(text) if text:
                self._text.append(text)
                if self._asked.forced is None:
                    yield {"content": text}
            case ToolCallRequested(call_id, name, arguments):
                yield self._call(call_id, name, arguments)
            case Notice(message):
                self._notices.append(message)
            case UsageReported():
                self.usage = event
            case Finished(reason):
                yield from self._end(reason)
            case Failed(error):
                raise of_error(error)

    def whole(self) -> Json:
        """The answer in one piece, when it has ended."""
        text = "".join(self._text)
        message: Json = {"role": "assistant", "content": text if text or not self._calls else None, "refusal": None}
        if self._thinking:
            message["reasoning_content"] = "".join(self._thinking)
        if self._calls:
            message["tool_calls"] = self._calls
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": self.finish}
        return {**self._common, "object": "chat.completion", "choices": [choice], **self._figures()}

    def chunk(self, delta: Json) -> Json:
        """A piece of a streamed answer."""
        role = {} if self._begun else {"role": "assistant"}
        self._begun = True
        return self._chunk([{"index": 0, "delta": role | delta, "logprobs": None, "finish_reason": None}])

    def last_chunks(self) -> Iterator[Json]:
        """What ends a stream: why it ended, and the token counts if they were asked for."""
        figures = self._figures()
        usage = figures.pop("usage", None)
        ending = {"index": 0, "delta": {}, "logprobs": None, "finish_reason": self.finish}
        yield self._chunk([ending]) | figures
        if self._asked.usage:
            yield self._chunk([]) | {"usage": usage}

    def _chunk(self, choices: list[Json]) -> Json:
        # With usage asked for, OpenAI's chunks have an empty one until the last.
        usage: Json = {"usage": None} if self._asked.usage else {}
        return {**self._common, "object": "chat.completion.chunk", "choices": choices, **usage}

    def _call(self, call_id: str, name: str, arguments: str) -> Json:
        call_id = call_id or f"call_{uuid.uuid4().hex}"
        function = {"name": storable(name), "arguments": storable(arguments)}
        call = {"id": call_id, "type": "function", "function": function}
        self._calls.append(call)
        return {"tool_calls": [{"index": len(self._calls) - 1, **call}]}

    def _end(self, reason: FinishReason) -> Iterator[Json]:
        if reason is FinishReason.CANCELLED:
            raise stopping()
        if reason is FinishReason.INTERRUPTED:
            raise Refusal(503, tr("The answer broke off."), tr("Ask again."), code="interrupted")
        yield from self._forced_call()
        called = self._calls and reason is FinishReason.STOP
        self.finish = "tool_calls" if called else _REASONS[reason]

    def _forced_call(self) -> Iterator[Json]:
        """The text of an answer that had to be a call."""
        forced, text = self._asked.forced, "".join(self._text)
        if forced is None or not text.strip():
            return
        call = None if self._calls else forced.call(text)
        if call is None:
            yield {"content": text}
            return
        self._text.clear()
        yield self._call("", *call)

    def _figures(self) -> Json:
        """Token counts as OpenAI says them, speed as llama-server does, and what the backend wants to be known."""
        made: Json = {"notices": self._notices} if self._notices else {}
        usage = self.usage
        if usage is None or (usage.prompt_tokens is None and usage.completion_tokens is None):
            return made
        prompt, said, cached = usage.prompt_tokens or 0, usage.completion_tokens or 0, usage.cached_tokens or 0
        made["usage"] = {
            "prompt_tokens": prompt,
            "completion_tokens": said,
            "total_tokens": prompt + said,
            "prompt_tokens_details": {"cached_tokens": cached},
        }
        timings: Json = {"prompt_n": max(0, prompt - cached), "cache_n": cached, "predicted_n": said}
        if usage.ttft_s is not None:
            timings["prompt_ms"] = round(usage.ttft_s * 1000, 1)
        if usage.tokens_per_s is not None:
            timings["predicted_per_second"] = round(usage.tokens_per_s, 2)
        return made | {"timings": timings}


def joined(events: Sequence[StreamEvent]) -> Iterator[StreamEvent]:
    """The same, with deltas that follow each other as one: those that wait for the reader need no piece each."""
    for kind, group in groupby(events, key=type):
        if issubclass(kind, TextDelta | ThinkingDelta):
            yield kind("".join(event.text for event in group if isinstance(event, TextDelta | ThinkingDelta)))
        else:
            yield from group
