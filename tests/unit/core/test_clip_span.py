"""Times as people write them, and two handles that never pass each other."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.clip_span import WHOLE, Ends, Span, seconds_of, span_of
from desktop_helper.core.clips import clock, fine_clock

TIMES = st.floats(-10, 500_000, allow_nan=False)
MOVES = st.sampled_from([Ends.look, Ends.drag_start, Ends.drag_end, Ends.set_start, Ends.set_end])


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("12", 12), ("12.5", 12.5), ("12,5", 12.5), ("0:12", 12), (" 1:02:03 ", 3723), ("90", 90), ("61:00", 3660)],
)
def test_times_are_read_as_people_write_them(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "x", "1:", ":12", "1:60", "1:60:00", "-3", "1e3", "1:2:3:4", "٣", "inf", "1:-2"])
def test_anything_else_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=".*"):
        seconds_of(text)


@given(st.integers(0, 3_599_999))
def test_what_we_write_we_read(seconds: int) -> None:
    assert seconds_of(clock(seconds)) == seconds
    assert seconds_of(fine_clock(seconds + 0.3)) == pytest.approx(seconds + 0.3)


@given(st.text(max_size=12))
def test_no_text_breaks_it_and_every_time_is_a_number(text: str) -> None:
    try:
        seconds = seconds_of(text)
    except ValueError:
        return
    assert math.isfinite(seconds)
    assert seconds >= 0


@given(st.floats(0, 100_000), st.lists(st.tuples(MOVES, TIMES), max_size=20))
def test_the_handles_stay_in_order_and_inside(duration: float, moves: list) -> None:
    ends = Ends.around(WHOLE, duration)
    for move, at in moves:
        ends = move(ends, at)
        assert 0 <= ends.start <= ends.end <= duration
        assert 0 <= ends.at <= duration
        assert ends.span.start == ends.start
        assert ends.span.end in (None, ends.end)
        assert Ends.around(ends.span, duration).span == ends.span


def test_a_handle_that_was_set_is_where_it_was_set() -> None:
    ends = Ends.around(Span(10, 20), 60)
    assert ends.drag_start(30).span == Span(20, 20)
    assert ends.drag_end(5).span == Span(10, 10)
    assert ends.set_start(30).span == Span(30, None)
    assert ends.set_end(5).span == Span(0, 5)
    assert ends.set_start(12).span == Span(12, 20)
    assert ends.drag_end(99).span == Span(10)


def test_nothing_moved_is_the_whole() -> None:
    assert Ends.around(WHOLE, 60).span.is_whole
    assert Ends.around(Span(0, 60.5), 60).span.is_whole
    assert not Ends.around(Span(0, 59), 60).span.is_whole


@pytest.mark.parametrize(
    "ends", [(-1, None), (3, 2), (math.nan, None), (0, math.inf), ("0", None), (0, "1"), (None, 1)]
)
def test_a_span_from_elsewhere_is_looked_at(ends: tuple) -> None:
    with pytest.raises((ValueError, TypeError)):
        span_of(*ends)
