"""What `--dry-run` writes is there as a whole, or not at all; tests/unit/cli/test_ask.py looks at what it is."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.messages import ChatRequest, ImagePart, Message, Role, TextPart
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.services import dry_run
from desktop_helper.services.atomic_file import write_whole

REQUEST = ChatRequest(
    (Message(Role.USER, (ImagePart(b"png", "image/png", 28, 28, "a.png", 1), TextPart("What is it?"))),)
)
PROFILE = ModelProfile("own", "openai_compatible", "m", "M", "http://127.0.0.1:1/v1")


@pytest.fixture
def full_after_the_picture(monkeypatch):
    def refuse(path: Path, data: bytes) -> None:
        if path.suffix == ".json":
            raise OSError(errno.ENOSPC, "No space left on device")
        write_whole(path, data)

    monkeypatch.setattr("desktop_helper.services.dry_run.write_whole", refuse)


def test_a_new_folder_is_gone_again_if_the_disk_is_full(tmp_path, full_after_the_picture):
    with pytest.raises(HelperError, match="because the disk is full"):
        dry_run.write(tmp_path / "new" / "out", PROFILE, REQUEST)
    assert list(tmp_path.iterdir()) == []


def test_what_was_there_stays_if_the_disk_is_full(tmp_path, full_after_the_picture, monkeypatch):
    with monkeypatch.context() as room:
        room.setattr("desktop_helper.services.dry_run.write_whole", write_whole)
        dry_run.write(tmp_path, PROFILE, ChatRequest((Message(Role.USER, (TextPart("Old"),)),)))
    old = (tmp_path / "request.json").read_bytes()
    with pytest.raises(HelperError, match="because the disk is full"):
        dry_run.write(tmp_path, PROFILE, REQUEST)
    assert [path.name for path in tmp_path.iterdir()] == ["request.json"]
    assert (tmp_path / "request.json").read_bytes() == old


def test_what_an_earlier_version_wrote_is_written_over(tmp_path):
    dry_run.write(tmp_path, PROFILE, REQUEST)
    target = tmp_path / "request.json"
    earlier = json.loads(target.read_text())
    del earlier["tools"]
    target.write_text(json.dumps(earlier))
    dry_run.write(tmp_path, PROFILE, REQUEST)
    assert json.loads(target.read_text())["tools"] == []


def test_an_earlier_dry_run_is_written_over(tmp_path):
    dry_run.write(tmp_path, PROFILE, REQUEST)
    other = ImagePart(b"other", "image/png", 28, 28, "b.png", 1)
    dry_run.write(tmp_path, PROFILE, ChatRequest((Message(Role.USER, (other, TextPart("And this?"))),)))
    assert (tmp_path / "media-1.png").read_bytes() == b"other"
    assert "And this?" in (tmp_path / "request.json").read_text(encoding="utf-8")
    mine = tmp_path / "media-2.png"
    mine.write_text("a picture of somebody's")
    dry_run.write(tmp_path, PROFILE, ChatRequest((Message(Role.USER, (TextPart("No picture."),)),)))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["media-2.png", "request.json"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("request.json", ""),
        ("request.json", "not JSON"),
        ("request.json", '{"messages": [], "model": "m"}'),
        ("request.json", "[" * 100_000),
        ("media-1.png", "a picture of somebody's"),
    ],
)
def test_what_no_dry_run_has_written_is_not_written_over(tmp_path, name, content):
    (tmp_path / name).write_text(content)
    with pytest.raises(HelperError, match="is there already, and is not written over") as caught:
        dry_run.write(tmp_path, PROFILE, REQUEST)
    assert caught.value.kind is ErrorKind.USAGE
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == content
