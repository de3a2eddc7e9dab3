"""Places in texts, counted as Qt counts; and words that are marked are the words that were found."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.ui.text_places import utf16
from desktop_helper.ui.text_safety import one_line

_texts = st.text(st.sampled_from("ab 中😀𠀀\n\u202e\u2067é"), max_size=30)


@given(_texts, st.data())
def test_a_place_in_utf16_names_the_same_characters(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    ((first, last),) = utf16(text, [(start, end)])
    assert text.encode("utf-16-le")[first * 2 : last * 2].decode("utf-16-le") == text[start:end]


@given(_texts)
def test_a_row_has_one_line_whose_characters_keep_their_places(text):
    shown = one_line(text)
    assert len(shown) == len(text)
    assert not set(shown) & set("\n\u202e\u2067")
