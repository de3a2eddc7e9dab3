"""Text that was found in a picture: lines of words, and where they stand. `core.text_layout` puts them in order."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from desktop_helper.core.geometry import Rect


@dataclass(frozen=True, slots=True)
class Word:
    """What stands between two spaces; in Chinese and Japanese, which have none, one character."""

    text: str
    box: Rect


@dataclass(frozen=True, slots=True)
class TextLine:
    """Words that stand close together on one line.

    Args:
        text: as it is read, with its spaces. Untrusted, like everything that comes from a picture.
        box: of all of it, in pixels of the picture.
        score: from 0 to 1, how sure the reader is.
        words: from left to right.
    """

    text: str
    box: Rect
    score: float
    words: tuple[Word, ...] = ()


def is_wide(character: str) -> bool:
    """Whether it is as wide as it is high, as Chinese characters are."""
    return unicodedata.east_asian_width(character) in "WF"


def width_of(text: str) -> int:
    """How wide `text` is in columns, of which wide characters take two."""
    return sum(2 if is_wide(character) else 1 for character in text)


def count_words(lines: Iterable[TextLine]) -> int:
    """How many words people would count; punctuation alone is none."""
    return sum(any(character.isalnum() for character in word.text) for line in lines for word in line.words)


def to_plain(lines: Iterable[TextLine]) -> list[dict[str, Any]]:
    """Numbers and texts only, e.g. for JSON. Boxes are x, y, width and height."""
    return [
        {
            "text": line.text,
            "box": _numbers(line.box),
            "score": round(line.score, 4),
            "words": [{"text": word.text, "box": _numbers(word.box)} for word in line.words],
        }
        for line in lines
    ]


def from_plain(plain: Any) -> tuple[TextLine, ...]:
    """The lines that `to_plain` was given. Raises KeyError, TypeError or ValueError for anything else."""
    return tuple(
        TextLine(
            str(line["text"]),
            _rect(line["box"]),
            float(line["score"]),
            tuple(Word(str(word["text"]), _rect(word["box"])) for word in line["words"]),
        )
        for line in plain
    )


def _numbers(box: Rect) -> list[int]:
    return [box.x, box.y, box.width, box.height]


def _rect(numbers: Any) -> Rect:
    x, y, width, height = (int(number) for number in numbers)
    return Rect(x, y, width, height)
