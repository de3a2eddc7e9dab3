"""A picture in parts: all of it is there, each part within the budget, and no line of text is cut at a seam."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.image_parts import MOST_PARTS, OVERLAP, box_of, parts, size_of
from desktop_helper.core.image_tokens import MAX_SIDE, image_tokens, padded_size

SIDES = st.integers(1, 16_000)


@given(SIDES, SIDES, st.sampled_from([200, 1500, 6144]))
def test_the_parts_cover_all_of_it_within_the_budget(width: int, height: int, limit: int) -> None:
    boxes = parts(width, height, limit)
    assert len(boxes) <= MOST_PARTS
    if not boxes:
        return
    for left, top, across, down in boxes:
        assert 0 <= left < left + across <= width
        assert 0 <= top < top + down <= height
        assert max(across, down) <= MAX_SIDE
        assert image_tokens(*padded_size(across, down)) <= limit
    for side, whole in ((0, width), (1, height)):
        spans = sorted({(box[side], box[side] + box[side + 2]) for box in boxes})
        assert spans[0][0] == 0
        assert spans[-1][1] == whole
        for (_, end), (begin, _) in itertools.pairwise(spans):
            assert end - begin >= OVERLAP - 1
    columns, rows = (len({box[side] for box in boxes}) for side in (0, 1))
    assert columns * rows == len(boxes)


def test_what_fits_is_one_part_and_a_screen_of_4k_is_two() -> None:
    assert parts(1920, 1080, 6144) == [(0, 0, 1920, 1080)]
    assert parts(3840, 2160, 6144) == [(0, 0, 1948, 2160), (1892, 0, 1948, 2160)]
    assert len(parts(1920, 1080, 1500)) == 2
    assert parts(16_000, 16_000, 1500) == []


@given(st.integers(1, 9000), st.integers(1, 9000), st.tuples(*[st.floats(-0.5, 1.5)] * 4))
def test_an_area_is_a_box_inside(width: int, height: int, area: tuple[float, float, float, float]) -> None:
    left, top, across, down = box_of(area, width, height)
    assert 0 <= left < left + across <= width
    assert 0 <= top < top + down <= height


def test_areas_are_exact() -> None:
    assert box_of((0, 0, 1, 1), 3840, 2160) == (0, 0, 3840, 2160)
    assert box_of((0.25, 0.5, 0.5, 0.25), 400, 200) == (100, 100, 200, 50)


def test_a_size_from_elsewhere_is_looked_at() -> None:
    assert size_of(None) is None
    assert size_of([3840, 2160]) == (3840, 2160)
    for odd in ([0, 1], [1], "ab", {"a": 1}, 3, [1, None], [1, 2, 3]):
        with pytest.raises((ValueError, TypeError)):
            size_of(odd)
