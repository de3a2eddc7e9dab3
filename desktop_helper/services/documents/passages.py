"""Pages cut into passages of a few sentences: the words of a question stand close together where its answer is."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONG = 160  # letters of a passage: two or three sentences
_CJK_WEIGHT = 3.3  # a character says as much as three letters
MOST_HEADING = 100  # characters
MOST_PASSAGES = 999  # of one page
_END = re.compile(r"(?<=[.!?;])\s+|(?<=[。！？；])|\n+")
_WIDE = re.compile(r"[\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef]")


def passages(text: str) -> list[str]:
    """Each begins in the middle of the one before, so that what belongs together is together in one of them."""
    return list(_windows(list(_sentences(text))))[:MOST_PASSAGES]


def heading_of(text: str) -> str:
    """The first line of a page that says something: its title, or what runs above all pages of a chapter."""
    lines = (line.strip() for line in text.splitlines())
    return next((line for line in lines if any(map(str.isalpha, line))), "")[:MOST_HEADING]


def _windows(sentences: list[str]) -> Iterator[str]:
    start = 0
    while start < len(sentences):
        end, length = start, 0.0
        while end < len(sentences) and (end == start or length + _length(sentences[end]) <= LONG):
            length += _length(sentences[end])
            end += 1
        yield "\n".join(sentences[start:end])
        if end >= len(sentences):
            return
        start = max(start + 1, (start + end + 1) // 2)


def _sentences(text: str) -> Iterator[str]:
    """Long ones in pieces: tables and text without full stops."""
    for found in _END.split(text):
        sentence = found.strip()
        while _length(head := sentence[: LONG + 1]) > LONG:
            cut = max(1, round(LONG / (_length(head) / len(head)) / 2))
            space = sentence.rfind(" ", cut // 2, cut)
            cut = space if space > 0 else cut
            yield sentence[:cut]
            sentence = sentence[cut:].lstrip()
        if sentence:
            yield sentence


def _length(text: str) -> float:
    return len(text) + (_CJK_WEIGHT - 1) * len(_WIDE.findall(text))
