"""What was heard lately, and parts of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from desktop_helper.core.clip_span import WHOLE, Span
from desktop_helper.core.speech import Spoken
from desktop_helper.services.heard import MOST, Heard, key_of

SAID = Spoken(0.0, 4.0, "one"), Spoken(4.0, 9.0, "two"), Spoken(12.0, 13.0, "three")


@pytest.mark.parametrize(
    ("span", "words"),
    [(WHOLE, "one two three"), (Span(3.0, 5.0), "one two"), (Span(9.0, 12.0), ""), (Span(5.0), "two three")],
)
def test_a_part_is_taken_out_of_the_whole(span: Span, words: str) -> None:
    heard = Heard()
    heard.keep("a", WHOLE, SAID)
    found = heard.find("a", span)
    assert found is not None
    assert " ".join(one.text for one in found) == words
    assert all(one.start >= span.start for one in found)


@pytest.mark.parametrize("span", [WHOLE, Span(3.0, 9.0), Span(4.0, 11.0), Span(5.0)])
def test_what_was_not_heard_is_not_made_up(span: Span) -> None:
    heard = Heard()
    heard.keep("a", Span(4.0, 10.0), SAID[1:2])
    assert heard.find("a", span) is None
    assert heard.find("a", Span(5.0, 10.0)) is not None
    assert heard.find("b", Span(5.0, 10.0)) is None


def test_only_the_last_ones_are_kept() -> None:
    heard = Heard()
    for number in range(MOST + 1):
        heard.keep(number, WHOLE, SAID)
    assert heard.find(0, WHOLE) is None
    assert heard.find(MOST, WHOLE) == SAID
    heard.forget()
    assert heard.find(MOST, WHOLE) is None


def test_another_file_or_another_model_is_another_key(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"x")
    key = key_of(path, "tiny", "en")
    assert key == key_of(path, "tiny", "en")
    assert key != key_of(path, "base", "en")
    os.utime(path, (1, 1))
    assert key != key_of(path, "tiny", "en")
    assert key_of(tmp_path / "b.wav", "tiny") is None
    assert key_of(b"x", "tiny") == key_of(b"x", "tiny") != key_of(b"y", "tiny")
