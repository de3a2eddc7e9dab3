"""Pictures are due at their times, whatever happens in between."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.capture._pacing import Pacer

FPS = st.sampled_from([1.0, 7.5, 24.0, 30.0, 60.0, 120.0])


def test_nothing_adds_up() -> None:
    """A picture that takes three quarters of its time leaves the next ones where they were."""
    pacer = Pacer(30)
    for number in range(3000):
        assert pacer.due == number / 30
        pacer.taken(pacer.due + 0.025)
    assert pacer.missed == 0


def test_what_went_by_is_counted_and_not_caught_up_with() -> None:
    pacer = Pacer(10)
    pacer.taken(0.35)  # pictures 1 and 2 had their time meanwhile; that of 3 is now
    assert pacer.missed == 2
    assert pacer.due == pytest.approx(0.3)
    pacer.taken(0.36)
    assert pacer.missed == 2
    assert pacer.due == pytest.approx(0.4)


@given(FPS, st.lists(st.floats(0, 0.5), min_size=1, max_size=200))
def test_every_picture_is_taken_or_counted(fps: float, durations: list[float]) -> None:
    pacer, now = Pacer(fps), 0.0
    for taken, duration in enumerate(durations, 1):
        now = max(now, pacer.due) + duration
        before = pacer.due
        pacer.taken(now)
        assert pacer.due > before
        assert pacer.due >= now - 1.001 / fps  # never more than the one whose time it is
        assert round(pacer.due * fps) == taken + pacer.missed


@given(FPS, st.floats(0.01, 3), st.lists(st.floats(0, 0.5), max_size=400))
def test_at_the_end_as_many_are_counted_as_were_due(fps: float, limit: float, durations: list[float]) -> None:
    pacer, now, taken = Pacer(fps), 0.0, 0
    for duration in durations:
        now = max(now, pacer.due)
        if now >= limit:
            break
        taken += 1
        now += duration
        pacer.taken(min(now, limit))
    pacer.over(limit)
    assert taken + pacer.missed == sum(number / fps < limit for number in range(400))


def test_a_tenth_of_a_second_is_not_a_picture_more() -> None:
    pacer = Pacer(30)
    pacer.over(0.1)  # 0.1 * 30 is a little more than 3
    assert pacer.missed == 3
