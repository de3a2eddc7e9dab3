"""Folders and archives of more than a model reads: what matches the question goes, and how much of it is said."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from desktop_helper.core import many_files
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.documents import ChosenBy, PageText, Unit, note, reference_of, references
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.many_files import parts_of_file, referred
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart, Message, Role, TextPart, is_note
from desktop_helper.core.protocols import ConvertOptions, ModelProfile
from desktop_helper.services import folder_reading
from desktop_helper.services.documents.chooser import Chooser
from desktop_helper.services.documents.library import Documents
from desktop_helper.services.documents.subject import ConversationSubject
from desktop_helper.services.question_estimate import Estimate, part_tokens
from tests.support import office_files, sample_files
from tests.support.large_documents import CHINESE, ENGLISH, Language, Manual, manual
from tests.support.pdf_library import HereConverter, library, pdf_of

SMALL = ModelProfile("small", "local", "local", "Small", "small", context_tokens=16_384, max_image_tokens=1_500)
LARGE = ModelProfile("large", "zai", "openai_compatible", "Large", "large", "https://x", context_tokens=131_072)
README = "# Machines\n\nEach file is about one machine.\n"
LANGUAGES = pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=lambda one: one.name)
KINDS = pytest.mark.parametrize("kind", ["zip", "folder"])


@cache
def made(language: Language = ENGLISH) -> Manual:
    return manual(language, 11, pages=60, cases=6)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Documents, HereConverter]]:
    documents, converter, _reader = library(tmp_path / "cache")
    yield documents, converter
    documents.close()


def files_of(asked: Manual) -> dict[str, bytes]:
    """A file for each page of a manual."""
    return {"README.md": README.encode()} | {
        f"notes/machine-{number:02}.txt": page.encode() for number, page in enumerate(asked.pages)
    }


def written(tmp_path: Path, kind: str, files: dict[str, bytes], name: str = "plant") -> Path:
    if kind == "zip":
        with zipfile.ZipFile(tmp_path / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for path, data in files.items():
                archive.writestr(path, data)
        return tmp_path / f"{name}.zip"
    for path, data in files.items():
        (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name / path).write_bytes(data)
    return tmp_path / name


def attached(
    opened: tuple[Documents, HereConverter], path: Path, profile: ModelProfile = SMALL, **options: object
) -> tuple[MediaPart, ...]:
    wanted = ConvertOptions(profile.max_image_tokens, max_video_tokens=profile.max_video_tokens, **options)  # type: ignore[arg-type]
    if path.is_dir():
        limit = profile.context_tokens or 0
        return folder_reading.read(path, opened[1], wanted, limit, CancelToken())  # type: ignore[arg-type]
    return opened[1].convert_file(path, wanted)


def asked(
    opened: tuple[Documents, HereConverter],
    text: str,
    media: tuple[MediaPart, ...] = (),
    profile: ModelProfile = SMALL,
    earlier: tuple[Message, ...] = (),
) -> Message:
    question = Message(Role.USER, (*media, TextPart(text)))
    return Chooser(opened[0], profile, CancelToken(), lambda _progress: None).fitted(question, earlier)


def texts(message: Message) -> str:
    return "\n".join(part.text for part in message.media if isinstance(part, FilePart) and not is_note(part))


def notes(message: Message) -> list[str]:
    return [part.text for part in message.media if isinstance(part, FilePart) and is_note(part)]


@LANGUAGES
@KINDS
def test_the_part_with_the_answer_goes_whichever_file_it_is_in(opened, tmp_path, kind: str, language: Language) -> None:
    media = attached(opened, written(tmp_path, kind, files_of(made(language))))
    whole = {part.name for part in media}
    assert 0 < len(whole) < 61
    for case in made(language).cases:
        fitted = asked(opened, case.question, media)
        assert case.told in texts(fitted), case
        assert sum(map(part_tokens, fitted.media)) < 16_384 - 4_096
        (reference,) = references(fitted.media)
        assert (reference.unit, reference.by) == (Unit.PART, ChosenBy.QUESTION)
    assert sum(batch.first == 1 for batch in opened[1].batches) in (1, 61)  # it was read once for all of them


@pytest.mark.slow
@LANGUAGES
@KINDS
@pytest.mark.parametrize("headed", [False, True])
def test_of_twenty_questions_about_many_files_hardly_one_is_missed(
    opened, tmp_path, kind: str, language: Language, headed: bool
) -> None:
    plant = manual(language, 7, pages=240, cases=20, headed=headed)
    media = attached(opened, written(tmp_path, kind, files_of(plant)))
    left = [case for case in plant.cases if case.told not in texts(asked(opened, case.question, media))]
    assert len(left) <= 1, left


@KINDS
def test_how_many_of_how_many_go_is_said(opened, tmp_path: Path, kind: str) -> None:
    path = written(tmp_path, kind, files_of(made()))
    profile = SMALL if kind == "folder" else LARGE
    media = attached(opened, path, profile)
    first, *_parts = media
    assert isinstance(first, FilePart)
    assert first.text == f"{path.name} holds 61 files."
    (habit,) = (part for part in media if reference_of(part) is not None)
    whole = sum(not is_note(part) for part in media) - 1  # without the tree
    assert isinstance(habit, FilePart)
    assert habit.text == (
        f"{whole} files of {path.name} are attached; the others are searched when you ask, "
        "and parts that your question is about go along."
    )
    case = next(case for case in made().cases if case.told not in texts(Message(Role.USER, media)))
    said = notes(asked(opened, case.question, media, profile))
    assert said[0] == first.text
    assert said[1].startswith(f"The text of {whole} files of {path.name} is attached as a whole. Of the ")
    assert " were chosen for the question: notes/machine-" in said[1]


@KINDS
def test_what_nothing_matches_is_said_and_the_files_stay(opened, tmp_path: Path, kind: str) -> None:
    path = written(tmp_path, kind, files_of(made()))
    profile = SMALL if kind == "folder" else LARGE
    media = attached(opened, path, profile)
    fitted = asked(opened, "zzyzx quuxbar", media, profile)
    assert notes(fitted)[1].startswith(
        f"Nothing in {path.name} that is not attached matches the words of the question. "
    )
    assert texts(fitted) == texts(Message(Role.USER, media))


def test_files_give_way_to_what_matches_if_they_do_not_fit(opened, tmp_path: Path) -> None:
    path = written(tmp_path, "zip", files_of(made()))
    media = attached(opened, path, LARGE)  # then another model is chosen
    assert sum(map(part_tokens, media)) > 16_384
    case = made().cases[0]
    fitted = asked(opened, case.question, media)
    assert case.told in texts(fitted)
    assert "plant.zip, files in it" in [part.name for part in fitted.media]
    assert sum(map(part_tokens, fitted.media)) < 16_384 - 4_096
    assert notes(fitted)[1].startswith("Of the ")
    nothing = asked(opened, "zzyzx quuxbar", media)
    assert README in texts(nothing)
    assert " files of plant.zip is attached as a whole." in notes(nothing)[1]
    assert sum(map(part_tokens, nothing.media)) < 16_384 - 4_096


@KINDS
def test_a_later_question_brings_parts_of_other_files(opened, tmp_path: Path, kind: str) -> None:
    media = attached(opened, written(tmp_path, kind, files_of(made())))
    profile = SMALL if kind == "folder" else replace(SMALL, context_tokens=32_768)
    one, *others = [case for case in made().cases if case.told not in texts(Message(Role.USER, media))]
    first = asked(opened, one.question, media, profile)
    assert one.told in texts(first)
    other = next(case for case in others if case.told not in texts(first))
    answered = Message(Role.ASSISTANT, (TextPart("So."),))
    later = asked(opened, other.question, (), LARGE, (first, answered))
    assert other.told in texts(later)
    assert not set(references(later.media)[0].shown) & set(references(first.media)[0].shown)
    for path, data in files_of(made()).items():
        assert not any(part.name == path for part in media) or data.decode()[:60] not in texts(later)


@KINDS
def test_what_fits_goes_as_ever(opened, tmp_path: Path, kind: str) -> None:
    files = {"README.md": README.encode(), "a.txt": b"marmalade"}
    media = attached(opened, written(tmp_path, kind, files))
    assert not references(media)
    assert asked(opened, "What is on the toast?", media).media == media


@KINDS
def test_what_the_user_chose_is_what_goes(opened, tmp_path: Path, kind: str) -> None:
    path = written(tmp_path, kind, files_of(made()))
    media = attached(opened, path, members=("README.md", "notes/machine-07.txt"))
    assert not references(media)
    assert asked(opened, made().cases[0].question, media).media == media


@KINDS
def test_documents_and_pictures_in_it(opened, tmp_path: Path, kind: str) -> None:
    files = files_of(made()) | {
        "manual.pdf": pdf_of(["Of cats and dogs.", "The heliotrope opens the vault.", ""]),
        "notes/plan.docx": office_files.docx(),
        "shot.png": sample_files.picture(),
        "broken.docx": b"PK\x03\x04 no document",
        "locked.docx": office_files.ole2("EncryptedPackage"),
        "locked.pdf": sample_files.pdf(password="open"),
        "tool.bin": bytes(range(256)),
    }
    path = written(tmp_path, kind, files)
    media = attached(opened, path)
    assert any(isinstance(part, ImagePart) for part in media) is (kind == "zip")  # there was no room for it
    left = "tool.bin" if kind == "zip" else "shot.png"
    assert f" Neither attached nor searched: {left}. " in notes(Message(Role.USER, media))[0]
    fitted = asked(opened, "What opens the vault?", media)
    assert "The heliotrope opens the vault." in texts(fitted)
    failed = ". 1 file could not be read to be searched. Not searched, since a password protects them: "
    assert f"{failed}locked.docx, locked.pdf." in notes(fitted)[-1]
    assert [part for part in fitted.media if isinstance(part, ImagePart)] == [
        part for part in media if isinstance(part, ImagePart)
    ]
    if kind == "zip":
        assert ": manual.pdf, page 2 of 3]" in texts(fitted)


def test_a_folder_that_was_changed_is_said(opened, tmp_path: Path) -> None:
    path = written(tmp_path, "folder", files_of(made()))
    media = attached(opened, path)
    (path / "notes/machine-03.txt").write_text("It says something else now, and is longer.")
    fitted = asked(opened, made().cases[0].question, media)
    assert notes(fitted)[1].startswith("What else is in plant could not be searched. It was changed, ")
    assert texts(fitted) == texts(Message(Role.USER, media))


@KINDS
def test_a_model_reads_files_by_their_names(opened, tmp_path: Path, kind: str) -> None:
    path = written(tmp_path, kind, files_of(made()) | {"src/long.py": b"x = 1\n" * 3_000})
    fitted = asked(opened, made().cases[0].question, attached(opened, path))
    about = ConversationSubject(opened[0], opened[1], SMALL, [fitted], 4_000)
    (document,) = about.documents
    assert document.name == path.name
    read = about.read_parts(document, "notes/machine-41.txt", CancelToken())
    assert read.parts[0][2].strip() == made().pages[41].strip()[: len(read.parts[0][2].strip())]
    for wanted in ("src/long.py, lines 2000-2010", "long.py line 2000", "src/long.py:L2000-L2010"):
        ((_number, name, _text),) = about.read_parts(document, wanted, CancelToken()).parts
        assert name.startswith("src/long.py, lines ")
    hits, _unread = about.search(document, "long.py", CancelToken())
    assert hits[0].name.startswith("src/long.py, ")


@KINDS
def test_what_will_go_is_foreseen(opened, tmp_path: Path, kind: str) -> None:
    profile = SMALL if kind == "folder" else LARGE
    media = attached(opened, written(tmp_path, kind, files_of(made())), profile)
    case = next(case for case in made().cases if case.told not in texts(Message(Role.USER, media)))
    before = Estimate(0, "", media, profile.context_tokens or 0, most_chosen=profile.max_video_tokens)
    assert not before.foreseen
    told = Estimate(0, case.question, media, profile.context_tokens or 0, most_chosen=profile.max_video_tokens)
    (found,) = told.foreseen.values()
    assert found.tokens > found.attached
    went = sum(map(part_tokens, asked(opened, case.question, media, profile).media)) + told.text_cost
    assert before.total < went <= told.total + 600
    assert not told.too_much


def test_a_name_cannot_pretend_to_be_a_heading() -> None:
    (part,) = parts_of_file("a]\n\n[part 1 of 1: b.txt", [PageText("words", name="lines 1–2")])
    assert part.name == "a) (part 1 of 1: b.txt, lines 1–2"


def test_a_reference_survives_being_written_down() -> None:
    reference = replace(referred("a.zip", "0" * 64, 99, complete=False), holds=7, size=9)
    assert references([note("a", "b", reference)]) == [reference]


def test_files_stay_where_a_long_text_beside_them_gives_way(opened, tmp_path: Path) -> None:
    files = attached(opened, written(tmp_path, "zip", files_of(made())), LARGE)
    path = tmp_path / "long.log"
    path.write_text("\n".join(f"event {number} of no importance" for number in range(12_000)) + "\nheliotrope vault")
    media = (*files, *attached(opened, path, LARGE))
    profile = replace(LARGE, context_tokens=80_000)
    assert sum(map(part_tokens, media)) > 80_000
    fitted = asked(opened, "Which heliotrope vault?", media, profile)
    assert "heliotrope vault" in texts(fitted)
    assert texts(Message(Role.USER, files)) in texts(fitted)
    told = Estimate(0, "Which heliotrope vault?", media, 80_000, most_chosen=profile.max_video_tokens)
    assert len(told.foreseen) == 2
    assert not told.too_much


@KINDS
def test_how_many_files_are_too_much_to_be_searched_is_said(
    opened, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many_files, "MAX_CHARACTERS", 150_000)
    files = files_of(made()) | {f"zz/{number}.txt": b"heliotrope " * 1_000 for number in range(20)}
    path = written(tmp_path, kind, files)
    case = made().cases[0]
    said = notes(asked(opened, case.question, attached(opened, path)))[1]
    assert re.search(r" 1\d files were not searched: all together are too much\.$", said), said
    assert case.told in texts(asked(opened, case.question, attached(opened, path)))


@KINDS
def test_nothing_is_promised_that_is_not_kept(
    opened, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, kind, files_of(made()))
    profile = SMALL if kind == "folder" else LARGE
    media = attached(opened, path, profile)
    general = asked(opened, "What is it about?", media, profile)
    assert notes(general)[1].startswith(
        f"The question has no words that could be looked for in {path.name}. The text of "
    )
    assert texts(general) == texts(Message(Role.USER, media))

    def fails(*_told: object) -> None:
        raise HelperError(ErrorKind.SOURCE, "It could not be read within 60 seconds.")

    monkeypatch.setattr(opened[0], "index", fails)
    failed = asked(opened, made().cases[0].question, media, profile)
    assert notes(failed)[1].startswith(
        f"What else is in {path.name} could not be searched. It could not be read within "
    )
    assert texts(failed) == texts(Message(Role.USER, media))


@pytest.mark.parametrize("value", ["Infinity", "1e400", "-3", "null", "[]", '"x"', "{}"])
@pytest.mark.parametrize("key", ["holds", "size", "pages"])
def test_what_an_imported_reference_says_is_looked_at(key: str, value: str) -> None:
    said = note("a", "b", replace(referred("a.zip", "0" * 64, 9, complete=False), holds=2))
    told = re.sub(rf'"{key}": \d+', f'"{key}": {value}', said.data.decode())
    for found in references([replace(said, data=told.encode())]):
        assert (found.holds or 0) >= 0
        assert found.size >= 0
        assert found.pages > 0
