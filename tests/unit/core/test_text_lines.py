"""Lines and words as data: written and read again, and counted as people count."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.geometry import Rect
from desktop_helper.core.text_lines import TextLine, Word, count_words, from_plain, to_plain, width_of

RECTS = st.builds(Rect, st.integers(), st.integers(), st.integers(), st.integers())
WORDS = st.builds(Word, st.text(), RECTS)
LINES = st.builds(
    TextLine, st.text(), RECTS, st.integers(0, 10_000).map(lambda n: n / 10_000), st.lists(WORDS).map(tuple)
)


@given(st.lists(LINES))
def test_what_is_written_is_read_again(lines: list[TextLine]) -> None:
    assert list(from_plain(json.loads(json.dumps(to_plain(lines))))) == lines


@pytest.mark.parametrize(
    "plain",
    [None, 7, [7], [{}], [{"text": "x", "box": [1, 2, 3], "score": 1, "words": []}], [{"text": "x", "box": "abcd"}]],
)
def test_what_is_no_line_is_refused(plain: Any) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        from_plain(plain)


def line(*words: str) -> TextLine:
    box = Rect(0, 0, 1, 1)
    return TextLine(" ".join(words), box, 1.0, tuple(Word(word, box) for word in words))


def test_words_are_counted_as_people_do() -> None:
    assert count_words([]) == 0
    assert count_words([line("Total:", "14.20", "€"), line("-", "·")]) == 2
    assert count_words([line("你", "好", "。", "ok")]) == 3


def test_wide_characters_take_two_columns() -> None:
    assert width_of("ab") == 2
    assert width_of("你a。") == 5
