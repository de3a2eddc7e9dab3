"""What a question costs, part by part, and how it would fit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core import notes
from desktop_helper.core.documents import ChosenBy, Reference, Unit, note
from desktop_helper.core.messages import NOTE_MIME, FilePart, ImagePart, MediaPart, Moment
from desktop_helper.core.price import Price
from desktop_helper.core.text_lines import width_of
from desktop_helper.services import budget_table
from desktop_helper.services.budget import Budget, Item, Kind, attached, described
from desktop_helper.services.budget_fit import DETAILS, Means, fit, pages_kept, sentence, steps, total_after
from desktop_helper.services.question_estimate import Estimate

DOCUMENT, PICTURE, CLIP, FIXED = Means(detail=True, pages=True), Means(detail=True), Means(frames=True), Means()


def picture(tokens: int = 1000, name: str = "a.png", moment: Moment | None = None) -> ImagePart:
    return ImagePart(b"", "image/png", 700, 1120, name, tokens, moment)


def text(characters: int, name: str = "a.txt", mime: str = "text/plain") -> FilePart:
    return FilePart(b"", mime, name, "x" * characters)


def document(pages: int = 10, tokens: int = 2500, characters: int = 700, name: str = "a.pdf") -> Item:
    return Item(name, (*(picture(tokens, f"{name}, page {n}") for n in range(pages)), text(pages * characters)))


def film(frames: int = 10, tokens: int = 1000) -> Item:
    shown = [picture(tokens, "frame", Moment("a.mp4", at, 10, 300)) for at in range(frames)]
    return Item("a.mp4", (text(35, "a.mp4", NOTE_MIME), *shown))


def budget(
    *items: Item,
    limit: int = 0,
    conversation: int = 0,
    words: str = "",
    price: Price | None = None,
    most_pictures: int | None = None,
) -> Budget:
    media = tuple(part for item in items for part in item.parts)
    return Budget(items, Estimate(conversation, words, media, limit, price=price, most_pictures=most_pictures))


def test_each_kind_says_what_goes() -> None:
    assert document().what() == "10 pages · 700 × 1120 · 7,000 letters of text"
    assert film().what() == "0:10 · 10 of 300 frames · 700 × 1120"
    assert Item("a.png", (replace(picture(), full_size=(1400, 2240)),)).what() == "1400 × 2240 → 700 × 1120"
    assert Item("a.txt", (text(12),)).what() == "12 letters of text"
    assert Item("a.docx", (text(12), picture(), picture())).what() == "2 pictures · 700 × 1120 · 12 letters of text"
    kinds = [document().kind, film().kind, Item("a", (picture(),)).kind, Item("a", (text(1),)).kind]
    assert kinds == [Kind.PAGES, Kind.FRAMES, Kind.PICTURE, Kind.TEXT]


def test_pictures_of_several_sizes_say_the_largest() -> None:
    small = ImagePart(b"", "image/png", 100, 100, "b", 16)
    assert Item("a.tif", (small, picture())).what() == "2 pages · up to 700 × 1120"


def test_what_was_left_out_is_said() -> None:
    note = FilePart(b"", NOTE_MIME, "a.pdf", "Only the first 20.")
    assert Item("a.pdf", (note, picture(), picture())).left_out == ["Only the first 20."]


def test_what_only_says_how_it_goes_is_no_reason_to_worry() -> None:
    chosen = Reference("a" * 64, "a.pdf", 90, (3, 4), ChosenBy.QUESTION)
    by_hand = Reference("a" * 64, "a.pdf", 90, (3, 4), ChosenBy.USER)
    said = [
        note("a", "Pages 3–4 of 90 were chosen.", chosen),
        note("b", "Attached are 3–4, as chosen.", by_hand, fact=True),
        notes.note("c", "LibreOffice made these pages.", fact=True),
        notes.note("d", "Two pictures were left out."),
    ]
    item = Item("a.pdf", (*said, picture()))
    assert item.said == [part.text for part in said]
    assert item.left_out == ["Pages 3–4 of 90 were chosen.", "Two pictures were left out."]
    assert item.notes == ["Attached are 3–4, as chosen.", "LibreOffice made these pages."]
    told = described(budget(item))["items"]
    assert isinstance(told, list)
    assert (told[0]["left_out"], told[0]["notes"]) == (item.left_out, item.notes)


def test_of_a_text_whose_beginning_is_attached_that_is_said() -> None:
    begins = note("a.txt", "Only its first.", Reference("a" * 64, "a.txt", 1, (), unit=Unit.PART, size=2_000_000))
    assert Item("a.txt", (begins, text(400))).what() == "the first 400 letters of text"
    whole = note("a.txt", "All of it.", Reference("a" * 64, "a.txt", 1, (1,), unit=Unit.PART, size=400))
    assert Item("a.txt", (whole, text(400))).what() == "400 letters of text"


def test_a_document_that_is_attached_twice_costs_once() -> None:
    def manual(name: str) -> tuple[MediaPart, ...]:
        reference = Reference("a" * 64, name, 90, (1,))
        return note(name, "x", reference), picture(1000, f"{name}, page 1 of 90")

    once = Estimate(0, "How?", manual("a.pdf"), 100_000, most_chosen=30_000)
    twice = Estimate(0, "How?", (*manual("a.pdf"), *manual("b.pdf")), 100_000, most_chosen=30_000)
    assert once.total <= twice.total < once.total + 50
    assert twice.pictures == once.pictures


def test_the_cost_is_that_of_asking() -> None:
    assert budget(document(), price=Price(2.0, 8.0)).cost() == "about $0.054"
    assert budget(document(), price=Price(0, 0)).cost() == "free of charge"
    assert budget(document()).cost() == ""


def test_what_fits_is_left_alone() -> None:
    assert fit(budget(document(), limit=128_000), [DOCUMENT]) == ()
    assert fit(budget(document()), [DOCUMENT]) == (), "nobody knows what the model can read"


def test_pages_are_made_smaller_before_they_are_left_away() -> None:
    too_much = budget(document(), limit=16_000)
    (change,) = fit(too_much, [DOCUMENT])
    assert (change.pages, change.detail) == (None, 1000)
    assert sentence(too_much.items[0], change) == "a.pdf: at about 700 × 1120"
    (change,) = fit(budget(document(40), limit=16_000), [DOCUMENT])
    assert change.detail == DETAILS[-1]
    assert change.pages is not None
    assert 15 < change.pages < 25
    assert sentence(document(40), change).startswith(f"a.pdf: the first {change.pages} pages at about ")


def test_one_picture_is_not_made_small_for_the_sake_of_many_pages() -> None:
    chart = Item("a.png", (picture(4500),))
    document_change, chart_change = fit(budget(document(20), chart, limit=30_000), [DOCUMENT, PICTURE])
    assert document_change.detail == 1000
    assert chart_change.detail is not None
    assert chart_change.detail > 1000


def test_equals_stay_equal() -> None:
    changes = fit(budget(*(document(20) for _ in range(4)), limit=170_000), [DOCUMENT] * 4)
    assert len(changes) == 4
    assert len({change.detail for change in changes}) == 1


def test_what_cannot_be_changed_leaves_room_for_the_rest() -> None:
    too_much = budget(Item("a.txt", (text(35_000),)), document(), film(), limit=20_000, conversation=2000)
    means = [FIXED, DOCUMENT, CLIP]
    changes = fit(too_much, means)
    assert [change.place for change in changes] == [1, 2]
    assert changes[1].clip_tokens is not None
    assert total_after(too_much, means, changes) <= 20_000
    assert fit(budget(Item("a.txt", (text(350_000),)), limit=20_000), [FIXED]) == ()


@given(
    st.lists(st.tuples(st.integers(1, 60), st.integers(300, 6000), st.integers(0, 5000)), min_size=1, max_size=4),
    st.integers(2_000, 60_000),
)
def test_a_proposal_always_fits(documents: list[tuple[int, int, int]], limit: int) -> None:
    too_much = budget(*(document(*one) for one in documents), limit=limit, words="Why?")
    means = [DOCUMENT] * len(documents)
    changes = fit(too_much, means)
    if changes:
        assert total_after(too_much, means, changes) <= limit
    elif too_much.excess:
        least = sum(min(tokens, DETAILS[-1]) + characters / 3.5 for _pages, tokens, characters in documents)
        assert least > limit * 0.95 - 10


def test_steps_are_less_than_what_there_is() -> None:
    assert steps(document(tokens=1500)) == [1000, 700, 500]
    assert steps(Item("a.txt", (text(1),))) == []
    assert pages_kept(document(), 0.01) == 1


def test_the_table_lines_up_also_in_chinese() -> None:
    told = budget_table.lines(
        budget(document(name="季度报告.pdf"), Item("b.png", (picture(),)), limit=64_000, conversation=900, words="Why?")
    )
    assert len({width_of(line) for line in told[:4]}) == 1
    assert " ".join(told[0].split()) == "季度报告.pdf 10 pages · 700 × 1120 · 7,000 letters of text 27,000 tokens 42%"
    assert told[4] == "29k of 64k tokens · 45%"


def test_a_long_name_keeps_its_ends() -> None:
    (line, _sum) = budget_table.lines(budget(document(name="季" * 60 + ".pdf")))
    name = line.split()[0]
    assert name.endswith(".pdf")
    assert "…" in name
    assert width_of(name) <= 42


def test_advice_says_how_it_would_fit() -> None:
    too_much = budget(document(), limit=16_000)
    said = budget_table.advice(too_much, [budget_table.means_of(item) for item in too_much.items])
    assert "a.pdf: the first 5 pages" in said
    nothing = budget(Item("a.txt", (text(350_000),)), limit=16_000)
    assert "smaller pictures or fewer pages are not enough" in budget_table.advice(nothing, [FIXED])
    assert budget_table.advice(budget(document(), limit=128_000), [DOCUMENT]) == ""


def test_programs_get_the_same_numbers() -> None:
    told = described(budget(document(2), limit=10_000, words="x" * 35, price=Price(2.0, 8.0)))
    assert told["total_tokens"] == 5000 + 400 + 10
    assert told["cost"] == {"input": pytest.approx(0.01082), "currency": "USD"}
    assert isinstance(told["items"], list)
    item = told["items"][0]
    assert item["kind"] == "pages"
    assert item["share"] == 0.54
    assert len(item["pictures"]) == 2


def test_what_was_chosen_of_a_document_stands_in_its_place() -> None:
    def told(digest: str, *pages: int, by: ChosenBy = ChosenBy.QUESTION) -> FilePart:
        return note("note", f"Pages {pages}.", Reference(digest * 64, f"{digest}.pdf", 90, pages, by))

    attached_before = [("a.pdf", (told("a", 1, 2, by=ChosenBy.HABIT), picture(), picture())), ("b.txt", (text(35),))]
    page, other = picture(), picture()
    media = (told("a", 50), page, attached_before[1][1][0], told("c", 7), other)
    first, second, third = attached(attached_before, media)
    assert (first.name, first.parts) == ("a.pdf", media[:2])
    assert (second.name, second.parts) == attached_before[1]
    assert (third.name, third.parts) == ("c.pdf", media[3:])


def test_nothing_is_too_much_while_pages_will_be_chosen() -> None:
    habit = note("note", "The first 2.", Reference("a" * 64, "a.pdf", 90, (1, 2)))
    large = budget(Item("a.pdf", (habit, picture(), picture())), limit=100)
    assert not large.excess
    assert fit(large, [DOCUMENT]) == ()


def test_too_many_pictures_become_fewer_pages() -> None:
    many = budget(document(), Item("a.png", (picture(),)), most_pictures=6)
    assert many.picture_excess == 5
    (change,) = fit(many, [DOCUMENT, FIXED])
    assert (change.place, change.pages, change.detail) == (0, 5, None)
    said = budget_table.advice(many, [DOCUMENT, FIXED])
    assert said.startswith("These are 11 pictures, and the model takes no more than 6 at once.")
    assert "a.pdf: the first 5 pages" in said
    assert budget_table.sum_of(many).startswith("11 pictures, 6 at most · ")
    assert described(many)["picture_limit"] == 6


def test_pictures_that_nothing_makes_fewer_are_said() -> None:
    pictures = [Item(f"{number}.png", (picture(),)) for number in range(3)]
    many = budget(*pictures, most_pictures=2)
    assert fit(many, [PICTURE] * 3) == ()
    assert "no more than 2 pictures at once, and these are 3" in budget_table.advice(many, [PICTURE] * 3)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=4), st.integers(0, 60), st.integers(2_000, 200_000))
def test_few_enough_pages_also_where_tokens_are_too_many(pages: list[int], most: int, limit: int) -> None:
    documents = [document(count, name=f"{count}.pdf") for count in pages]
    many = budget(*documents, most_pictures=most, limit=limit)
    changes = fit(many, [DOCUMENT] * len(documents))
    kept = list(pages)
    for change in changes:
        kept[change.place] = change.pages if change.pages is not None else kept[change.place]
    assert min(kept) >= 1
    if many.picture_excess and changes:
        assert sum(kept) <= most
    elif many.picture_excess and not many.excess:
        assert most < len(pages), "one page of each would have been few enough"
