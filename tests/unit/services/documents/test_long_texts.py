"""Long documents of every kind without pages: the part with the answer goes with the question."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.documents import ChosenBy, Unit, references
from desktop_helper.core.errors import HelperError
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart, Message, Role, TextPart, is_note
from desktop_helper.core.protocols import ConvertOptions, ModelProfile
from desktop_helper.services.documents.chooser import Chooser
from desktop_helper.services.documents.library import Documents
from desktop_helper.services.documents.subject import ConversationSubject
from desktop_helper.services.question_estimate import part_tokens
from tests.support import office_files
from tests.support.large_documents import CHINESE, ENGLISH, Case, Language, Manual, manual
from tests.support.long_texts import KINDS
from tests.support.pdf_library import HereConverter, library

SMALL = ModelProfile("small", "local", "local", "Small", "small", context_tokens=16_384, max_image_tokens=1_500)
LARGE = ModelProfile("large", "zai", "openai_compatible", "Large", "large", "https://x", context_tokens=131_072)
LANGUAGES = pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=lambda one: one.name)
HEADED = ("txt", "md", "html", "eml", "ipynb", "docx", "odt", "rtf", "epub", "pptx", "odp")
SEED = 7


@cache
def made(language: Language, sections: int = 40, cases: int = 6) -> Manual:
    return manual(language, SEED, pages=sections, cases=cases)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Documents, HereConverter]]:
    documents, converter, _reader = library(tmp_path / "cache")
    yield documents, converter
    documents.close()


def question(text: str, *media: MediaPart) -> Message:
    return Message(Role.USER, (*media, TextPart(text)))


def chooser(documents: Documents, profile: ModelProfile = SMALL) -> Chooser:
    return Chooser(documents, profile, CancelToken(), lambda _progress: None)


def options(profile: ModelProfile = SMALL) -> ConvertOptions:
    return ConvertOptions(profile.max_image_tokens, max_video_tokens=profile.max_video_tokens)


def texts(message: Message) -> str:
    return "\n".join(part.text for part in message.media if isinstance(part, FilePart) and not is_note(part))


def missed(opened: tuple[Documents, HereConverter], path: Path, asked: Manual) -> list[Case]:
    """The questions that do not get the part with their answer."""
    documents, converter = opened
    path.write_bytes(KINDS[path.name](asked))
    media = converter.convert_file(path, options())
    found = []
    for case in asked.cases:
        fitted = chooser(documents).fitted(question(case.question, *media), [])
        (reference,) = references(fitted.media)
        assert (reference.unit, reference.by) == (Unit.PART, ChosenBy.QUESTION)
        assert 0 < len(reference.shown) < reference.pages
        assert sum(map(part_tokens, fitted.media)) < 8_192 + 600  # half of the context, and the headings
        if case.told not in texts(fitted):
            found.append(case)
    assert len(converter.batches) == 1  # it was read once for all of them
    return found


@LANGUAGES
@pytest.mark.parametrize("name", KINDS)
def test_the_part_with_the_answer_goes(opened, tmp_path: Path, name: str, language: Language) -> None:
    assert missed(opened, tmp_path / name, made(language)) == []


@pytest.mark.slow
@LANGUAGES
@pytest.mark.parametrize("name", KINDS)
def test_of_twenty_questions_about_a_long_one_hardly_one_is_missed(
    opened, tmp_path: Path, name: str, language: Language
) -> None:
    left = missed(opened, tmp_path / name, made(language, 240, 20))
    assert len(left) <= 1, left


@pytest.mark.slow
@LANGUAGES
@pytest.mark.parametrize("name", [name for name in KINDS if name.rpartition(".")[2] in HEADED])
def test_what_a_section_is_about_may_stand_in_its_heading_only(
    opened, tmp_path: Path, name: str, language: Language
) -> None:
    left = missed(opened, tmp_path / name, manual(language, SEED, pages=240, cases=20, headed=True))
    assert len(left) <= 1, left


def attached(opened: tuple[Documents, HereConverter], path: Path, profile: ModelProfile = SMALL) -> Message:
    return question("How?", *opened[1].convert_file(path, options(profile)))


def test_what_fits_goes_as_it_is_and_without_a_note(opened, tmp_path: Path) -> None:
    path = tmp_path / "manual.txt"
    path.write_bytes(KINDS["manual.txt"](made(ENGLISH)))
    asked = attached(opened, path)
    assert [reference.whole for reference in references(asked.media)] == [True]
    fitted = chooser(opened[0], LARGE).fitted(asked, [])
    (only,) = fitted.media
    assert isinstance(only, FilePart)
    assert only.text == path.read_text()
    later = chooser(opened[0], LARGE).fitted(question(made(ENGLISH).cases[0].question), [fitted])
    assert not later.media
    assert not opened[1].batches


def test_a_short_text_has_no_note(opened, tmp_path: Path) -> None:
    path = tmp_path / "short.txt"
    path.write_text("A few words.\n" * 1000)
    assert not references(attached(opened, path).media)


def test_a_later_question_brings_parts_of_its_own(opened, tmp_path: Path) -> None:
    path = tmp_path / "manual.txt"
    path.write_bytes(KINDS["manual.txt"](made(ENGLISH)))
    one, other = made(ENGLISH).cases[:2]
    first = chooser(opened[0]).fitted(question(one.question, *attached(opened, path).media), [])
    assert one.told in texts(first)
    answered = Message(Role.ASSISTANT, (TextPart("So."),))
    small = replace(SMALL, context_tokens=32_768)
    later = chooser(opened[0], small).fitted(question(other.question), [first, answered])
    (added,) = references(later.media)
    assert other.told in texts(first) + texts(later)
    assert not set(added.shown) & set(references(first.media)[0].shown)
    assert any(part.text.startswith("Added from manual.txt (") for part in later.media if isinstance(part, FilePart))


def test_more_than_any_model_reads_is_not_refused(opened, tmp_path: Path) -> None:
    lines = [f"line number {number} says nothing of note" for number in range(1, 12_001)]
    lines[8_332] = "The password of the vault is heliotrope."
    path = tmp_path / "huge.log"
    path.write_text("\n".join(lines))
    asked = attached(opened, path, LARGE)
    (reference,) = references(asked.media)
    assert not reference.whole
    note, begin = asked.media
    assert "only its first" in note.text
    assert len(begin.text) <= 400_000
    fitted = chooser(opened[0], LARGE).fitted(question("What is the password of the vault?", *asked.media), [])
    assert "heliotrope" in texts(fitted)
    names = re.findall(r"^\[part \d+ of \d+: lines (\d+)–(\d+)\]", texts(fitted), re.MULTILINE)
    assert any(int(first) <= 8_333 <= int(last) for first, last in names)
    (found,) = references(fitted.media)
    assert found.pages > 150


def test_of_two_texts_only_the_one_that_is_cut_is_chosen_from(opened, tmp_path: Path) -> None:
    (tmp_path / "huge.txt").write_text("nothing of note here\n" * 30_000 + "The vault opens with heliotrope.\n")
    (tmp_path / "other.txt").write_text("The other text is about bees and honey.\n" * 4_000)
    huge, other = (attached(opened, tmp_path / name, LARGE).media for name in ("huge.txt", "other.txt"))
    roomy = replace(LARGE, context_tokens=400_000)
    fitted = chooser(opened[0], roomy).fitted(question("What opens the vault?", *huge, *other), [])
    assert "heliotrope" in texts(fitted)
    assert fitted.media[-1] == other[-1]
    assert len(references(fitted.media)) == 1


def subject(opened: tuple[Documents, HereConverter], path: Path, at_once: int = 2_000) -> ConversationSubject:
    asked = attached(opened, path)
    fitted = chooser(opened[0]).fitted(question(made(ENGLISH).cases[0].question, *asked.media), [])
    return ConversationSubject(opened[0], opened[1], SMALL, [fitted], at_once)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "wanted", "expected"),
    [
        ("manual.txt", "lines 300-310", "lines "),
        ("manual.txt", "L300", "lines "),
        ("manual.txt", "第 300–310 行", "lines "),
        ("manual.txt", "3", ""),
        ("manual.txt", "part 3 of 200: lines 9–12", ""),
        ("manual.txt", "[part 3 of 200]", ""),
        ("manual.txt", "[manual.txt, part 3 of 200: lines 9–12]", ""),
        ("manual.pptx", "slide 17", "slide 17"),
        ("manual.xlsx", "Rest!A40:C41", "Rest!A"),
        ("manual.xlsx", "rest!$B$40", "Rest!A"),
        ("manual.ipynb", "cell 12", "cell 12"),
        ("manual.epub", "Section 17:", "Section 17: "),
    ],
)
def test_a_model_may_name_parts_in_many_ways(opened, tmp_path: Path, name: str, wanted: str, expected: str) -> None:
    path = tmp_path / name
    path.write_bytes(KINDS[name](made(ENGLISH)))
    about = subject(opened, path)
    (document,) = about.documents
    read = about.read_parts(document, wanted, CancelToken())
    assert read.count == document.pages
    number, called, text = read.parts[0]
    assert expected in called
    assert text
    if wanted == "3" or "part 3 of" in wanted:
        assert number == 3
    if "300" in wanted and name == "manual.txt":
        first, last = map(int, re.findall(r"\d+", called)[:2])
        assert first <= 300 <= last
        assert path.read_text().split("\n")[300 - 1] in text
    if "40" in wanted and "!" in wanted:
        top, bottom = (int(found) for found in re.findall(r"[A-Z](\d+)", called))
        assert top <= 40 <= bottom
        assert "| 40 |" in text
        assert "Instruction" in text  # the first row goes with all of them


def test_what_there_is_not_is_told_and_what_is_too_much_is_left(opened, tmp_path: Path) -> None:
    path = tmp_path / "manual.txt"
    path.write_bytes(KINDS["manual.txt"](made(ENGLISH)))
    about = subject(opened, path, at_once=1_500)
    (document,) = about.documents
    for wanted in ("lines 90000-90001", "5000", "no such heading"):
        with pytest.raises(HelperError, match=r"^There is no such part: it has the parts 1 to \d+\.$"):
            about.read_parts(document, wanted, CancelToken())
    read = about.read_parts(document, "1-10", CancelToken())
    assert 1 <= len(read.parts) < 4
    assert [number for number, _name, _text in read.parts] + list(read.left) == list(range(1, 11))
    hits, unread = about.search(document, made(ENGLISH).cases[3].told, CancelToken())
    assert made(ENGLISH).cases[3].told in hits[0].text
    assert hits[0].name.startswith("lines ")
    assert not unread


def test_pictures_that_do_not_go_are_mentioned(opened, tmp_path: Path) -> None:
    from docx import Document

    document = Document(io.BytesIO(KINDS["manual.docx"](made(ENGLISH))))
    document.add_picture(io.BytesIO(office_files.coloured(office_files.RED)))
    path = tmp_path / "manual.docx"
    document.save(str(path))
    asked = attached(opened, path)
    assert any(isinstance(part, ImagePart) for part in asked.media)
    fitted = chooser(opened[0]).fitted(question(made(ENGLISH).cases[0].question, *asked.media), [])
    said = [part.text for part in fitted.media if isinstance(part, FilePart) and is_note(part)]
    assert any(one.endswith("The pictures in it are not attached.") for one in said)
    assert not any(isinstance(part, ImagePart) for part in fitted.media)


def test_a_text_that_is_gone_goes_as_it_was_attached(opened, tmp_path: Path) -> None:
    path = tmp_path / "manual.txt"
    path.write_bytes(KINDS["manual.txt"](made(ENGLISH)))
    asked = attached(opened, path)
    path.unlink()
    assert chooser(opened[0]).fitted(asked, []) is asked
    later = question(made(ENGLISH).cases[0].question)
    assert chooser(opened[0], LARGE).fitted(later, [asked]) is later  # all of it was sent


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("zzyzx quuxbar", "Nothing in manual.txt matches the words of the question. So its beginning goes, "),
        ("What is it about?", "The question has no words that could be looked for in manual.txt. So its beginning "),
    ],
)
def test_what_goes_if_nothing_matches_is_not_said_to_be_chosen(opened, tmp_path: Path, words: str, said: str) -> None:
    path = tmp_path / "manual.txt"
    path.write_bytes(KINDS["manual.txt"](made(ENGLISH)))
    fitted = chooser(opened[0]).fitted(question(words, *attached(opened, path).media), [])
    (note,) = [part for part in fitted.media if isinstance(part, FilePart) and is_note(part)]
    assert note.text.startswith(said)
    assert "chosen" not in note.text
    assert texts(fitted).startswith("[part 1 of ")


def test_a_copy_is_not_chosen_from_again(opened, tmp_path: Path) -> None:
    for name in ("manual.txt", "copy.txt"):
        (tmp_path / name).write_bytes(KINDS["manual.txt"](made(ENGLISH)))
    one, other = (attached(opened, tmp_path / name).media for name in ("manual.txt", "copy.txt"))
    case = made(ENGLISH).cases[0]
    alone = chooser(opened[0]).fitted(question(case.question, *one), [])
    both = chooser(opened[0]).fitted(question(case.question, *one, *other), [])
    assert texts(both) == texts(alone)
    assert [part.text for part in both.media if isinstance(part, FilePart) and is_note(part)][1] == (
        "copy.txt is the same file as manual.txt, so it does not go twice."
    )


def test_one_that_is_attached_again_later_brings_what_is_new(opened, tmp_path: Path) -> None:
    path = tmp_path / "manual.txt"
    path.write_bytes(KINDS["manual.txt"](made(ENGLISH)))
    media = attached(opened, path).media
    one, *others = made(ENGLISH).cases
    first = chooser(opened[0]).fitted(question(one.question, *media), [])
    other = next(case for case in others if case.told not in texts(first))
    again = chooser(opened[0], replace(SMALL, context_tokens=32_768)).fitted(question(other.question, *media), [first])
    assert other.told in texts(again)
    assert sum(map(part_tokens, again.media)) < sum(map(part_tokens, media)) / 2
    old, new = references(first.media)[0], references(again.media)[0]
    assert not set(old.shown) & set(new.shown)
