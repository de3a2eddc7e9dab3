"""Videos that go whole to servers that read them, and as pictures to all others, also after a refusal."""

from __future__ import annotations

import base64

import pytest

from desktop_helper.backends.openai_compatible import BACKEND
from desktop_helper.backends.openai_compatible._quirks import Quirks
from desktop_helper.backends.openai_compatible._request import request_body
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.clips import with_times
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Finished, Notice
from desktop_helper.core.messages import CLIP_MIME, ChatRequest, FilePart, ImagePart, Message, Moment, Role, TextPart
from desktop_helper.core.protocols import BackendTools
from desktop_helper.services.egress import Egress
from tests.support.glm_server import GlmServer, answer, error
from tests.support.wire import KEY, said, wire_profile

MP4 = b"\0\0\0 ftypisom not really"
VIDEO = {"form": "data_uri", "fields": {"media_io_kwargs": {"video": {"num_frames": -1}}}}


def frame(clip: str, at: float) -> ImagePart:
    return ImagePart(b"\xff\xd8", "image/jpeg", 28, 28, f"{clip}, {at}", 1, Moment(clip, at, 3.0, 30))


MEDIA = (
    FilePart(MP4, CLIP_MIME, "2 of 30 frames of a.mp4", "A note."),
    frame("a.mp4", 0.0),
    frame("a.mp4", 2.9),
    FilePart(b"words", "text/plain", "a.txt", "words"),
    frame("b.mp4", 1.0),
)
REQUEST = ChatRequest((Message(Role.USER, (*MEDIA, TextPart("What happens?"))),))


def kinds(body) -> list[str]:
    return [part["type"] for part in body["messages"][0]["content"]]


def test_whole_where_the_server_reads_it() -> None:
    body = request_body(REQUEST, "m", Quirks.of({"video": VIDEO}))
    assert kinds(body) == ["video_url", "text", "image_url", "text", "text"]
    url = body["messages"][0]["content"][0]["video_url"]["url"]
    assert url == f"data:video/mp4;base64,{base64.b64encode(MP4).decode()}"
    assert body["media_io_kwargs"] == {"video": {"num_frames": -1}}
    bare = request_body(REQUEST, "m", Quirks.of({"video": {"form": "base64"}}))
    assert bare["messages"][0]["content"][0]["video_url"]["url"] == base64.b64encode(MP4).decode()


def test_a_video_that_was_only_kept_is_never_sent() -> None:
    kept = FilePart(MP4, "video/mp4", "old.mp4", "[a video, which is not read here]")  # as imported ones are
    request = ChatRequest((Message(Role.USER, (kept, TextPart("Why?"))),))
    body = request_body(request, "m", Quirks.of({"video": VIDEO}))
    assert kinds(body) == ["text", "text"]
    assert "media_io_kwargs" not in body


def test_pictures_with_their_times_and_the_note_for_all_others() -> None:
    body = request_body(REQUEST, "m", Quirks())
    assert kinds(body) == ["text", "image_url", "text", "image_url", "text", "text", "image_url", "text", "text"]
    assert body["messages"][0]["content"][0]["text"] == "(A note.)\n\n"
    assert "video" not in str(body)
    assert list(with_times(MEDIA))[:2] == list(MEDIA[:2])


def test_no_fields_of_videos_without_a_video() -> None:
    request = ChatRequest((Message(Role.USER, (TextPart("Hi"),)),))
    assert "media_io_kwargs" not in request_body(request, "m", Quirks.of({"video": VIDEO}))


@pytest.mark.parametrize(
    "table", ["yes", {"form": "url"}, {"max_mb": "1"}, {"max_mb": 0}, {"codecs": []}, {"codecs": ["av1"]}, {"odd": 1}]
)
def test_a_table_that_is_none_is_told(table) -> None:
    with pytest.raises(HelperError):
        Quirks.of({"video": table})


@pytest.fixture
def talk(tmp_path):
    """A server, and a backend that sends videos whole to it; asks the same question again and again."""
    with GlmServer() as server:
        egress = Egress(tmp_path / "egress.jsonl", lambda: False)
        tools = BackendTools(egress.http_client, lambda _: KEY, tmp_path, tmp_path)
        backend = BACKEND.create(wire_profile(server.base_url, video=VIDEO), tools)
        yield server, lambda: list(backend.stream(REQUEST, CancelToken())), tmp_path / "egress.jsonl"
        backend.close()


@pytest.mark.parametrize("refusal", [error(400, "1210", "video_url"), error(400, "1214", ""), error(413)])
def test_a_server_that_refuses_gets_pictures_and_the_user_is_told(talk, refusal) -> None:
    server, ask, ledger = talk
    server.script(refusal, answer("A cat."))
    events = ask()
    assert [kinds(chat.body)[0] for chat in server.chats] == ["video_url", "text"]
    assert said(events)[1] == "A cat."
    assert [one.message for one in events if isinstance(one, Notice)] == [
        "GLM did not take the video itself, so pictures of it were sent."
    ]
    assert events[-1] == Finished()
    ask()
    assert kinds(server.chats[2].body)[0] == "text", "it is not tried again"
    assert '"videos": 1' in ledger.read_text(encoding="utf-8").splitlines()[0]
    assert '"videos"' not in ledger.read_text(encoding="utf-8").splitlines()[1]


def test_other_failures_are_no_refusal(talk) -> None:
    server, ask, _ledger = talk
    server.script(error(401))
    events = ask()
    assert len(server.chats) == 1
    assert not [one for one in events if isinstance(one, Notice)]


def test_what_fails_without_the_video_too_was_not_its_fault(talk) -> None:
    server, ask, _ledger = talk
    missing = error(404, "1211", "no such model")
    server.script(missing, missing, answer("A cat."))
    assert not [one for one in ask() if isinstance(one, Notice)]
    assert ask()[-1] == Finished()
    assert kinds(server.chats[2].body)[0] == "video_url", "it is tried again"


def test_it_is_sent_whole_as_long_as_it_is_taken(talk) -> None:
    server, ask, _ledger = talk
    server.script(answer("A cat."))
    assert ask()[-1] == ask()[-1] == Finished()
    assert [kinds(chat.body)[0] for chat in server.chats] == ["video_url", "video_url"]
