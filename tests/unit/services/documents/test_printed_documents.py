"""Long documents that LibreOffice prints: their pages are chosen, shown and read like those of a PDF."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_helper.attachments import _printed_before
from desktop_helper.core import office_program
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.documents import ChosenBy, Unit, references
from desktop_helper.core.messages import FilePart, ImagePart, Message, Role, TextPart
from desktop_helper.core.protocols import ConvertOptions, ModelProfile
from desktop_helper.services.documents.chooser import Chooser
from desktop_helper.services.documents.library import Documents
from desktop_helper.services.documents.subject import ConversationSubject
from tests.support.large_documents import ENGLISH, manual
from tests.support.long_texts import KINDS
from tests.support.office_stand_in import PRINTS, stand_in
from tests.support.pdf_library import HereConverter, library, pdf_of

SMALL = ModelProfile("small", "local", "local", "Small", "small", context_tokens=16_384, max_image_tokens=1_500)
LARGE = ModelProfile("large", "zai", "openai_compatible", "Large", "large", "https://x", context_tokens=200_000)
MANUAL = manual(ENGLISH, 5, pages=26, cases=3)
COUNTING = PRINTS + "\nwith open(told.with_suffix('.count'), 'a') as count: count.write('x')"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Documents, HereConverter]]:
    documents, converter, _reader = library(tmp_path / "cache")
    yield documents, converter
    documents.close()


@pytest.fixture(autouse=True)
def prints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """LibreOffice prints each section of the manual on a page. Returns where it is counted how often."""
    told = stand_in(tmp_path, monkeypatch, COUNTING)
    (tmp_path / "printed.pdf").write_bytes(pdf_of([page[:700] for page in MANUAL.pages]))
    (tmp_path / "kept").mkdir()
    monkeypatch.setattr(_printed_before, "_folder", [tmp_path / "kept"])  # as the converter process is told
    return told.with_suffix(".count")


def attached(opened: tuple[Documents, HereConverter], path: Path, words: str, profile: ModelProfile) -> Message:
    path.write_bytes(KINDS[path.name](MANUAL))
    options = ConvertOptions(profile.max_image_tokens, max_video_tokens=profile.max_video_tokens)
    return Message(Role.USER, (*opened[1].convert_file(path, options), TextPart(words)))


def fitted(opened: tuple[Documents, HereConverter], asked: Message, profile: ModelProfile = SMALL) -> Message:
    return Chooser(opened[0], profile, CancelToken(), lambda _progress: None).fitted(asked, [])


@pytest.mark.parametrize("name", ["manual.docx", "manual.rtf", "manual.pptx", "manual.odp"])
def test_pages_are_chosen_and_printed_once(opened, tmp_path: Path, prints: Path, name: str) -> None:
    words = next(line for line in MANUAL.pages[20].split("\n") if line[:1].isupper() and "Section" not in line)
    message = fitted(opened, attached(opened, tmp_path / name, words, SMALL))
    (reference,) = references(message.media)
    assert (reference.unit, reference.by, reference.pages) == (Unit.PAGE, ChosenBy.QUESTION, 26)
    assert 21 in reference.shown
    pictures = [part.name for part in message.media if isinstance(part, ImagePart)]
    assert f"{name}, page 21 of 26" in pictures
    assert prints.read_text() == "x"
    about = ConversationSubject(opened[0], opened[1], SMALL, [message], 4_000)
    texts, _pictures = about.read(reference, [12], CancelToken(), drawn=True)
    assert MANUAL.pages[11].split("\n")[1][:60] in texts[12].replace("\n", " ")
    assert prints.read_text() == "x"


def test_what_fits_goes_with_all_of_its_text(opened, tmp_path: Path) -> None:
    asked = attached(opened, tmp_path / "manual.docx", MANUAL.cases[0].question, LARGE)
    (reference,) = references(asked.media)
    assert reference.whole  # pages that are no pictures are text
    assert sum(isinstance(part, ImagePart) for part in asked.media) == 20
    assert fitted(opened, asked, LARGE) is asked
    text = "".join(part.text for part in asked.media if isinstance(part, FilePart))
    assert all(case.told in text for case in MANUAL.cases)


def test_of_slides_our_own_reading_is_searched(opened, tmp_path: Path) -> None:
    case = MANUAL.cases[0]
    (tmp_path / "printed.pdf").write_bytes(pdf_of(["Only a picture."] * 26))
    message = fitted(opened, attached(opened, tmp_path / "manual.pptx", case.question, SMALL))
    (reference,) = references(message.media)
    assert case.page in reference.shown
    assert case.told in "".join(part.text for part in message.media if isinstance(part, FilePart))


def test_without_it_there_are_parts(opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(office_program.VARIABLE, "none")
    message = fitted(opened, attached(opened, tmp_path / "manual.docx", MANUAL.cases[0].question, SMALL))
    (reference,) = references(message.media)
    assert reference.unit is Unit.PART
    assert MANUAL.cases[0].told in "".join(part.text for part in message.media if isinstance(part, FilePart))
