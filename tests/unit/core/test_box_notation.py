"""Places that models name, in each of the notations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.box_notation import NOTATIONS, TooSmallError
from desktop_helper.core.image_parts import box_of
from desktop_helper.core.image_tokens import fit, image_tokens, read_size

SIDES = st.integers(28, 6000)
SHARES = st.tuples(*[st.floats(0, 1)] * 4).filter(lambda box: box[2] - box[0] >= 0.02 and box[3] - box[1] >= 0.02)


@given(width=SIDES, height=SIDES, most=st.integers(64, 6144), box=SHARES)
def test_a_box_is_at_the_same_place_in_each_notation(
    width: int, height: int, most: int, box: tuple[float, ...]
) -> None:
    """Also if the picture was made smaller for the model, and another shape by that."""
    sent = (width, height) if image_tokens(width, height) <= most else fit(width, height, most)
    read = read_size(*sent)
    pixels = [share * side for share, side in zip(box, (*read, *read), strict=True)]
    named = {
        "shares": box,
        "percent": [share * 100 for share in box],
        "thousandths": [share * 1000 for share in box],
        "pixels": pixels,
    }
    assert set(named) == set(NOTATIONS)
    places = [box_of(NOTATIONS[name].area(values, read), width, height) for name, values in named.items()]
    wanted = box_of((box[0], box[1], box[2] - box[0], box[3] - box[1]), width, height)
    for place in places:
        assert place == pytest.approx(wanted, abs=1)


@pytest.mark.parametrize("box", [(), (1, 2, 3), (1, 2, 3, 4, 5), ("a", 0, 1, 1), (None, 0, 1, 1)])
@pytest.mark.parametrize("name", NOTATIONS)
def test_what_is_no_box(name: str, box: tuple[float, ...]) -> None:
    with pytest.raises((ValueError, TypeError)):
        NOTATIONS[name].area(box, (280, 280))


@pytest.mark.parametrize("box", [(0, 0, 0, 100), (100, 0, 50, 100), (-9, 0, -1, 280), (float("nan"),) * 4])
def test_there_must_be_something_in_it(box: tuple[float, ...]) -> None:
    with pytest.raises(TooSmallError):
        NOTATIONS["pixels"].area(box, (280, 280))


def test_pixels_of_nothing_are_no_place() -> None:
    with pytest.raises(ValueError, match="of what"):
        NOTATIONS["pixels"].area((0, 0, 100, 100), None)


@given(width=st.integers(1, 6000), height=st.integers(1, 6000))
def test_a_picture_is_read_in_whole_tokens(width: int, height: int) -> None:
    columns, rows = (side // 28 for side in read_size(width, height))
    assert image_tokens(width, height) == max(8, columns * rows)
