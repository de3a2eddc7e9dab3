"""Pages of large documents in questions: the first one, those that follow, and what is left as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.documents import ChosenBy, is_about_choice, reference_of, references
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.messages import NOTE_MIME, FilePart, ImagePart, MediaPart, Message, Role, TextPart
from desktop_helper.core.pages import ranges_of
from desktop_helper.core.protocols import ConvertOptions, ModelProfile
from desktop_helper.services.documents.chooser import Chooser
from desktop_helper.services.documents.library import Documents
from desktop_helper.services.providers import most_for_pages
from desktop_helper.services.question_estimate import Estimate, part_tokens
from tests.support.pdf_library import HereConverter, library, pdf_of

SMALL = ModelProfile("small", "local", "local", "Small", "small", context_tokens=16_384, max_image_tokens=1_500)
LARGE = ModelProfile("large", "zai", "openai_compatible", "Large", "large", "https://x", context_tokens=131_072)
FACTS = {60: "The turbine holds 42 litres of oil.", 80: "The filter of the dryer costs 17 euros."}
TEXTS = [
    f"Chapter {number}\n"
    + FACTS.get(number, "Wear gloves and keep the area dry.")
    + "\nAsk the service department. " * 9
    for number in range(1, 101)
]


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


def question(text: str, *media: MediaPart) -> Message:
    return Message(Role.USER, (*media, TextPart(text)))


def chooser(documents: Documents, profile: ModelProfile = SMALL, cancel: CancelToken | None = None) -> Chooser:
    return Chooser(documents, profile, cancel or CancelToken(), lambda _progress: None)


def shown(message: Message) -> tuple[int, ...]:
    return tuple(page for reference in references(message.media) for page in reference.shown)


def drawn(message: Message) -> list[str]:
    return [part.name for part in message.media if isinstance(part, ImagePart)]


def said(message: Message) -> str:
    return " ".join(part.text for part in message.media if isinstance(part, FilePart) and part.mime == NOTE_MIME)


def test_the_page_that_answers_is_sent_with_its_neighbours(opened, manual: Path) -> None:
    documents, converter = opened
    media = converter.convert_file(manual, ConvertOptions(1_500))
    asked = question("How much oil is in the turbine?", *media)
    fitted = chooser(documents).fitted(asked, [])
    assert shown(fitted) == (1, 59, 60, 61)
    assert drawn(fitted) == [f"manual.pdf, page {page} of 100" for page in (59, 60, 61)]
    assert "42 litres" in "".join(part.text for part in fitted.media if isinstance(part, FilePart))
    assert said(fitted) == "Pages 1, 59–61 of 100 of manual.pdf were chosen for the question. Text only: 1."
    assert sum(map(part_tokens, fitted.media)) < 8_192
    assert fitted.parts[-1] == TextPart("How much oil is in the turbine?")
    assert fitted == chooser(documents).fitted(asked, [])


@pytest.mark.parametrize(("most", "pages"), [(2, (60, 61)), (1, (60,)), (0, ())])
def test_no_more_pages_are_drawn_than_the_model_takes_pictures(
    opened, manual: Path, most: int, pages: tuple[int, ...]
) -> None:
    documents, converter = opened
    media = converter.convert_file(manual, ConvertOptions(1_500))
    few = replace(SMALL, context_tokens=131_072, quirks={"max_images": most})
    fitted = chooser(documents, few).fitted(question("How much oil is in the turbine?", *media), [])
    assert drawn(fitted) == [f"manual.pdf, page {page} of 100" for page in pages]
    assert {59, 60, 61} <= set(shown(fitted)), "the others go as text"
    assert "42 litres" in "".join(part.text for part in fitted.media if isinstance(part, FilePart))


@pytest.mark.parametrize(("beside", "pages"), [(1, (60, 61)), (2, (60,)), (3, ())])
def test_pictures_beside_the_document_take_their_places_first(
    opened, manual: Path, beside: int, pages: tuple[int, ...]
) -> None:
    documents, converter = opened
    media = converter.convert_file(manual, ConvertOptions(1_500))
    photo = ImagePart(b"", "image/png", 700, 1000, "photo.png", 900)
    three = replace(SMALL, context_tokens=131_072, quirks={"max_images": 3})
    first = question("How much oil is in the turbine?", *[photo] * beside, *media)
    fitted = chooser(documents, three).fitted(first, [])
    assert drawn(fitted) == ["photo.png"] * beside + [f"manual.pdf, page {page} of 100" for page in pages]
    told = Estimate(0, first.text, first.media, 131_072, most_pictures=3, most_chosen=most_for_pages(three))
    assert not told.refused, "what is told before says the same"
    about_another = question("What does the filter of the dryer cost?", *[photo] * beside)
    later = chooser(documents, three).fitted(about_another, [fitted])
    assert len(drawn(later)) == min(3, len(shown(later)) + beside)
    assert {79, 80, 81} <= set(shown(later))


def test_a_later_question_brings_pages_of_its_own(opened, manual: Path) -> None:
    documents, converter = opened
    first = question("How much oil is in the turbine?", *converter.convert_file(manual, ConvertOptions(1_500)))
    first = chooser(documents).fitted(first, [])
    answer = Message(Role.ASSISTANT, (TextPart("42 litres."),))
    later = chooser(documents).fitted(question("What is the price of the dryer's filter?"), [first, answer])
    assert shown(later) == (79, 80, 81)
    assert said(later).startswith("Added from manual.pdf (100 pages) for this question: 79–81.")
    again = question("And how much oil is in the turbine again?")
    assert 60 not in shown(chooser(documents).fitted(again, [first, answer, later]))
    thanks = question("Thanks!")
    assert chooser(documents).fitted(thanks, [first, answer]) is thanks


def test_a_question_about_all_of_it_gets_the_beginning(opened, manual: Path) -> None:
    documents, converter = opened
    asked = question("What is this about?", *converter.convert_file(manual, ConvertOptions(1_500)))
    assert shown(chooser(documents).fitted(asked, []))[:5] == (1, 2, 3, 4, 5)


def test_what_the_user_has_chosen_stays(opened, manual: Path) -> None:
    documents, converter = opened
    media = converter.convert_file(manual, ConvertOptions(1_500, pages=ranges_of("3-5")))
    asked = question("How much oil is in the turbine?", *media)
    assert chooser(documents).fitted(asked, []) is asked
    later = question("And the price of the dryer's filter?")
    assert chooser(documents).fitted(later, [asked]) is later
    (reference,) = references(media)
    assert (reference.by, reference.shown) == (ChosenBy.USER, (3, 4, 5))


def test_other_attachments_stay_where_they_are(opened, manual: Path) -> None:
    documents, converter = opened
    before, after = FilePart(b"a", "text/plain", "a.txt", "a"), FilePart(b"z", "text/plain", "z.txt", "z")
    asked = question("The oil of the turbine?", before, *converter.convert_file(manual, ConvertOptions(1_500)), after)
    media = chooser(documents).fitted(asked, []).media
    assert (media[0], media[-1]) == (before, after)
    assert reference_of(media[1]) is not None
    assert 60 in shown(Message(Role.USER, media))


def test_a_document_that_fits_is_sent_as_it_is(opened, tmp_path: Path) -> None:
    documents, converter = opened
    path = tmp_path / "short.pdf"
    path.write_bytes(pdf_of(TEXTS[:12]))
    media = converter.convert_file(path, ConvertOptions(1_500, max_video_tokens=100))
    asked = question("How much oil?", *media)
    assert chooser(documents, LARGE).fitted(asked, []) is asked
    assert len(shown(asked)) == 12
    tiny = ModelProfile("tiny", "local", "local", "Tiny", "tiny", context_tokens=8_192, max_image_tokens=1_500)
    assert len(drawn(chooser(documents, tiny).fitted(asked, []))) < 12


def test_the_question_is_asked_as_it_is_if_choosing_is_stopped(opened, manual: Path) -> None:
    documents, converter = opened
    asked = question("How much oil?", *converter.convert_file(manual, ConvertOptions(200)))
    cancel = CancelToken()
    cancel.cancel()
    assert chooser(documents, cancel=cancel).fitted(asked, []) is asked


@pytest.mark.parametrize("trouble", ["gone", "broken"])
def test_of_a_document_that_cannot_be_searched_any_more_what_is_attached_goes_and_that_is_said(
    opened, manual: Path, trouble: str, monkeypatch
) -> None:
    documents, converter = opened
    asked = question("How much oil?", *converter.convert_file(manual, ConvertOptions(200)))
    if trouble == "gone":
        manual.unlink()
        why = "It was changed, or is not where it was."
    else:
        why = "Too slow."
        monkeypatch.setattr(documents, "index", Mock(side_effect=HelperError(ErrorKind.SOURCE, why)))
    fitted = chooser(documents).fitted(asked, [])
    assert fitted.media[1:] == asked.media[1:]
    attached = "manual.pdf has 100 pages; only the first 20 are attached."
    assert said(fitted) == f"{attached} manual.pdf could not be searched for the question. {why}"
    assert is_about_choice(fitted.media[0])  # which the window shows below the question


@pytest.fixture
def scans(opened, tmp_path: Path, monkeypatch) -> Callable[[str], Message]:
    """A question about a scan of 50 pages, of which 7 and 33 say something."""
    documents, converter = opened
    path = tmp_path / "scan.pdf"
    path.write_bytes(pdf_of([""] * 50))
    says = {7: "The sum is 14.75", 33: "The owner is called Oswald"}

    def read(_reference, index, numbers, _cancel, on_progress) -> int:
        for number in numbers:
            on_progress(Progress(str(number)))
            index.add_read(number, says.get(number, "Other words stand here"))
        return len(numbers)

    monkeypatch.setattr(documents, "read_scans", read)
    return lambda words: question(words, *converter.convert_file(path, ConvertOptions(1_500)))


def test_scans_are_read_and_those_that_are_left_are_mentioned(opened, scans) -> None:
    fitted = chooser(opened[0], SMALL).fitted(scans("What is the sum?"), [])
    assert 7 in shown(fitted)
    assert "30 scanned pages have not been read yet" in said(fitted)


def test_scans_that_are_attached_anyway_are_read_last(opened, scans) -> None:
    fitted = chooser(opened[0], LARGE).fitted(scans("What is the owner called?"), [])
    assert 33 in shown(fitted)


def test_that_nothing_was_found_is_said_where_the_first_pages_stay(opened, scans) -> None:
    asked = scans("What is the sum?")  # on a page that the model sees, but nobody has read
    fitted = chooser(opened[0], LARGE).fitted(asked, [])
    assert fitted.media[1:] == asked.media[1:]
    assert said(fitted) == (
        "scan.pdf has 50 pages; only the first 20 are attached. Nothing in scan.pdf matches the words of the question. "
        "30 scanned pages have not been read yet, so they were not searched."
    )


@pytest.mark.parametrize(
    "data",
    [
        b"{}",
        b"[" * 100_000,
        b'{"document": {"sha256": "../../etc", "name": "x", "pages": 3, "shown": [], "by": "habit"}}',
        b'{"document": {"sha256": "%s", "name": "x", "pages": 99999999, "shown": [], "by": "habit"}}' % (b"a" * 64),
        b'{"document": {"sha256": "%s", "name": "x", "pages": 3, "shown": [4], "by": "habit"}}' % (b"a" * 64),
        b'{"document": {"sha256": "%s", "name": "x", "pages": 3, "shown": [1], "by": "me"}}' % (b"a" * 64),
    ],
)
def test_what_an_imported_conversation_claims_is_not_believed(data: bytes) -> None:
    assert reference_of(FilePart(data, NOTE_MIME, "note", "text")) is None
