"""A video's pictures on their way: through the converter process, into requests, the history, drafts and archives."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_helper.backends.local import wire
from desktop_helper.backends.openai_compatible._quirks import Quirks
from desktop_helper.backends.openai_compatible._request import request_body
from desktop_helper.core.child import child_argv
from desktop_helper.core.image_tokens import LOCAL_VIDEO_TOKENS, REMOTE_VIDEO_TOKENS, video_tokens
from desktop_helper.core.messages import ChatRequest, FilePart, ImagePart, MediaPart, Message, Role, TextPart
from desktop_helper.core.protocols import ConvertOptions, ModelProfile
from desktop_helper.services import dry_run, exporting
from desktop_helper.services.converter import Converter
from desktop_helper.services.draft import Draft, DraftFile
from desktop_helper.services.history import History
from desktop_helper.services.importing import own_json
from desktop_helper.services.importing.media import MediaReader
from desktop_helper.services.question_estimate import Estimate
from tests.support.clip_files import clip

PROFILE = ModelProfile("zai", "zai", "openai_compatible", "GLM", "glm", "https://example.com/v1")


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> tuple[MediaPart, ...]:
    """A note and four pictures, as the converter process makes them of a file."""
    folder = tmp_path_factory.mktemp("clip")
    path = folder / "holiday.mkv"
    path.write_bytes(clip("mkv", sound=True))
    converter = Converter(child_argv("desktop_helper.attachments._worker"), folder)
    try:
        return converter.convert_file(path, ConvertOptions(max_video_tokens=4 * 99))
    finally:
        converter.close()


@pytest.fixture
def request_(media: tuple[MediaPart, ...]) -> ChatRequest:
    return ChatRequest((Message(Role.USER, (*media, TextPart("What happens?"))),))


def test_the_converter_keeps_times(media: tuple[MediaPart, ...]) -> None:
    moments = [part.moment for part in media if isinstance(part, ImagePart)]
    assert [moment.at for moment in moments if moment is not None] == [0, 1, 2, 2.9]
    assert isinstance(media[0], FilePart)
    assert media[0].text.endswith("Its sound is left out: the model does not hear it.")


def test_a_server_reads_each_picture_and_then_its_time(request_: ChatRequest) -> None:
    content = request_body(request_, "glm", Quirks())["messages"][0]["content"]
    assert [part["type"] for part in content] == ["text", *["image_url", "text"] * 4, "text"]
    texts = [part["text"] for part in content if part["type"] == "text"]
    assert "4 of its 30 frames" in texts[0]
    assert texts[1:] == ["0.0 seconds", "1.0 seconds", "2.0 seconds", "2.9 seconds", "What happens?"]


def test_a_model_on_this_machine_reads_the_same(request_: ChatRequest) -> None:
    header, pictures = wire.pack(request_)
    content = header["messages"][0]["content"]
    assert [part["type"] for part in content] == ["text", *["image", "text"] * 4, "text"]
    assert content[4]["text"] == "1.0 seconds"
    assert len(pictures) == 3  # named by what is in them: the last two are the same


def test_a_dry_run_shows_the_same(request_: ChatRequest, tmp_path: Path) -> None:
    written = json.loads(dry_run.write(tmp_path / "out", PROFILE, request_).read_text(encoding="utf-8"))
    content = written["messages"][0]["content"]
    assert [part.get("tokens", part.get("text")) for part in content[1:]] == [
        *(99, "0.0 seconds", 99, "1.0 seconds", 99, "2.0 seconds", 99, "2.9 seconds"),
        "What happens?",
    ]
    assert all((tmp_path / "out" / part["file"]).exists() for part in content if "file" in part)


def test_history_and_draft_give_back_what_was_sent(media: tuple[MediaPart, ...], tmp_path: Path) -> None:
    message = Message(Role.USER, (*media, TextPart("What happens?")))
    history = History(tmp_path / "history.db", tmp_path / "blobs")
    conversation = history.new_conversation()
    history.add_message(conversation, message)
    (stored,) = history.messages(conversation)
    history.close()
    assert stored.message == message
    draft = Draft("text", (("holiday.mkv", media),))
    file = DraftFile(tmp_path / "draft")
    file.save(draft)
    assert file.load() == draft


def test_times_come_back_from_our_own_export(media: tuple[MediaPart, ...], tmp_path: Path) -> None:
    history = History(tmp_path / "history.db", tmp_path / "blobs")
    conversation = history.new_conversation()
    history.add_message(conversation, Message(Role.USER, (*media, TextPart("What happens?"))))
    found = exporting.conversation(history, conversation)
    history.close()
    path = tmp_path / "a.json"
    path.write_text(exporting.as_text(exporting.formats()["json"], found, thinking=False), encoding="utf-8")
    pictures = {part.data: replace(part, moment=None) for part in media if isinstance(part, ImagePart)}
    read = own_json.read(path, MediaReader(lambda data, _name: (pictures[data],)))
    assert read.messages[0].message.media == media


def test_the_estimate_tells_a_video_in_one_line(media: tuple[MediaPart, ...]) -> None:
    lines = Estimate(0, "", media).lines()
    assert "holiday.mkv, 0:03 · 4 of 30 frames, 320 × 240 each: 396 tokens" in lines
    assert len(lines) == 2


def test_a_video_may_cost_half_of_what_the_model_can_read() -> None:
    assert video_tokens(6144, None) == REMOTE_VIDEO_TOKENS
    assert video_tokens(6144, 16_384) == 8_192
    assert video_tokens(1500, None) == LOCAL_VIDEO_TOKENS
    assert video_tokens(1500, 8_192) == 4_096


def test_a_video_larger_than_other_files_may_be_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.mkv"
    path.write_bytes(clip("mkv"))
    with path.open("ab") as file:
        file.truncate(300 * 1024 * 1024)  # sparse: the disk holds only its beginning
    converter = Converter(child_argv("desktop_helper.attachments._worker"), tmp_path)
    try:
        parts = converter.convert_file(path)
    finally:
        converter.close()
    assert len(parts) == 5
