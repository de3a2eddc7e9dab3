"""How a kind of server writes what it says: the words of a scenario to the bytes of its accent."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

USAGE = {
    "prompt_tokens": 1205,
    "completion_tokens": 17,
    "total_tokens": 1222,
    "prompt_tokens_details": {"cached_tokens": 1000},
}
INLINE = "inline"


@dataclass(frozen=True, slots=True)
class Dialect:
    """One file of `resources/scenarios/dialects`.

    Args:
        name: of the file.
        provider: the provider file whose quirks suit it.
        model: an id as such servers know it.
        thinking: the field of a delta that the reasoning comes in; `inline` if it is in the text, between tags.
        usage: `with_finish`, `own_chunk` (without choices) or `none`.
        done: whether a stream ends with `[DONE]`.
        keep_alive: a comment ahead of each answer; empty for none.
        chunk: what each chunk has besides its choices.
        first: the delta of the first chunk.
        error: an error body; `{message}`, `{code}` and, as a number, `{status}` are filled in.
    """

    name: str
    provider: str
    model: str
    thinking: str = "reasoning_content"
    usage: str = "with_finish"
    done: bool = True
    keep_alive: str = ""
    chunk: Mapping[str, Any] = field(default_factory=dict)
    first: Mapping[str, Any] = field(default_factory=dict)
    error: Any = None

    def opening(self) -> Iterator[bytes]:
        """Ahead of the first word."""
        if self.keep_alive:
            yield comment(self.keep_alive)
        yield self.delta(self.first)

    def thought(self, text: str, piece: int) -> Iterator[bytes]:
        """Reasoning, in deltas of `piece` characters."""
        if self.thinking == INLINE:
            yield from self.said(f"<think>{text}</think>", piece)
        else:
            yield from (self.delta({self.thinking: part}) for part in pieces(text, piece))

    def said(self, text: str, piece: int) -> Iterator[bytes]:
        """Text of the answer."""
        yield from (self.delta({"content": part}) for part in pieces(text, piece))

    def finished(self, reason: str) -> Iterator[bytes]:
        """The finish reason, and the usage where this server puts it."""
        if self.usage == "with_finish":
            yield self.delta({}, finish=reason, usage=USAGE)
            return
        yield self.delta({}, finish=reason)
        if self.usage == "own_chunk":
            yield event(json.dumps({**self.chunk, "choices": [], "usage": USAGE}))

    def ended(self) -> Iterator[bytes]:
        """The end of the stream."""
        if self.done:
            yield event("[DONE]")

    def delta(self, delta: Mapping[str, Any], finish: str | None = None, **more: Any) -> bytes:
        """One chunk."""
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return event(json.dumps({**self.chunk, "choices": [choice], **more}, ensure_ascii=False))

    def refusal(self, status: int, code: str, message: str) -> str:
        """The JSON of an error, as a body or inside a stream."""
        return json.dumps(_filled(self.error, {"status": status, "code": code, "message": message}), ensure_ascii=False)


def event(text: str) -> bytes:
    """One server-sent event."""
    return f"data: {text}\n\n".encode()


def comment(text: str) -> bytes:
    """What clients pass over."""
    return f": {text}\n\n".encode()


def pieces(text: str, size: int) -> Iterator[str]:
    """`text` in parts of `size` characters."""
    return (text[at : at + size] for at in range(0, len(text), size))


def _filled(value: Any, places: Mapping[str, Any]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(inner, places) for key, inner in value.items()}
    if not isinstance(value, str):
        return value
    if value in [f"{{{name}}}" for name in places]:
        return places[value[1:-1]]  # alone, it keeps its type
    for name, put in places.items():
        value = value.replace(f"{{{name}}}", str(put))
    return value
