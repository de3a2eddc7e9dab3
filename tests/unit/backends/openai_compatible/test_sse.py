"""Events come out whole, however the bytes come in."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.backends.openai_compatible import _sse
from desktop_helper.backends.openai_compatible._sse import EndlessError, events

STREAM = (
    'event: x\r\ndata: {"a": "屏幕"}\r\n\r\n: alive\n\ndata:no space\ndata:  two\n\nid: 3\n\ndata: [DONE]\n\n'.encode()
)
EXPECTED = ['{"a": "屏幕"}', "", "no space\n two", "[DONE]"]


def test_events() -> None:
    assert list(events([STREAM])) == EXPECTED


@given(st.lists(st.integers(0, len(STREAM)), max_size=20))
def test_how_the_bytes_are_cut_does_not_matter(cuts: list[int]) -> None:
    ends = [0, *sorted(cuts), len(STREAM)]
    assert list(events(STREAM[a:b] for a, b in itertools.pairwise(ends))) == EXPECTED


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends_one_byte_at_a_time(line_end: str) -> None:
    raw = f"data: 1{line_end}{line_end}data: 2{line_end}data: 3{line_end}{line_end}".encode()
    assert list(events(raw[i : i + 1] for i in range(len(raw)))) == ["1", "2\n3"]


def test_the_last_event_may_lack_its_blank_line() -> None:
    assert list(events([b"data: 1\n\ndata: 2"])) == ["1", "2"]


def test_a_cut_character_is_no_crash() -> None:
    assert list(events(["data: 屏".encode()[:-1]])) == ["�"]


def test_a_line_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sse, "MAX_EVENT", 1000)
    with pytest.raises(EndlessError):
        list(events([b"data: "] + [b"x" * 100] * 11))


@pytest.mark.parametrize("line", [b"data: 123\n", b"data:\n"])
def test_an_event_without_end_is_refused(monkeypatch: pytest.MonkeyPatch, line: bytes) -> None:
    monkeypatch.setattr(_sse, "MAX_EVENT", 1000)
    assert len(list(events([line * 90, b"\n"] * 20))) == 20
    with pytest.raises(EndlessError):
        list(events([line] * 300))
