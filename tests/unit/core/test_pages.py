"""Choosing pages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.pages import Ranges, as_typed, checked, chosen, ranges_of, written


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("3-7", ((3, 7),)),
        ("3", ((3, 3),)),
        ("3–7, 9", ((3, 7), (9, 9))),
        ("3 - 7 9", ((3, 7), (9, 9))),
        ("9-", ((9, None),)),
        ("-4", ((1, 4),)),
        ("3至7，9、11到12", ((3, 7), (9, 9), (11, 12))),
        (" 1,2,", ((1, 1), (2, 2))),
    ],
)
def test_what_people_write(text: str, ranges: Ranges) -> None:
    assert ranges_of(text) == ranges


@pytest.mark.parametrize("text", ["", " ", "0", "7-3", "a", "3--7", "1-2-3", "-", "3.5", "-0", "9" * 30, ", " * 3])
def test_what_is_no_choice(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        assert ranges_of(text) is None


@given(st.text(max_size=30))
def test_anything_is_a_choice_or_refused(text: str) -> None:
    try:
        ranges = ranges_of(text)
    except ValueError:
        return
    assert ranges
    assert checked([list(pair) for pair in ranges]) == ranges
    assert ranges_of(as_typed(ranges)) == ranges


@given(st.sets(st.integers(1, 300), min_size=1), st.integers(1, 300))
def test_written_pages_are_the_same_pages(pages: set[int], count: int) -> None:
    assert chosen(ranges_of(written(sorted(pages))), count) == [page for page in sorted(pages) if page <= count]


def test_huge_ranges_cost_nothing() -> None:
    assert chosen(((1, None), (5, 9_999_999)), 3) == [1, 2, 3]


@pytest.mark.parametrize("described", [None, "3", [1], [[0, 3]], [[3, 1]], [["1", 2]], [[1, 2, 3]]])
def test_what_somebody_else_sent_is_looked_at(described: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        checked(described)
