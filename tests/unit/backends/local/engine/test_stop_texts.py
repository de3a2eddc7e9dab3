"""Texts that end an answer are found wherever the chunks end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.backends.local.engine.stop_texts import StopTexts

WORDS = st.text(alphabet="ab#\n", max_size=40)


@given(text=WORDS, stops=st.lists(st.text(alphabet="ab#\n", min_size=1, max_size=4), max_size=3), data=st.data())
def test_whatever_the_chunks_are(text, stops, data):
    filter_ = StopTexts(tuple(stops))
    out, rest = "", text
    while rest and not filter_.hit:
        size = data.draw(st.integers(1, len(rest)))
        out += filter_.feed(rest[:size])
        rest = rest[size:]
    out += filter_.close()
    # The end may be found later than by looking at all of the text at once, but never anything else is lost.
    ends = [at for stop in stops if (at := text.find(stop)) >= 0]
    if not ends:
        assert (out, filter_.hit) == (text, False)
    else:
        assert filter_.hit
        assert text.startswith(out)
        assert any(text[len(out) :].startswith(stop) for stop in stops)


def test_nothing_follows_a_stop():
    filter_ = StopTexts(("###",))
    assert filter_.feed("a###b") == "a"
    assert filter_.feed("c") + filter_.close() == ""


def test_nothing_is_held_back_without_need():
    filter_ = StopTexts(("###",))
    assert filter_.feed("a#") == "a"
    assert filter_.feed("b") == "#b"
    assert StopTexts(()).feed("a#") == "a#"
