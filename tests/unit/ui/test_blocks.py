"""Coarse squares tell nothing but averages, in few shades, whatever is under them."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Frame
from desktop_helper.ui.annotate.blocks import SHADES, Blocks


def noise(width: int, height: int, seed: int) -> Frame:
    return Frame(random.Random(seed).randbytes(width * height * 4), Rect(300, 40, width, height))


def average(frame: Frame, square: Rect) -> tuple[float, ...]:
    """Red, green and blue, worked out pixel by pixel."""
    places = [(y * frame.width + x) * 4 for y in range(square.y, square.bottom) for x in range(square.x, square.right)]
    return tuple(sum(frame.data[place + colour] for place in places) / len(places) for colour in (2, 1, 0))


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 70), st.integers(1, 70), st.integers(1, 30), st.integers(0, 9), st.data())
def test_each_square_has_the_shade_nearest_to_its_average(width, height, side, seed, data):
    frame = noise(width, height, seed)
    x, y = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    area = Rect(x, y, data.draw(st.integers(1, width)), data.draw(st.integers(1, height)))
    blocks = Blocks(frame)
    blocks.within(Rect(x, y, 1, 1), side)  # a part that is known already
    covered = set()
    for square, colour in blocks.within(area, side):
        assert (square.x % side, square.y % side) == (0, 0)
        shown = (colour >> 16, colour >> 8 & 255, colour & 255)
        for one, exact in zip(shown, average(frame, square), strict=True):
            assert abs(one - exact) <= 255 / (SHADES - 1) / 2 + 0.51
        covered |= {(column, row) for column in range(square.x, square.right) for row in range(square.y, square.bottom)}
    part = area.intersected(Rect(0, 0, width, height))
    assert part is not None
    assert {(column, row) for column in range(part.x, part.right) for row in range(part.y, part.bottom)} <= covered


def test_what_is_where_in_a_square_makes_no_difference():
    side, frame = 24, noise(24, 24, 1)
    pixels = [frame.data[place : place + 4] for place in range(0, len(frame.data), 4)]
    random.Random(2).shuffle(pixels)
    shuffled = Frame(b"".join(pixels), frame.rect)
    area = Rect(0, 0, 24, 24)
    assert Blocks(frame).within(area, side) == Blocks(shuffled).within(area, side)


def test_a_single_row_makes_no_difference_even_where_all_the_rest_is_known():
    side = 24
    for level in (0, 17, 100, 136, 255):
        ground = bytes([level, level, level, 0]) * (side * side)
        found = set()
        for value in (0, 255):
            row = bytes([value, value, value, 0]) * side
            frame = Frame(row + ground[len(row) :], Rect(0, 0, side, side))
            found.add(Blocks(frame).within(Rect(0, 0, side, 1), side)[0][1])
        steps = {colour & 255 for colour in found}
        assert max(steps) - min(steps) <= 17  # white or black: at most the next shade, and no shade between them


def test_only_a_few_shades_are_used():
    colours = [colour for _square, colour in Blocks(noise(240, 240, 5)).within(Rect(0, 0, 240, 240), 1)]
    assert len({colour & 255 for colour in colours}) <= SHADES


def test_squares_of_more_rows_than_fit_into_one_sum():
    white = Frame(b"\xff" * (300 * 700 * 4), Rect(0, 0, 300, 700))
    assert {colour for _square, colour in Blocks(white).within(Rect(0, 0, 300, 700), 700)} == {0xFFFFFF}


def test_beyond_the_picture_there_is_nothing():
    assert Blocks(noise(10, 10, 1)).within(Rect(10, 0, 5, 5), 4) == []
