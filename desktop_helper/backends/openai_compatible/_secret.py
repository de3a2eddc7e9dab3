"""The key in what a server says. It knows the key, and some write it back: into errors, in part, or into an answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from desktop_helper.core.events import StreamEvent, TextDelta, ThinkingDelta, ToolCallRequested

BLOT = "[key]"
_LEAST = 16  # characters of a key; what is shorter is a word that somebody started their own server with
_WAITS = 4  # characters of a key are no coincidence
_PIECE = 8  # so many of a key's characters in a row are not told; masked forms show fewer

# What the manuals of servers without keys put in the place of one: "sk-no-key-required" (llama.cpp), "EMPTY" (vLLM),
# "ollama", "lm-studio", "not-needed-for-local", "your-api-key", "sk-xxxx". Any other word makes a key of it.
_NO_KEY = re.compile(
    r"dummy|empty|fake|ignored|no|none|not|null|ollama|optional|placeholder|studio|unused|your|(.)\1\1+"
)
_BESIDE = re.compile("an?|api|apikey|at|auth|but|cpp|for|here|is|key|llama|ll?m|local|needed|required|sk|token|used")


def secret_of(key: str) -> str:
    """`key` if it is one; empty for words that only stand in its place."""
    others = [word for word in re.split("[-_ ]+", key.lower()) if not _BESIDE.fullmatch(word)]
    return "" if others and all(map(_NO_KEY.fullmatch, others)) else key


def blotted(text: str, secret: str) -> str:
    """`text` without the key, and without pieces of it."""
    secret = secret_of(secret)
    if not secret:
        return text
    text = text.replace(secret, BLOT)
    if len(secret) < _LEAST:
        return text
    pieces = {secret[place : place + _PIECE] for place in range(len(secret) - _PIECE + 1)}
    made, place = [], 0
    while place < len(text):
        if text[place : place + _PIECE] not in pieces:
            made.append(text[place])
            place += 1
            continue
        place += _PIECE
        while text[place - _PIECE + 1 : place + 1] in pieces:
            place += 1
        made.append(BLOT)
    return "".join(made)


class Blot:
    """The same for an answer, which comes in chunks: what may be the beginning of the key waits for the next one.

    A character or three are shown at once, since most words end in some that a key can begin with. They stay.
    """

    def __init__(self, secret: str) -> None:
        self._secret = secret_of(secret) if len(secret) >= _LEAST else ""
        self._shown = ""  # the last characters of what was shown
        self._held: TextDelta | ThinkingDelta | None = None
        self._kind: type[StreamEvent] | None = None

    def each(self, events: Iterable[StreamEvent]) -> Iterator[StreamEvent]:
        """The events as they may be shown and kept."""
        if not self._secret:
            yield from events
            return
        for event in events:
            if type(event) is not self._kind:
                yield from self.end()
                self._kind = type(event)
            if isinstance(event, TextDelta | ThinkingDelta):
                yield from self._told(event)
            elif isinstance(event, ToolCallRequested):
                yield replace(event, arguments=event.arguments.replace(self._secret, BLOT))
            else:
                yield event

    def end(self) -> Iterator[StreamEvent]:
        """What waited, and was not the key."""
        held, self._held, self._shown = self._held, None, ""
        if held is not None:
            yield held

    def _told(self, event: TextDelta | ThinkingDelta) -> Iterator[StreamEvent]:
        text = event.text if self._held is None else self._held.text + event.text
        whole = self._shown + text
        begun = whole.find(self._secret)
        if begun >= 0:
            if begun < len(self._shown):
                text = BLOT + text[begun + len(self._secret) - len(self._shown) :]
            text = text.replace(self._secret, BLOT)
            whole = self._shown + text
        waits = min(self._begun(whole), len(text))
        if waits or text != event.text:
            self._held = replace(event, text=text[len(text) - waits :]) if waits else None
            text = text[: len(text) - waits]
            event = replace(event, text=text)
        self._shown = whole[: len(whole) - waits][1 - _WAITS :]
        if text:
            yield event

    def _begun(self, text: str) -> int:
        """How many characters at the end of `text` are the first ones of the key; 0 for a few."""
        end = text[1 - len(self._secret) :]
        place = end.find(self._secret[:_WAITS])
        while place >= 0 and not self._secret.startswith(end[place:]):
            place = end.find(self._secret[:_WAITS], place + 1)
        return len(end) - place if place >= 0 else 0
