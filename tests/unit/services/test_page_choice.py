"""Choosing pages of a document: by clicks and ranges, and what is said of their costs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.pages import as_ranges, as_typed, chosen, ranges_of
from desktop_helper.services.page_choice import Choice, PageCost, Sum, cost_of, sentence, warning


def test_clicks_choose_and_let_go() -> None:
    choice = Choice(9, {2})
    choice.toggle(5)
    choice.toggle(2)
    assert choice.pages == [5]
    assert 5 in choice
    assert 2 not in choice


def test_a_range_follows_the_last_click_and_shrinks_again() -> None:
    choice = Choice(9, {9})
    choice.toggle(3)
    choice.extend(6)
    assert choice.pages == [3, 4, 5, 6, 9]
    choice.extend(2)
    assert choice.pages == [2, 3, 9]
    choice.toggle(9)
    choice.extend(2)
    assert choice.pages == [], "a page that was let go takes the others with it"


def test_arrows_begin_a_range_where_they_rest() -> None:
    choice = Choice(9, {1})
    choice.rest_at(4)
    choice.extend(6)
    assert choice.pages == [1, 4, 5, 6]


def test_what_is_not_there_is_not_chosen() -> None:
    choice = Choice(3, {0, 3, 4})
    assert choice.pages == [3]
    choice.set({2, 8})
    assert choice.pages == [2]
    choice.everything()
    assert choice.pages == [1, 2, 3]


@given(st.sets(st.integers(1, 60)))
def test_what_was_clicked_can_be_typed(pages: set[int]) -> None:
    ranges = as_ranges(sorted(pages))
    assert chosen(ranges, 60) == sorted(pages)
    if pages:
        assert ranges_of(as_typed(ranges)) == ranges


@given(st.lists(st.tuples(st.sampled_from(("toggle", "extend", "rest_at")), st.integers(1, 12)), max_size=20))
def test_no_way_of_choosing_leaves_the_document(deeds: list[tuple[str, int]]) -> None:
    choice = Choice(12)
    for deed, page in deeds:
        getattr(choice, deed)(page)
        assert set(choice.pages) <= set(range(1, 13))
        assert (page in choice) or deed != "extend" or choice.pages == sorted(choice.pages)


def test_pages_that_were_not_seen_cost_as_much_as_the_others() -> None:
    costs = {1: PageCost(100, 700), 2: PageCost(300, 0), 9: PageCost(5000, 0)}
    assert cost_of([1, 2], costs, 10_000) == Sum(400 + 200, exact=True)
    assert cost_of([1, 2, 3, 4], costs, 10_000) == Sum(800 + 400, exact=False)
    assert cost_of([1], costs, 350) == Sum(200, exact=True), "of the text, no more goes than the model is given"
    assert cost_of([5], {}, 10_000) == Sum(0, exact=False)


def test_it_is_said_in_one_line() -> None:
    assert sentence([1, 2], 340, Sum(2400, exact=True), 128_000) == (
        "2 of 340 pages · 2.4k tokens · 2% of what the model can read"
    )
    assert sentence([1, 2], 1340, Sum(2400, exact=False), 0) == "2 of 1,340 pages · about 2.4k tokens"
    assert sentence([], 3, Sum(0, exact=True), 100) == "0 of 3 pages"


@pytest.mark.parametrize(
    ("pages", "tokens", "said"),
    [
        ([], 0, "at least one"),
        (range(1, 102), 10, "At most 100 pages go"),
        ([1], 200, "more than the model can read"),
        ([1], 100, ""),
    ],
)
def test_what_is_wrong_is_said_before(pages: list[int], tokens: int, said: str) -> None:
    found = warning(pages, Sum(tokens, exact=True), 100)
    assert said in found
    assert bool(found) is bool(said)
