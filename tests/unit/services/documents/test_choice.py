"""Which pages go: never more than the budget, the best ones first, and always the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.services.documents.choice import (
    MOST_PAGES,
    Choice,
    Costs,
    choose,
    first_pages,
    opening_pages,
)
from desktop_helper.services.documents.page_index import Hit


def hits(*pages: int) -> list[Hit]:
    return [Hit(page, 10.0 - place * 0.1) for place, page in enumerate(pages)]


def test_the_best_go_with_their_pictures_and_others_as_text() -> None:
    choice = choose(hits(50, 60, 70), 100, Costs(5_000, 1_000, lambda _page: 400))
    assert choice == Choice((50, 60), (49, 51, 59, 61, 70))
    assert choice.pages == (49, 50, 51, 59, 60, 61, 70)


def test_pages_that_help_to_find_ones_way_go_if_they_are_cheap() -> None:
    costs = Costs(6_000, 1_000, lambda page: 3_000 if page == 2 else 300)
    assert choose(hits(50), 100, costs, opening=[1, 2]).pages == (1, 49, 50, 51)


def test_weak_hits_stay_out() -> None:
    found = [Hit(5, 10.0), Hit(90, 3.0)]
    assert 90 not in choose(found, 100, Costs(30_000, 1_000, lambda _page: 100)).pages


def test_a_small_budget_still_gets_the_best_page() -> None:
    assert choose(hits(50, 60), 100, Costs(1_300, 1_000, lambda _page: 300)) == Choice((50,), ())
    assert choose(hits(50, 60), 100, Costs(700, 1_000, lambda _page: 300)) == Choice((), (50, 60))
    assert choose(hits(50), 100, Costs(100, 1_000, lambda _page: 300)) == Choice()


def test_a_question_about_all_of_it_gets_the_beginning() -> None:
    assert first_pages(900, Costs(4_000, 1_000, lambda _page: 500)).pages == (1, 2, 3, 4, 5, 6)


def test_the_table_of_contents_is_known_by_its_title() -> None:
    texts = {1: "Manual", 2: "Preface", 3: "Table of Contents\n1 Safety ... 5", 4: "Contents of the box: a pump"}
    assert opening_pages(texts) == [1, 3]
    assert opening_pages({1: "", 2: "目 录\n第一章"}) == [2]


@given(
    st.lists(st.integers(1, 300), unique=True, max_size=60),
    st.integers(0, 40_000),
    st.integers(8, 6_000),
    st.integers(0, 3_000),
)
def test_the_budget_is_kept(pages: list[int], budget: int, picture: int, text: int) -> None:
    costs = Costs(budget, picture, lambda page: 0 if page % 7 == 0 else text)
    choice = choose(hits(*pages), 300, costs, opening=[1, 2])
    assert len(choice.pages) == len(set(choice.pages)) <= MOST_PAGES
    assert all(1 <= page <= 300 for page in choice.pages)
    assert len(choice.pictures) * picture + sum(costs.text(page) for page in choice.pages) <= budget
    assert choice == choose(hits(*pages), 300, costs, opening=[1, 2])
