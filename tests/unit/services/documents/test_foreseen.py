"""What is told before a question is asked of a large document comes near to what is sent then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_helper.core.documents import ChosenBy, Reference, note
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart
from desktop_helper.core.pages import ranges_of
from desktop_helper.core.protocols import ConvertOptions, ModelProfile
from desktop_helper.services.budget import Budget, Item, foreseen_of
from desktop_helper.services.budget_fit import Means, fit
from desktop_helper.services.documents import choice
from desktop_helper.services.documents.library import Documents
from desktop_helper.services.providers import context_of, most_for_pages
from desktop_helper.services.question_estimate import Estimate, part_tokens
from tests.support import large_documents
from tests.support.large_documents import CHINESE, ENGLISH, Language
from tests.support.long_texts import KINDS
from tests.support.pdf_library import HereConverter, library, pdf_of
from tests.unit.services.documents.test_chooser import SMALL, TEXTS, chooser, question, shown

WIDE = replace(SMALL, backend="openai_compatible", context_tokens=40_000)
OIL = "How much oil is in the turbine?"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Documents, HereConverter]]:
    documents, converter, _reader = library(tmp_path / "cache")
    yield documents, converter
    documents.close()


@pytest.fixture
def manual(tmp_path: Path) -> Path:
    path = tmp_path / "manual.pdf"
    path.write_bytes(pdf_of(TEXTS))
    return path


def estimate(words: str, media: tuple[MediaPart, ...], profile: ModelProfile = SMALL, used: int = 0) -> Estimate:
    limit = profile.context_tokens or 0
    return Estimate(used, words, media, limit, most_chosen=most_for_pages(profile))


@pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=lambda language: language.name)
@pytest.mark.parametrize("profile", [SMALL, WIDE], ids=["small", "wide"])
def test_it_comes_near_to_what_is_sent(opened, tmp_path: Path, language: Language, profile: ModelProfile) -> None:
    documents, converter = opened
    book = large_documents.manual(language, 1, 60, 1)
    (case,) = book.cases
    path = tmp_path / "manual.pdf"
    path.write_bytes(book.pdf())
    media = tuple(converter.convert_file(path, ConvertOptions(1_500)))
    fitted = chooser(documents, profile).fitted(question(case.question, *media), [])
    sent, told = sum(map(part_tokens, fitted.media)), estimate(case.question, media, profile)
    (found,) = told.foreseen.values()
    assert sent * 0.9 <= found.tokens <= sent * 1.1
    assert abs(found.pages - len(shown(fitted))) <= 2
    assert told.total == found.tokens + told.text_cost
    assert not told.too_much
    assert told.of_limit().startswith("about ")
    item = Item("manual.pdf", media, foreseen_of(media, told))
    assert item.what().startswith(f"about {found.pages} of 60 pages · ")
    assert item.cost_text() == f"about {found.tokens:,} tokens"


@pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=lambda language: language.name)
def test_so_it_does_of_a_text_without_pages(opened, tmp_path: Path, language: Language) -> None:
    documents, converter = opened
    book = large_documents.manual(language, 1, 150, 1)
    (case,) = book.cases
    path = tmp_path / "manual.txt"
    path.write_bytes(KINDS["manual.txt"](book))
    media = tuple(converter.convert_file(path, ConvertOptions(1_500)))
    fitted = chooser(documents, SMALL).fitted(question(case.question, *media), [])
    sent, told = sum(map(part_tokens, fitted.media)), estimate(case.question, media)
    (found,) = told.foreseen.values()
    assert sent * 0.8 <= found.tokens <= sent * 1.2
    assert found.tokens + told.text_cost <= choice.room(context_of(SMALL), 0)
    assert told.total == found.tokens + told.text_cost
    assert not told.too_much
    item = Item("manual.txt", media, foreseen_of(media, told))
    assert item.what() == f"about {found.pages} parts of its text"
    assert f"manual.txt, about {found.pages} parts of its text: about {found.tokens} tokens" in told.lines()
    assert estimate(case.question, media, replace(SMALL, context_tokens=500_000)).foreseen == {}


def test_what_goes_as_it_is_attached_is_counted_exactly(opened, manual: Path, tmp_path: Path) -> None:
    _documents, converter = opened
    attached = tuple(converter.convert_file(manual, ConvertOptions(1_500)))
    chosen = tuple(converter.convert_file(manual, ConvertOptions(1_500, pages=ranges_of("3-5"))))
    short = tmp_path / "short.pdf"
    short.write_bytes(pdf_of(TEXTS[:3]))
    whole = tuple(converter.convert_file(short, ConvertOptions(1_500)))
    for words, media in ((OIL, chosen), (OIL, whole), ("What is this about?", attached), ("", attached)):
        told = estimate(words, media, WIDE)
        assert told.foreseen == {}
        assert told.total == told.text_cost + sum(map(part_tokens, media))
        assert not told.of_limit().startswith("about")
    assert estimate("", attached, replace(SMALL, context_tokens=8_192)).foreseen, "they would not fit"


def test_what_is_too_long_without_the_document_stays_too_much() -> None:
    media = (note("a.pdf", "", Reference("a" * 64, "a.pdf", 900, (1,))), page(1))
    assert not estimate(OIL, media).too_much
    told = estimate(OIL, media, used=16_000)
    assert told.foreseen == {}
    assert told.too_much


def page(number: int, tokens: int = 1_400) -> ImagePart:
    return ImagePart(b"", "image/png", 700, 1000, f"a.pdf, page {number} of 900", tokens)


def test_where_no_page_can_be_chosen_it_goes_as_it_is_attached() -> None:
    scans = tuple(map(page, range(1, 4)))
    media: tuple[MediaPart, ...] = (note("a.pdf", "", Reference("a" * 64, "a.pdf", 900, (1, 2, 3))), *scans)
    too_large = estimate(
        OIL, tuple(replace(part, tokens=9_000) if isinstance(part, ImagePart) else part for part in media)
    )
    assert too_large.foreseen == {}
    assert too_large.too_much
    for_the_blind = replace(estimate(OIL, media, WIDE), most_pictures=0)
    assert for_the_blind.foreseen == {}
    assert for_the_blind.too_many


def test_pages_that_become_fewer_pictures_are_told_so() -> None:
    numbers = tuple(range(1, 13))
    reference = Reference("a" * 64, "a.pdf", 12, numbers)
    layer = FilePart(b"", "text/plain", "a.pdf, text of the pages", "Wear gloves. " * 400)
    media: tuple[MediaPart, ...] = (note("a.pdf", "", reference), *map(page, numbers), layer)
    photo = replace(page(1), name="photo.png")
    for beside, most, pictures in ((0, 8, 8), (3, 8, 8), (0, None, 12), (9, 8, 9)):
        told = replace(
            estimate(OIL, (*[photo] * beside, *media), WIDE), limit=200_000, most_pictures=most, most_chosen=60_000
        )
        assert told.pictures == pictures
        assert told.too_many == (most is not None and beside > most)
        assert bool(told.foreseen) == (most is not None)
    items = (Item("a.pdf", media, foreseen_of(media, told)), *[Item("photo.png", (photo,))] * 9)
    assert fit(Budget(items, told), [Means(pages=True), *[Means()] * 9]) == ()


@given(
    st.integers(1, 20), st.integers(1, 900), st.integers(200, 6_000), st.integers(0, 6_000),
    st.integers(0, 60_000), st.sampled_from([0, 4_096, 16_384, 128_000]), st.booleans(),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_it_is_never_more_than_fits(
    there: int, more: int, picture: int, letters: int, used: int, context: int, by_user: bool
) -> None:
    by = ChosenBy.USER if by_user else ChosenBy.HABIT
    numbers = tuple(range(1, there + 1))
    layer = FilePart(b"", "text/plain", "a.pdf, text of the pages", "x" * letters * there)
    reference = Reference("a" * 64, "a.pdf", there + more, numbers, by)
    pictures = [page(number, picture) for number in numbers]
    media: tuple[MediaPart, ...] = (note("a.pdf", "", reference), *pictures, layer)
    profile = replace(SMALL, backend="openai_compatible", context_tokens=context or None)
    told = estimate("turbine oil", media, profile, used)
    if by_user:
        assert told.foreseen == {}
    for found in told.foreseen.values():
        assert 0 < found.tokens <= most_for_pages(profile)
        assert found.tokens + told.text_cost <= choice.room(context_of(profile), used)
        assert 0 < found.pages <= choice.MOST_PAGES
