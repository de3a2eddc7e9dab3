"""What `--dry-run` writes is there as a whole, or not at all; tests/unit/cli/test_ask.py looks at what it is."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from desktop_helper.core.errors import HelperError
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


def test_what_was_there_stays_if_the_disk_is_full(tmp_path, full_after_the_picture):
    (tmp_path / "request.json").write_text("old")
    with pytest.raises(HelperError, match="because the disk is full"):
        dry_run.write(tmp_path, PROFILE, REQUEST)
    assert [path.name for path in tmp_path.iterdir()] == ["request.json"]
    assert (tmp_path / "request.json").read_text() == "old"
