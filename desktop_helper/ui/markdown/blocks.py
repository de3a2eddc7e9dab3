"""Splits growing Markdown into top-level blocks that no later text can change, and an open tail."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from desktop_helper.services.markdown.parser import parse_blocks

if TYPE_CHECKING:
    from markdown_it.token import Token

_FENCE = re.compile(r"( {0,3})(`{3,}(?=[^`\n]*\n)|~{3,}(?=[^\n]*\n))([^\n]*)\n")
# A line that can begin a block other than a paragraph, or end one (table rows, underlines of headings).
_STARTER = re.compile(r"[ \t]*(?:[#>`~\-*+=_|$\\\[:]|\d|$)")
_EMPTY_LINE = re.compile(r"\n[ \t]*\n\Z")  # ends a table for good, and a list for instance not
# A formula or a link definition whose later lines may still take in what looks like a block of its own.
_UNDECIDED = re.compile(r"^ {0,3}(?:\$\$|\\\[|\[)", re.MULTILINE)


class OpenFence:
    """A code block at the top level whose end has not come yet."""

    def __init__(self, match: re.Match[str]) -> None:
        marker = match[2]
        self.language = match[3].strip().split(" ")[0]
        self.body_start = match.end()
        self.indent = len(match[1])
        self._close = re.compile(rf" {{0,3}}{re.escape(marker[0])}{{{len(marker)},}}[ \t]*$")

    def closes(self, line: str) -> bool:
        """Whether `line`, without its newline, ends the block."""
        return self._close.match(line) is not None


class Splitter:
    """Takes text as it comes.

    The decision rests on complete lines only (a `#` below a text looks like a heading until it becomes `#tag`), and
    what was cut off once is final: parsing the pieces gives the same blocks as parsing everything. Only link
    definitions reach across pieces; the writer looks after them.
    """

    def __init__(self) -> None:
        self._tail = ""
        self._carriage = ""  # a carriage return whose newline may still come
        self._checked = 0  # the tail's lines before this offset cannot end a block
        self._previous_starts = True
        self._fence: OpenFence | None = None

    @property
    def tail(self) -> str:
        """The open end: usually one block, its last line perhaps incomplete."""
        return self._tail

    @property
    def fence(self) -> OpenFence | None:
        """Set while the tail is nothing but an open code block."""
        return self._fence

    def feed(self, text: str) -> list[str]:
        """Add text; returns the sources of the blocks that are final now."""
        self._tail += self._normalised(text)
        finished: list[str] = []
        while True:
            fence = self._fence
            pieces = self._after_fence() if fence else self._cut()
            finished += pieces
            if not pieces and self._fence is fence:
                return finished

    def close(self) -> list[str]:
        """No more text comes: the remaining blocks."""
        self._tail += "\n" if self._carriage else ""
        last, self._tail, self._fence, self._checked = self._tail, "", None, 0
        return _pieces(last, _starts(last, parse_blocks(last, {})))

    def _normalised(self, text: str) -> str:
        text = self._carriage + text
        self._carriage = "\r" if text.endswith("\r") else ""
        if self._carriage:
            text = text[:-1]
        return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")

    def _cut(self) -> list[str]:
        end = self._tail.rfind("\n") + 1
        if not self._may_cut(end):
            return []
        complete = self._tail[:end]
        tokens = parse_blocks(complete, {})
        starts = _starts(complete, tokens)
        over = bool(tokens) and (tokens[-1].type, tokens[-1].level) == ("table_close", 0)
        over = over and _EMPTY_LINE.search(complete) is not None
        while starts and _undecided(complete, starts[-1]):
            starts.pop()
            over = False
        if over:
            starts.append(end)
        if not starts:
            return []
        pieces = _pieces(complete[: starts[-1]], starts[:-1])
        self._advance(starts[-1])
        return pieces

    def _may_cut(self, end: int) -> bool:
        """Whether the lines that became complete since the last look can begin a block."""
        lines = self._tail[self._checked : end].split("\n")[:-1]
        self._checked = end
        wanted = False
        for line in lines:
            starts = _STARTER.match(line) is not None
            wanted |= starts or self._previous_starts
            self._previous_starts = starts
        return wanted

    def _advance(self, offset: int) -> None:
        self._tail = self._tail[offset:]
        self._checked = max(0, self._checked - offset)
        match = _FENCE.match(self._tail)
        self._fence = OpenFence(match) if match else None
        if self._fence:
            self._checked = self._fence.body_start

    def _after_fence(self) -> list[str]:
        """Look for the closing line among the new complete ones."""
        fence = self._fence
        end = self._tail.find("\n", self._checked)
        while fence is not None and end >= 0:
            line = self._tail[self._checked : end]
            self._checked = end + 1
            if fence.closes(line):
                piece = self._tail[: self._checked]
                self._fence = None
                self._tail, self._checked, self._previous_starts = self._tail[len(piece) :], 0, True
                return [piece]
            end = self._tail.find("\n", self._checked)
        return []


def _starts(source: str, tokens: Sequence[Token]) -> list[int]:
    """Offsets where the top-level blocks of `source` begin."""
    lines = [token.map[0] for token in tokens if token.level == 0 and token.map]
    offsets, position, number = [], 0, 0
    for line in dict.fromkeys(lines):
        while number < line:
            position = source.index("\n", position) + 1
            number += 1
        offsets.append(position)
    return offsets


def _pieces(source: str, starts: list[int]) -> list[str]:
    bounds = [0, *starts[1:], len(source)]
    return [source[begin:end] for begin, end in itertools.pairwise(bounds) if source[begin:end].strip()]


def _undecided(source: str, offset: int) -> bool:
    """Whether such a beginning stands before `offset` without an empty line since."""
    paragraph = source.rfind("\n\n", 0, offset) + 1
    return _UNDECIDED.search(source, paragraph, offset) is not None
