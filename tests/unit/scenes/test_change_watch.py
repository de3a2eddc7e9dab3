"""When a region that is watched has something new to show: drawn desktops, on which it is known what happens."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import cv2
import numpy as np
import pytest

from desktop_helper.scenes.change_watch import PATIENCE_S, SETTLE_S, ChangeWatch
from desktop_helper.scenes.tiles import small_size
from tests.support.desktop_scenes import INK, PAPER, Pixels, box, text

RATE = 8
WIDTH, HEIGHT = 800, 500

Draw = Callable[[float], Pixels]


def paper() -> Pixels:
    return np.full((HEIGHT, WIDTH), PAPER, np.uint8)


def lines(count: int, *, alike: bool = False) -> Pixels:
    """A terminal that so many lines were written to, which differ, or are alike but for a number."""
    return _lines(count, alike).copy()


@cache
def _lines(count: int, alike: bool) -> Pixels:
    picture = paper()
    for row, number in enumerate(range(max(0, count - 22), count)):
        chance = np.random.default_rng(number)
        words = (
            "compiling a module of it" if alike else "".join(chance.choice(list("etaoin shrdlu "), 20 + number % 25))
        )
        text(picture, 20, 40 + 20 * row, f"[{number:3}] {words} {number}")
    return picture


def told(watch: ChangeWatch, draw: Draw, seconds: float) -> list[float]:
    found = []
    for number in range(round(seconds * RATE)):
        at = number / RATE
        size = small_size(WIDTH, HEIGHT)
        small = np.asarray(cv2.resize(draw(at), size, interpolation=cv2.INTER_AREA), np.uint8)
        if watch.feed(at, small):
            found.append(at)
    return found


def caret(at: float, picture: Pixels) -> Pixels:
    if int(at * 2) % 2:
        cv2.rectangle(picture, (300, 200), (302, 218), (INK,), -1)
    return picture


def change() -> ChangeWatch:
    return ChangeWatch()


def rest(seconds: float = 4.0) -> ChangeWatch:
    return ChangeWatch(seconds, None)


@pytest.mark.parametrize("watch", [change, rest])
def test_a_caret_that_blinks_is_no_change(watch: Callable[[], ChangeWatch]) -> None:
    assert told(watch(), lambda at: caret(at, lines(10)), 60) == []


@pytest.mark.parametrize("watch", [change, rest])
def test_a_pointer_and_a_clock_are_no_change(watch: Callable[[], ChangeWatch]) -> None:
    def draw(at: float) -> Pixels:
        picture = lines(10)
        text(picture, 700, 20, f"12:{int(at) % 60:02d}")
        cv2.circle(picture, (100 + int(at * 7) % 500, 300), 6, (INK,), -1)
        return picture

    assert told(watch(), draw, 60) == []


def test_what_changes_is_told_once_when_it_has_settled() -> None:
    def draw(at: float) -> Pixels:
        picture = lines(10)
        if at >= 5:
            box(picture, 250, 150, 300, 150, 255, "The build has failed")
        return caret(at, picture)

    (at,) = told(change(), draw, 30)
    assert 5 + SETTLE_S <= at <= 5 + SETTLE_S + 0.5


def test_a_line_of_words_more_is_a_change() -> None:
    (at,) = told(change(), lambda at: lines(10 if at < 5 else 11), 20)
    assert 5 <= at <= 6


def test_letters_that_are_typed_one_by_one_become_one() -> None:
    def draw(at: float) -> Pixels:
        picture = lines(5)
        text(picture, 20, 300, "the quick brown fox jumps over the lazy dog again"[: int(at * 2)])
        return picture

    assert told(change(), draw, 30)


def test_what_goes_on_is_told_after_a_while_and_then_at_its_end() -> None:
    def draw(at: float) -> Pixels:
        return lines(10 + int(min(max(at - 5, 0), 20) * RATE))

    found = told(change(), draw, 60)
    assert 5 + PATIENCE_S - 0.5 <= found[0] <= 5 + PATIENCE_S + 1
    assert 25 <= found[-1] <= 28
    assert len(found) <= 8


def test_a_film_beside_it_says_nothing_and_hides_nothing() -> None:
    chance = np.random.default_rng(3)

    def draw(at: float) -> Pixels:
        picture = lines(8)
        picture[:, 560:] = chance.integers(0, 255, (HEIGHT, WIDTH - 560), np.uint8) // 16 * 16
        cv2.rectangle(picture, (560, 0), (799, 499), (int(at * 90) % 200,), -1)
        if at >= 30:
            box(picture, 50, 250, 300, 150, 255, "The build has failed")
        return picture

    found = [at for at in told(change(), draw, 60) if at > 12]
    assert len(found) == 1
    assert 30 <= found[0] <= 32


@pytest.mark.parametrize("alike", [False, True])
def test_coming_to_rest_is_told_once_however_long_it_took(alike: bool) -> None:
    def draw(at: float) -> Pixels:
        return caret(at, lines(10 + int(min(max(at - 5, 0), 90) * RATE), alike=alike))

    (at,) = told(rest(), draw, 150)
    assert 95 + 4 - 0.5 <= at <= 95 + 4 + 1


def test_a_pause_that_is_shorter_is_no_rest() -> None:
    def draw(at: float) -> Pixels:
        return lines(10 + int(at // 3))  # a line every three seconds

    assert told(rest(4.0), draw, 60) == []


def test_each_rest_is_told() -> None:
    def draw(at: float) -> Pixels:
        burst, within = divmod(at, 20)
        return lines(5 + int(burst) * 20 + int(min(within, 5) * RATE))

    assert len(told(rest(), draw, 60)) == 3


@pytest.mark.parametrize("watch", [change, rest])
def test_what_is_back_as_it_was_is_no_news(watch: Callable[[], ChangeWatch]) -> None:
    def draw(at: float) -> Pixels:
        picture = lines(10)
        if 5 <= at < 5.3:
            box(picture, 250, 150, 300, 150, 255, "Saved")
        return picture

    assert told(watch(), draw, 30) == []


@pytest.mark.parametrize("size", [(16, 16), (40, 900), (900, 24)])
def test_regions_of_any_size_can_be_watched(size: tuple[int, int]) -> None:
    watch, told_at = change(), []
    for number in range(40):
        picture = np.full(size[::-1], 200 if number < 20 else 40, np.uint8)
        small = np.asarray(cv2.resize(picture, small_size(*size), interpolation=cv2.INTER_AREA), np.uint8)
        if watch.feed(number / RATE, small):
            told_at.append(number / RATE)
    assert len(told_at) == 1
