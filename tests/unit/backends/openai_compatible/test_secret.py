"""A server that writes the key back: nobody reads it."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from desktop_helper.backends.openai_compatible._secret import BLOT, Blot, blotted
from desktop_helper.core.events import (
    StreamEvent,
    TextDelta,
    ThinkingDelta,
    ToolCallRequested,
    UsageReported,
)

SECRET = "sk-sksk-0123456789"
LETTERS = st.text(alphabet="sk-01 9x", max_size=12)


def told(blot: Blot, *events: StreamEvent) -> list[StreamEvent]:
    return [*blot.each(events), *blot.end()]


def joined(events: list[StreamEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


@given(pieces=st.lists(LETTERS | st.just(SECRET), max_size=8), cuts=st.lists(st.integers(0, 120), max_size=20))
def test_an_answer_has_it_nowhere_however_it_is_cut(pieces: list[str], cuts: list[int]) -> None:
    whole = "".join(pieces)
    places = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    deltas = [TextDelta(whole[begin:end]) for begin, end in pairwise(places)]
    shown = joined(told(Blot(SECRET), *deltas))
    assert shown.count(BLOT) == whole.count(SECRET)
    assert SECRET[3:] not in shown.replace(BLOT, "\n")
    alike = re.compile(r"[sk-]*(?=\[key\])")  # what was shown before it could be known for the begin of the key
    assert alike.sub("", shown) == alike.sub("", whole.replace(SECRET, BLOT))


def test_what_waits_comes_before_anything_else() -> None:
    usage = UsageReported(1, 2, None)
    events = told(Blot(SECRET), ThinkingDelta("So sk-s"), TextDelta("ksk-s"), usage, TextDelta("k-0."))
    assert events == [
        ThinkingDelta("So "),
        ThinkingDelta("sk-s"),
        TextDelta("k"),
        TextDelta("sk-s"),
        usage,
        TextDelta("k-0."),
    ]


def test_a_word_that_ends_like_a_key_begins_does_not_wait() -> None:
    blot = Blot(SECRET)
    assert list(blot.each([TextDelta("It is"), TextDelta("sk-")])) == [TextDelta("It is"), TextDelta("sk-")]
    assert list(blot.each([TextDelta(SECRET[3:] + "!")])) == [TextDelta("[key]!")]


def test_a_tools_arguments_do_not_have_it_either() -> None:
    call = ToolCallRequested("1", "search", f'{{"query": "{SECRET}"}}')
    assert told(Blot(SECRET), call) == [ToolCallRequested("1", "search", '{"query": "[key]"}')]


STAND_INS = (
    *("sk-no-key-required", "no-api-key-required", "not-needed-for-local", "not needed for a local LLM"),
    *("EMPTY", "EMPTY_API_KEY_HERE", "ollama", "lm-studio", "required but ignored", "YOUR_API_KEY_HERE"),
    *("sk-1111111111111111", "sk-xxxxxxxxxxxxxxxxxxxxxxxx", "dummy-key-not-used"),
)


@pytest.mark.parametrize("word", ["", "x", "no-key-needed", *STAND_INS])
def test_a_word_in_the_place_of_a_key_is_no_secret(word: str) -> None:
    said = f"An x is {word}: EMPTY. Start llama-server with --api-key {word}."
    assert joined(told(Blot(word), TextDelta(said))) == said


@pytest.mark.parametrize("word", STAND_INS)
def test_nor_is_it_in_errors(word: str) -> None:
    said = f"ollama: the list is EMPTY, and the key is {word}."
    assert blotted(said, word) == said


KEYS = (
    *("sk-no-key-required-7", "no-key-Zm9vYmFyMQ", "EMPTY.EMPTY.EMPTY.EMPTY", "not-needed!!!!!!", "----------------"),
    *("local-api-key-for-llama", "sk-proj-aaaaaaaaaaaaaaaa1", "9f8e7d6c5b4a.no-key-needed", "不-not-needed-key-key"),
)


@pytest.mark.parametrize("key", KEYS)
def test_what_only_looks_like_such_a_word_is_one(key: str) -> None:
    said = f"It is {key}, isn't it?"
    assert joined(told(Blot(key), TextDelta(said))) == "It is [key], isn't it?"
    assert blotted(said, key) == "It is [key], isn't it?"


@given(key=st.text(alphabet="0123456789abcdefghijklmnopqrstuvwxyzABCDEF-_.", min_size=16, max_size=48))
def test_a_key_by_chance_is_one(key: str) -> None:
    assume(len(set(key)) > 10)
    assert joined(told(Blot(key), TextDelta(f"({key})"))) == "([key])"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (f"Bad {SECRET}.", "Bad [key]."),
        (f"Bad {SECRET[:-3]}...", "Bad [key]..."),
        (f"Bad …{SECRET[-9:]}", "Bad …[key]"),
        (f"Bad {SECRET[:7]}****{SECRET[-4:]}", f"Bad {SECRET[:7]}****{SECRET[-4:]}"),
        (f"{SECRET}{SECRET[2:14]}", "[key][key]"),
        ("Nothing of it.", "Nothing of it."),
    ],
)
def test_pieces_of_it_are_not_told_in_errors(said: str, shown: str) -> None:
    assert blotted(said, SECRET) == shown


@given(text=st.text(alphabet=f"{SECRET} ", max_size=60))
def test_no_long_piece_is_left(text: str) -> None:
    left = blotted(text, SECRET).replace(BLOT, "\n")
    assert not any(SECRET[place : place + 8] in left for place in range(len(SECRET) - 7))
