"""Who gets videos whole: what provider files say, and what the user chose."""

from __future__ import annotations

import json

import pytest

from desktop_helper.core.messages import CLIP_MIME, ChatRequest, FilePart, ImagePart, Message, Moment, Role, TextPart
from desktop_helper.core.native_video import MIME, native_video
from desktop_helper.core.resources import resource
from desktop_helper.services import dry_run
from desktop_helper.services.providers import Providers, resolve
from desktop_helper.services.settings import ProfileSettings


@pytest.fixture
def providers(tmp_path) -> Providers:
    return Providers(resource("providers"), tmp_path)


@pytest.mark.parametrize(
    ("provider", "auto", "whole"),
    [("vllm", "data_uri", "data_uri"), ("zai", None, "base64"), ("bigmodel", None, "base64"), ("ollama", None, None)],
)
def test_only_where_it_is_documented_unless_the_user_asks(providers, provider: str, auto, whole) -> None:
    found = {}
    for way in ("auto", "whole", "frames"):
        video = native_video(resolve("p", ProfileSettings(provider, video=way), providers).quirks)
        found[way] = None if video is None else video.form
    assert found == {"auto": auto, "whole": whole, "frames": None}


def test_dry_run_shows_what_is_sent(providers, tmp_path) -> None:
    parts = (
        FilePart(b"mp4", CLIP_MIME, "note", "A note."),
        ImagePart(b"jpg", "image/jpeg", 28, 28, "a, 0", 1, Moment("a", 0.0, 3.0, 30)),
        TextPart("What?"),
    )
    request = ChatRequest((Message(Role.USER, parts),))
    for way, expected in (
        ("auto", [{"file": "media-1.mp4", "mime": MIME, "bytes": 3}]),
        ("frames", [{"type": "text", "text": "(A note.)\n\n"}]),
    ):
        profile = resolve("p", ProfileSettings("vllm", video=way), providers)
        path = dry_run.write(tmp_path / way, profile, request)
        content = json.loads(path.read_text(encoding="utf-8"))["messages"][0]["content"]
        assert content[:1] == expected
    assert (tmp_path / "auto" / "media-1.mp4").read_bytes() == b"mp4"
    assert sorted(path.name for path in (tmp_path / "auto").iterdir()) == ["media-1.mp4", "request.json"]
