"""A question that has not been asked survives the process."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop_helper.core.messages import FilePart, ImagePart
from desktop_helper.services.draft import Draft, DraftFile
from tests.support import sample_files

PICTURE = ImagePart(sample_files.picture(), "image/png", 4, 4, "a.png", 1)
NOTES = FilePart(b"\xff\xfeH\x00", "text/plain", "notes.txt", "H")
DRAFT = Draft("Why?\n“é” \ud800", (("a.png", (PICTURE,)), ("notes.txt", (NOTES, PICTURE))))


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "draft"


def files(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_nothing_is_the_draft_of_a_new_home(folder):
    assert DraftFile(folder).load() == Draft()
    assert not folder.exists()


def test_text_and_attachments_are_what_they_were(folder):
    DraftFile(folder).save(DRAFT)
    assert DraftFile(folder).load() == DRAFT


def test_how_large_a_picture_was_is_kept(folder):
    smaller = replace(PICTURE, full_size=(3840, 2160))
    DraftFile(folder).save(Draft("x", (("a.png", (smaller,)),)))
    (part,) = DraftFile(folder).load().attachments[0][1]
    assert part.full_size == (3840, 2160)


def test_an_empty_draft_leaves_nothing_behind(folder):
    DraftFile(folder).save(DRAFT)
    assert len(files(folder)) == 4
    DraftFile(folder).save(Draft())
    assert files(folder) == []
    assert DraftFile(folder).load() == Draft()


def test_an_attachment_that_was_taken_back_is_deleted(folder):
    DraftFile(folder).save(DRAFT)
    DraftFile(folder).save(Draft("Why?"))
    assert files(folder) == ["draft.json"]


def test_a_lost_attachment_does_not_lose_the_text(folder):
    DraftFile(folder).save(DRAFT)
    for path in folder.rglob(NOTES.sha256):
        path.unlink()
    assert DraftFile(folder).load() == Draft(DRAFT.text, DRAFT.attachments[:1])


@pytest.mark.parametrize("spoilt", [b"", b"{", b"[]", b'{"text": "a"}', b'{"text": "a", "attachments": 3}', b"\xff"])
def test_a_spoilt_file_is_no_draft(folder, spoilt):
    folder.mkdir()
    (folder / "draft.json").write_bytes(spoilt)
    assert DraftFile(folder).load() == Draft()


@pytest.mark.parametrize("entry", ['"a"', "{}", '{"name": "a", "parts": [{"kind": "image"}]}', "null"])
def test_a_spoilt_attachment_does_not_lose_the_text(folder, entry):
    folder.mkdir()
    (folder / "draft.json").write_text(f'{{"text": "a", "attachments": [{entry}]}}', encoding="utf-8")
    assert DraftFile(folder).load() == Draft("a")


def test_a_glance_reads_no_attachment(folder):
    DraftFile(folder).save(DRAFT)
    for path in folder.rglob("??/*"):
        path.unlink()
    assert DraftFile(folder).glance() == (DRAFT.text, ["a.png", "notes.txt"])
    assert DraftFile(folder / "nowhere").glance() == ("", [])
