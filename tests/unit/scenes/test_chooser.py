"""The pictures that are chosen of drawn desktops, on which it is known what happens and when."""

from __future__ import annotations

import random

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_helper.scenes.chooser import Scene, SceneChooser
from desktop_helper.scenes.thinning import least_needed
from desktop_helper.scenes.tiles import grown, per_tile, per_window, small_size
from tests.support.desktop_scenes import Desktop, Event, Pixels, desktops, dialog, on, page

DESKTOPS = desktops()


def shrunk(picture: Pixels) -> Pixels:
    height, width = picture.shape
    return cv2.resize(picture, small_size(width, height), interpolation=cv2.INTER_AREA)


def chosen(desktop: Desktop, every: int = 1) -> list[Scene[float]]:
    chooser, scenes = SceneChooser[float](), []
    seen, small = None, np.zeros((1, 1), np.uint8)
    for number, (at, picture) in enumerate(desktop.frames()):
        if number % every == 0:
            if picture is not seen:
                seen, small = picture, shrunk(picture)
            scenes += chooser.feed(at, small, at)
    return scenes + chooser.finish()


def is_told(event: Event, scenes: list[Scene[float]]) -> bool:
    """A picture at the very end of what flashes would show what comes after it."""
    return any(event.at - 0.001 <= scene.at <= event.until - 0.01 for scene in scenes)


@pytest.mark.parametrize("desktop", DESKTOPS, ids=lambda desktop: desktop.name)
def test_every_event_has_a_picture_within_half_a_second(desktop: Desktop) -> None:
    scenes = chosen(desktop)
    times = [scene.at for scene in scenes]
    assert not [event for event in desktop.events if not is_told(event, scenes)], times
    assert len(scenes) <= 2 * desktop.necessary, times
    assert times == sorted(set(times))
    assert times[0] == 0
    assert times[-1] == pytest.approx(desktop.seconds - 1 / desktop.rate)
    assert [scene.full for scene in scenes] == times


def test_there_are_enough_desktops_and_a_third_of_them_is_calm_or_small() -> None:
    assert len(DESKTOPS) >= 20
    assert len([desktop for desktop in DESKTOPS if not desktop.events]) >= 6


@pytest.mark.parametrize("every", [2, 3])
def test_fewer_pictures_a_second_lose_no_lasting_event(every: int) -> None:
    for desktop in DESKTOPS:
        lasting = [event for event in desktop.events if event.until - event.at >= 0.5]
        scenes = chosen(desktop, every)
        late = [event for event in lasting if not is_told(Event(event.at, event.until + 0.1), scenes)]
        assert not late, (desktop.name, [scene.at for scene in scenes])


def test_pictures_that_are_seconds_apart_are_all_kept_if_they_differ() -> None:
    chooser, scenes = SceneChooser[int](), []
    for number in range(8):
        scenes += chooser.feed(number * 8.0, shrunk(page(number // 2)), number)
    scenes += chooser.finish()
    assert [scene.full for scene in scenes] == [0, 2, 4, 6, 7]


def test_what_flashes_at_the_very_end_is_kept() -> None:
    base, asked = shrunk(page(1)), shrunk(on(page(1), dialog))
    chooser = SceneChooser[float]()
    scenes = [scene for n in range(60) for scene in chooser.feed(n / 30, asked if n in (57, 58) else base, n / 30)]
    assert [round(scene.at, 2) for scene in scenes + chooser.finish()] == [0, 1.9, 1.97]


def test_one_picture_is_one_and_none_is_none() -> None:
    chooser = SceneChooser[str]()
    assert chooser.finish() == []
    assert [scene.full for scene in chooser.feed(0, shrunk(page(1)), "only")] == ["only"]
    assert chooser.finish() == []


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32), width=st.integers(1, 90), height=st.integers(1, 90), steps=st.integers(1, 25))
def test_any_pictures_come_out_in_order_and_at_most_once(seed: int, width: int, height: int, steps: int) -> None:
    chance = random.Random(seed)
    noise = np.random.default_rng(seed)
    pictures = [noise.integers(0, 256, (height, width), dtype=np.uint8) for _ in range(3)]
    at, chooser, scenes, fed = 0.0, SceneChooser[float](), [], []
    for _ in range(steps):
        fed.append(at)
        scenes += chooser.feed(at, chance.choice(pictures), at)
        at += chance.choice((0.01, 0.1, 0.3, 5.0))
    times = [scene.at for scene in scenes + chooser.finish()]
    assert times == sorted(set(times))
    assert set(times) <= set(fed)
    assert (times[0], times[-1]) == (fed[0], fed[-1])


@given(seed=st.integers(0, 2**32), high=st.integers(1, 9), wide=st.integers(1, 9))
def test_windows_are_sums_over_what_is_around(seed: int, high: int, wide: int) -> None:
    counts = np.random.default_rng(seed).integers(0, 25, (high, wide))
    found = per_window(counts, 3, 5)
    for y in range(high):
        for x in range(wide):
            around = counts[max(0, y - 1) : y + 2, max(0, x - 2) : x + 3]
            assert found[y, x] == around.sum()
            assert grown(counts > 20, 3, 5)[y, x] == (around > 20).any()


def test_cells_are_counted_in_tiles_also_at_the_edges() -> None:
    marks = np.zeros((7, 11), np.bool_)
    marks[6, 10] = marks[0, 0] = marks[4, 4] = True
    assert per_tile(marks).tolist() == [[2, 0, 0], [0, 0, 1]]


@given(
    times=st.lists(st.floats(0, 1e4), min_size=1, max_size=40, unique=True),
    most=st.integers(0, 50),
    seed=st.integers(0, 99),
)
def test_thinning_gives_up_no_more_than_it_must(times: list[float], most: int, seed: int) -> None:
    chance = random.Random(seed)
    scenes = [Scene(at, at, chance.random()) for at in sorted(times)]
    gone = least_needed(scenes, most)
    assert len(set(gone)) == len(gone) == max(0, len(scenes) - max(2, most))
    assert not {0, len(scenes) - 1} & set(gone)


def test_thinning_keeps_what_changed_most_and_leaves_no_hole() -> None:
    scenes = [Scene(at, at, 0.5 if at == 31 else 0.01) for at in (0.0, 10.0, 20.0, 30.0, 30.5, 31.0, 31.5, 40.0)]
    assert [scenes[place].at for place in sorted(set(range(8)) - set(least_needed(scenes, 5)))] == [0, 10, 20, 31, 40]
