"""Takes box and `<answer>` markers out of an answer's Markdown, but leaves them where the answer quotes them in code.

What counts as code is CommonMark's definition as far as a stream allows it:

* Fenced code: from the opening fence to its closing one, or to the end of the answer.
* Inline code: a run of backticks up to the next run of the same length **in the same line**. Whether an open run is
  closed later can only be known later, so a marker after one is held back until the run closes, the line ends or
  `LOOK_AHEAD` characters have come.

A closing marker goes with its opening one: a model that boxes a fence and forgets to close it does not leave
`<|end_of_box|>` in the code, while code that quotes both keeps both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

BOX_OPEN = "<|begin_of_box|>"
BOX_CLOSE = "<|end_of_box|>"
ANSWER_OPEN = "<answer>"
ANSWER_CLOSE = "</answer>"
MARKERS = (BOX_OPEN, BOX_CLOSE, ANSWER_OPEN, ANSWER_CLOSE)
LOOK_AHEAD = 1000

_TOKEN = re.compile("|".join([*map(re.escape, MARKERS), "`+", "~{3,}", "\n"]))
# Quote and list prefixes may stand before a fence.
_FENCE_OPEN = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?P<fence>`{3,}|~{3,})(?P<info>.*)", re.DOTALL)
_FENCE_CLOSE = re.compile(r"[ \t>]*(?P<fence>`{3,}|~{3,})[ \t\r]*")
_LINE_KEPT = 400  # characters of the current line that are looked at for a fence
_NO_FENCE = "\0"  # a line that begins like this neither opens nor closes one
_OPENING = {BOX_CLOSE: BOX_OPEN, ANSWER_CLOSE: ANSWER_OPEN}


def partial_marker(text: str, markers: Iterable[str]) -> int:
    """Where the tail of `text` starts that may become one of `markers`; its length if there is none."""
    at = text.rfind("<")
    return at if at >= 0 and any(marker.startswith(text[at:]) for marker in markers) else len(text)


class AnswerMarkers:
    """A filter for one answer. The joined output depends only on the joined input."""

    def __init__(self) -> None:
        self._held = ""
        self._line = ""  # the output of the current line, cut to _LINE_KEPT
        self._runs: list[int] = []  # lengths of the backtick runs in it
        self._fence = ""
        self._stripped = {BOX_OPEN: 0, ANSWER_OPEN: 0}  # opening markers taken out and not closed yet
        self._quoted = {BOX_OPEN: 0, ANSWER_OPEN: 0}  # opening markers left in the code that is open now

    def mark(self, marker: str) -> None:
        """A marker came before the answer began, where `<answer>` counts too."""
        self._drop(marker)

    def feed(self, text: str) -> str:
        """More text. Returns what is certain now."""
        return self._run(self._held + text, final=False)

    def close(self) -> str:
        """The answer is over: returns what was held back."""
        return self._run(self._held, final=True)

    def _run(self, text: str, *, final: bool) -> str:
        end = len(text) if final else self._certain(text)
        out: list[str] = []
        at = 0
        for match in _TOKEN.finditer(text, 0, end):
            self._put(out, text[at : match.start()])
            token = match[0]
            if token in MARKERS:
                verdict = self._is_literal(token, text, match.end(), final)
                if verdict is None:  # only what follows can tell
                    self._held = text[match.start() :]
                    return "".join(out)
                if verdict:
                    self._put(out, token)
                    if self._fence:
                        self._quote(token)
                else:
                    self._drop(token)
            else:
                self._put(out, token)
                self._note(token)
            at = match.end()
        self._put(out, text[at:end])
        self._held = text[end:]
        return "".join(out)

    def _note(self, token: str) -> None:
        if token == "\n":
            self._end_line()
        elif token[0] == "`":
            self._runs.append(len(token))

    def _certain(self, text: str) -> int:
        """How much of `text` cannot be the beginning of something longer."""
        return min(_fence_run_at_end(text), partial_marker(text, MARKERS))

    def _put(self, out: list[str], text: str) -> None:
        if text:
            out.append(text)
            if len(self._line) < _LINE_KEPT:
                self._line = (self._line + text)[:_LINE_KEPT]

    def _end_line(self) -> None:
        line = self._line.removesuffix("\n")
        if self._fence:
            if self._closes_fence(line):
                self._close_fence()
        elif (opened := _FENCE_OPEN.fullmatch(line)) and not ("`" in opened["fence"] and "`" in opened["info"]):
            self._fence = opened["fence"]
        self._line = ""
        self._runs = []

    def _closes_fence(self, line: str) -> bool:
        closing = _FENCE_CLOSE.fullmatch(line)
        return closing is not None and closing["fence"].startswith(self._fence)

    def _close_fence(self) -> None:
        self._fence = ""
        self._runs = []
        self._quoted = dict.fromkeys(self._quoted, 0)

    def _is_literal(self, marker: str, text: str, after: int, final: bool) -> bool | None:
        """Whether `marker`, which ends at `after` in `text`, stays. None: more text is needed to know."""
        if self._fence and marker in _OPENING and self._closes_fence(self._line):
            self._close_fence()  # the marker stands right behind the closing fence
            self._line = _NO_FENCE
        opening = _OPENING.get(marker)
        if marker == ANSWER_OPEN or (marker == ANSWER_CLOSE and not self._stripped[ANSWER_OPEN]):
            return True
        if not self._fence:
            return self._in_inline_code(text, after, final)
        return opening is None or not self._stripped[opening] or self._quoted[opening] > 0

    def _in_inline_code(self, text: str, after: int, final: bool) -> bool | None:
        if not _unclosed(self._runs):
            return False
        line_end = text.find("\n", after, after + LOOK_AHEAD)
        known = line_end if line_end >= 0 else min(len(text), after + LOOK_AHEAD)
        complete = final or line_end >= 0 or known == after + LOOK_AHEAD
        if not complete:
            known = _fence_run_at_end(text[:known])
        following = [len(run) for run in re.findall("`+", text[after:known])]
        opener = _unclosed(self._runs)[0]
        if opener in following:
            return True
        return _inside(self._runs, following) if complete else None

    def _quote(self, marker: str) -> None:
        if marker in self._quoted:
            self._quoted[marker] += 1
        elif self._quoted[opening := _OPENING[marker]]:
            self._quoted[opening] -= 1

    def _drop(self, marker: str) -> None:
        if marker in self._stripped:
            self._stripped[marker] += 1
        elif self._stripped[opening := _OPENING[marker]]:
            self._stripped[opening] -= 1


def _fence_run_at_end(text: str) -> int:
    """Where the run of fence characters starts that `text` ends in; its length if there is none."""
    return len(text.rstrip(text[-1])) if text.endswith(("`", "~")) else len(text)


def _unclosed(runs: list[int]) -> list[int]:
    """The runs, from the first on that no later one closes; empty if all are in pairs."""
    at = 0
    while at < len(runs):
        closer = next((i for i in range(at + 1, len(runs)) if runs[i] == runs[at]), None)
        if closer is None:
            return runs[at:]
        at = closer + 1
    return []


def _inside(before: list[int], after: list[int]) -> bool:
    """Whether the place between `before` and `after` is in a code span, when nothing else is in the line."""
    runs, at = before + after, 0
    while at < len(before):
        closer = next((i for i in range(at + 1, len(runs)) if runs[i] == runs[at]), None)
        if closer is not None and closer >= len(before):
            return True
        at = at + 1 if closer is None else closer + 1
    return False
