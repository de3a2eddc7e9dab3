"""Pictures for the practice model: repeatable, well placed, and of the colours that they are said to have."""

from __future__ import annotations

import colorsys
import itertools
import time

import numpy as np
import pytest

from training.lessons import COURSE, GRIDS, size_of
from training.resizing import CELL, placement, resized, target_size
from training.scenes import LAST_LESSON, Lesson, random_of, scene, tens
from training.things import COLOURS, KINDS, SHADES, SHAPES


def scenes(count, lesson=LAST_LESSON, size=(252, 224)):
    return [scene(random_of(5, number), size, lesson) for number in range(count)]


def test_a_picture_follows_from_seed_and_number():
    one, again, other = (scene(random_of(5, number), (224, 224)) for number in (7, 7, 8))
    assert np.array_equal(one.picture, again.picture)
    assert one.things == again.things
    assert not np.array_equal(one.picture, other.picture)


def test_things_are_inside_and_apart():
    for found in scenes(150):
        width, height = found.size
        for thing in found.things:
            left, top, right, bottom = thing.box
            assert 0 <= left < right <= width
            assert 0 <= top < bottom <= height
        for one, other in itertools.combinations(found.things, 2):
            apart = (
                one.box[2] < other.box[0]
                or other.box[2] < one.box[0]
                or one.box[3] < other.box[1]
                or other.box[3] < one.box[1]
            )
            assert apart


def test_every_kind_and_colour_comes():
    things = [thing for found in scenes(300) for thing in found.things]
    assert {thing.kind for thing in things} == set(range(len(KINDS)))
    assert {thing.colour for thing in things} == set(range(len(COLOURS)))
    assert any(thing.is_tiny for thing in things)


def test_a_thing_has_the_colour_of_its_name():
    for found in scenes(120, Lesson(plain=True, tiny=0, shapes=1)):
        for thing in found.things:
            assert thing.kind in SHAPES
            x, y = (round(value) for value in thing.centre)
            red, green, blue = (int(value) / 255 for value in found.picture[y, x])
            hue = colorsys.rgb_to_hls(red, green, blue)[0] * 360
            low, high = SHADES[thing.colour][0]
            assert (hue - low + 3) % 360 <= high - low + 6, COLOURS[thing.colour].english


def test_harder_lessons_come_later():
    assert [stage.until for stage in COURSE] == sorted(stage.until for stage in COURSE)
    assert COURSE[-1].until == 1
    assert max(len(found.things) for found in scenes(80, COURSE[0].lesson)) <= COURSE[0].lesson.most_things
    assert max(len(found.things) for found in scenes(80)) > COURSE[0].lesson.most_things


@pytest.mark.parametrize("grid", GRIDS)
def test_odd_sizes_become_the_same_number_of_tokens(grid):
    sizes = {size_of(grid, random_of(1, number)) for number in range(40)}
    assert len(sizes) > 3
    for width, height in sizes:
        assert target_size(width, height) == (grid[0] * CELL, grid[1] * CELL)


def test_what_does_not_fit_is_black():
    picture = np.full((233, 211, 3), 255, np.uint8)
    ready = resized(picture)
    assert ready.shape == (224, 224, 3)
    scale, left, top = placement(211, 233)
    assert top == 0
    assert not ready[:, :left].any()
    assert ready[100, left].tolist() == [255, 255, 255]
    assert scale == pytest.approx(224 / 233)


def test_coordinates_are_tens():
    assert [tens(share) for share in (-0.1, 0.0, 0.004, 0.006, 0.5, 1.0)] == [0, 0, 0, 10, 500, 990]


def test_drawing_does_not_hold_up_the_training():
    scenes(20)
    begin = time.process_time()
    scenes(200)
    assert (time.process_time() - begin) / 200 < 0.002  # 0.3 ms on an idle machine
