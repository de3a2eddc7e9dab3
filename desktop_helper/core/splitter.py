"""Separates what a GLM model thinks from what it answers, while it streams.

A model (or its server) may write everything into one stream of text:

    <think>reasoning</think><answer>see <|begin_of_box|>this<|end_of_box|></answer>

`Splitter` turns that into `ThinkingDelta` and `TextDelta` and takes the markers out, whatever the chunks are: the whole
result depends only on the text. Only what may still become a marker is held back.

The rules, which follow what the models do (`</think>` is one token of their vocabulary):

* `<think>` counts only before the first visible character of the answer; later it is text that talks about the tag.
* The first `</think>` ends the thinking, wherever it stands. Box markers inside the thinking are dropped.
* `<answer>` counts where `<think>` does; its `</answer>` is dropped with it.
* Box markers and `</answer>` inside code stay as they are (`core.answer_markers` says what code is).
* Blank lines at the start of the thinking and of the answer are dropped.
"""

from __future__ import annotations

import re

from desktop_helper.core.answer_markers import ANSWER_OPEN, BOX_CLOSE, BOX_OPEN, AnswerMarkers, partial_marker
from desktop_helper.core.events import TextDelta, ThinkingDelta

THINK_OPEN = "<think>"
THINK_CLOSE = "</think>"

_AT_START = (THINK_OPEN, THINK_CLOSE, ANSWER_OPEN, BOX_OPEN, BOX_CLOSE)
_IN_THINKING = re.compile("|".join(map(re.escape, (THINK_CLOSE, BOX_OPEN, BOX_CLOSE))))


class Splitter:
    """One answer's stream. Feed it every piece of the answer in order, then `close` it.

    Args:
        thinking: the prompt already ended in `<think>`, so the stream begins inside the thinking.
    """

    def __init__(self, *, thinking: bool = False) -> None:
        self._inline = _Thinking(ends=True) if thinking else None
        self._field = _Thinking(ends=False)
        self._start: str | None = ""  # what is held back while the answer is still blank; None once it has begun
        self._answer = AnswerMarkers()
        self._out: list[ThinkingDelta | TextDelta] = []

    @property
    def thinks(self) -> bool:
        """Whether what comes next in the text is reasoning: true from `<think>` to the end of `</think>`."""
        return self._inline is not None

    def feed(self, text: str) -> list[ThinkingDelta | TextDelta]:
        """More of the answer's text. Returns what is certain now; adjacent deltas of one kind are joined."""
        self._think(self._field.close())
        self._route(text)
        return self._drain()

    def feed_thinking(self, text: str) -> list[ThinkingDelta | TextDelta]:
        """More of the reasoning, from a server that sends it in a field of its own."""
        if self._inline is not None and self._inline.untouched:
            self._inline = None  # the server has split it already
        self._think(self._field.feed(text)[0])
        return self._drain()

    def close(self) -> list[ThinkingDelta | TextDelta]:
        """The stream is over: returns what was held back. A marker that never got complete is text."""
        self._think(self._field.close())
        if self._inline is not None:
            self._think(self._inline.close())
        elif self._start is not None and self._start.strip():
            self._begin_answer(self._start)
        self._write(self._answer.close())
        return self._drain()

    def _route(self, text: str) -> None:
        while text:
            if self._inline is not None:
                thinking, rest = self._inline.feed(text)
                self._think(thinking)
                if rest is None:
                    return
                self._inline, text = None, rest
            elif self._start is not None:
                text = self._at_start(self._start + text)
            else:
                self._write(self._answer.feed(text))
                return

    def _at_start(self, text: str) -> str:
        """Consume the blank start of the answer and one marker in it. Returns what is left to route."""
        visible = text.lstrip()
        marker = next((marker for marker in _AT_START if visible.startswith(marker)), None)
        if marker is None:
            if any(marker.startswith(visible) for marker in _AT_START):
                self._start = text
            else:
                self._begin_answer(text)
            return ""
        self._start = ""
        if marker == THINK_OPEN:
            self._inline = _Thinking(ends=True)
        elif marker != THINK_CLOSE:
            self._answer.mark(marker)
        return visible[len(marker) :]

    def _begin_answer(self, text: str) -> None:
        self._start = None
        self._write(self._answer.feed(_without_blank_lines(text)))

    def _think(self, text: str) -> None:
        if text:
            self._add(ThinkingDelta(text))

    def _write(self, text: str) -> None:
        if text:
            self._add(TextDelta(text))

    def _add(self, delta: ThinkingDelta | TextDelta) -> None:
        last = self._out[-1] if self._out else None
        if type(last) is type(delta) and last is not None:
            self._out[-1] = type(delta)(last.text + delta.text)
        else:
            self._out.append(delta)

    def _drain(self) -> list[ThinkingDelta | TextDelta]:
        out, self._out = self._out, []
        return out


class _Thinking:
    """Drops markers from reasoning. With `ends`, the first `</think>` ends it."""

    def __init__(self, *, ends: bool) -> None:
        self._ends = ends
        self._held = ""
        self._begun = False

    @property
    def untouched(self) -> bool:
        """Whether nothing but blanks came so far."""
        return not self._begun and not self._held.strip()

    def feed(self, text: str) -> tuple[str, str | None]:
        """Returns the reasoning that is certain now, and what follows `</think>` if it came."""
        text, self._held = self._held + text, ""
        return self._strip(text if self._begun else self._skip_start(text))

    def close(self) -> str:
        """What was held back."""
        held, self._held = self._held, ""
        return held if held.strip() else ""

    def _skip_start(self, text: str) -> str:
        """Drop blank lines and a repeated `<think>`; holds everything back until something else comes."""
        visible = text.lstrip()
        while visible.startswith(THINK_OPEN):
            text = visible[len(THINK_OPEN) :]
            visible = text.lstrip()
        if THINK_OPEN.startswith(visible):
            self._held = text
            return ""
        self._begun = True
        return _without_blank_lines(text)

    def _strip(self, text: str) -> tuple[str, str | None]:
        kept, at = [], 0
        for match in _IN_THINKING.finditer(text):
            if match[0] == THINK_CLOSE and not self._ends:
                continue
            kept.append(text[at : match.start()])
            at = match.end()
            if match[0] == THINK_CLOSE:
                return "".join(kept), text[at:]
        end = max(partial_marker(text, (THINK_CLOSE, BOX_OPEN, BOX_CLOSE)), at)
        kept.append(text[at:end])
        self._held += text[end:]
        return "".join(kept), None


def _without_blank_lines(text: str) -> str:
    """`text` without the blank lines it starts with; the first line keeps its indentation."""
    blank = text[: len(text) - len(text.lstrip())]
    return text[blank.rfind("\n") + 1 :]
