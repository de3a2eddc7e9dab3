"""Sources of sound on one time: what is heard stays where it belongs, whatever comes, and nothing moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.capture._sound_mix import PATIENCE_S, RATE, SLACK, Line, Mix

if TYPE_CHECKING:
    from desktop_helper.capture._sound_mix import Samples

PIECE = 1024


def full(count: int, level: float = 0.5) -> Samples:
    return np.full((count, 2), level, np.float32)


def numbered(begin: int, count: int) -> Samples:
    """Samples that say which they are."""
    return np.repeat(np.arange(begin, begin + count, dtype=np.float32)[:, None], 2, axis=1)


def test_pieces_follow_each_other_without_a_seam() -> None:
    """A clock that is read a little too early or too late is not heard."""
    line = Line()
    for number, early in enumerate((0, 300, -400, 900, -SLACK)):
        line.hear((number + 1) * PIECE - early, numbered(number * PIECE, PIECE))
    assert np.array_equal(line.take(5 * PIECE), numbered(0, 5 * PIECE))


def test_what_is_missing_is_silence() -> None:
    line = Line()
    line.hear(PIECE, full(PIECE))
    line.hear(PIECE * 10, full(PIECE))
    heard = line.take(PIECE * 10)[:, 0]
    assert (heard[:PIECE] == 0.5).all()
    assert not heard[PIECE : 9 * PIECE].any()
    assert (heard[9 * PIECE :] == 0.5).all()


def test_what_comes_twice_is_dropped() -> None:
    line = Line()
    line.hear(10 * PIECE, numbered(0, 10 * PIECE))
    line.hear(11 * PIECE, numbered(5 * PIECE, 6 * PIECE))
    assert np.array_equal(line.take(11 * PIECE), numbered(0, 11 * PIECE))


def test_what_is_too_late_is_gone() -> None:
    line = Line()
    line.take(10 * PIECE)
    line.hear(5 * PIECE, full(PIECE))
    assert line.end == 10 * PIECE
    line.hear(11 * PIECE, full(2 * PIECE))
    assert np.array_equal(line.take(12 * PIECE)[:, 0], np.repeat([0.5, 0], PIECE))


def test_the_first_piece_and_the_first_after_silence_have_their_own_time() -> None:
    line = Line()
    line.hear(PIECE + 500, full(PIECE))
    assert np.flatnonzero(line.take(3 * PIECE)[:, 0])[0] == 500
    line.hear(4 * PIECE + 600, full(PIECE))
    assert np.flatnonzero(line.take(5 * PIECE)[:, 0])[0] == 600


@given(st.floats(0.99, 1.01), st.integers(0, 900), st.randoms(use_true_random=False))
def test_a_clock_that_is_wrong_is_corrected(speed: float, jitter: int, chance: object) -> None:
    """No sample is ever farther from its time than the slack and the jitter, after any while."""
    line, at, told = Line(), 0.0, 0
    assert hasattr(chance, "randint")
    for _ in range(400):
        at += PIECE * speed  # the true time goes on by more or less than what the source counts
        line.hear(max(0, round(at) + chance.randint(-jitter, jitter)), numbered(told, PIECE))
        told += PIECE
        assert abs(line.end - at) <= SLACK + 2 * jitter + PIECE
    assert len(line.take(round(at))) == round(at)


@given(st.lists(st.tuples(st.integers(0, 40_000), st.integers(0, 5000), st.integers(0, 3000)), max_size=20))
def test_a_line_is_as_long_as_is_asked_for(pieces: list[tuple[int, int, int]]) -> None:
    line, at = Line(), 0
    for end, count, more in pieces:
        line.hear(max(end, count), full(count))
        taken = line.take(at + more)
        assert taken.shape == (more, 2)
        assert set(np.unique(taken)) <= {np.float32(0), np.float32(0.5)}
        at += more
        assert line.end >= at


def test_sources_are_added_and_never_too_loud() -> None:
    mix = Mix(2)
    mix.lines[0].hear(PIECE, full(PIECE, 0.25))
    mix.lines[1].hear(PIECE, full(PIECE, 0.5))
    assert (mix.take(PIECE) == 0.75).all()
    mix.lines[0].hear(2 * PIECE, full(PIECE, -0.9))
    mix.lines[1].hear(2 * PIECE, full(PIECE, -0.9))
    assert (mix.take(2 * PIECE) == -1).all()


def test_a_source_that_is_behind_is_waited_for_and_not_for_ever() -> None:
    mix = Mix(2)
    mix.lines[0].hear(5 * PIECE, full(5 * PIECE))
    mix.lines[1].hear(2 * PIECE, full(2 * PIECE))
    assert len(mix.due(5 * PIECE)) == 2 * PIECE
    assert len(mix.due(5 * PIECE)) == 0
    patience = round(PATIENCE_S * RATE)
    heard = mix.due(5 * PIECE + patience)
    assert len(heard) == 3 * PIECE
    assert (heard == 0.5).all(), "of the one that is there"


@pytest.mark.parametrize("count", [1, 2])
def test_nothing_is_told_before_its_time_nor_twice(count: int) -> None:
    mix = Mix(count)
    for line in mix.lines:
        line.hear(PIECE, full(PIECE))
    assert len(mix.due(100)) == 100
    assert len(mix.take(50)) == 0
    assert len(mix.take(PIECE)) == PIECE - 100
