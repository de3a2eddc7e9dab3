"""What is more than a model takes is not sent, and said; the provider file knows how much that is."""

from __future__ import annotations

import pytest

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind
from desktop_helper.core.events import Failed, Finished, Notice
from desktop_helper.core.messages import (
    CLIP_MIME,
    ChatRequest,
    FilePart,
    ImagePart,
    Message,
    Moment,
    Part,
    Role,
    TextPart,
)
from tests.contract.backend_contract import PNG
from tests.support.glm_server import Reply, answer, error
from tests.support.wire import said, wire_backend

PICTURE = ImagePart(PNG, "image/png", 28, 28, "Region", 8)
FILM: tuple[Part, ...] = (
    FilePart(b"mp4", CLIP_MIME, "a.mp4", "A note."),
    *(ImagePart(PNG, "image/png", 28, 28, f"a.mp4, {at}", 8, Moment("a.mp4", at, 9.0, 30)) for at in range(3)),
)


def talk(*counts: int) -> ChatRequest:
    """A turn for each count, with so many pictures; the last one is the question."""
    turns = [Message(Role.USER, (*[PICTURE] * count, TextPart(f"q{turn}"))) for turn, count in enumerate(counts)]
    answers = [Message(Role.ASSISTANT, (TextPart("a"),))] * (len(turns) - 1)
    return ChatRequest((*(one for pair in zip(turns, answers, strict=False) for one in pair), turns[-1]))


def count(body, kind: str = "image_url") -> int:
    contents = [message["content"] for message in body["messages"] if isinstance(message["content"], list)]
    return sum(part["type"] == kind for content in contents for part in content)


@pytest.fixture
def make(server, tmp_path):
    """A backend with such quirks."""
    backends = []

    def make(**quirks):
        backends.append(wire_backend(server.base_url, tmp_path, quirks=quirks))
        return backends[-1]

    yield make
    for backend in backends:
        backend.close()


@pytest.fixture
def ask(make):
    """All events of one question to a new one."""
    return lambda request, **quirks: list(make(**quirks).stream(request, CancelToken()))


def test_earlier_pictures_make_room_and_the_user_is_told(server, ask):
    server.script(answer("Hi."))
    events = ask(talk(2, 1, 2), max_images=4)
    assert count(server.chats[0].body) == 4
    assert "no longer shown" in str(server.chats[0].body["messages"][0])
    assert [event.message for event in events if isinstance(event, Notice)] == [
        "GLM takes no more than 4 pictures at once, so the oldest one of this conversation was left out."
    ]
    assert said(events) == ("", "Hi.")


def test_too_many_in_one_question_are_not_sent(server, ask):
    (end,) = ask(talk(0, 5), max_images=4)
    assert isinstance(end, Failed)
    assert end.error.kind is ErrorKind.LENGTH
    assert "Nothing was sent" in end.error.message
    assert server.chats == []


def test_a_limit_that_is_kept_changes_nothing(server, ask):
    server.script(answer("Hi."))
    events = ask(talk(1, 2), max_images=3, max_videos=0)
    assert count(server.chats[0].body) == 3
    assert not [event for event in events if isinstance(event, Notice)]


def test_pictures_of_a_video_that_was_refused_are_counted_too(server, ask):
    server.script(error(400, "1210", "video_url"), answer("Hi."))
    earlier = Message(Role.USER, (PICTURE, TextPart("q0"))), Message(Role.ASSISTANT, (TextPart("a"),))
    request = ChatRequest((*earlier, Message(Role.USER, (*FILM, TextPart("q1")))))
    events = ask(request, max_images=3, video={})
    assert [count(chat.body) for chat in server.chats] == [1, 3]
    assert len([event for event in events if isinstance(event, Notice)]) == 2
    assert events[-1] == Finished()


def test_a_video_too_many_goes_as_pictures(server, ask):
    server.script(answer("Hi."))
    request = ChatRequest((Message(Role.USER, (*FILM, *FILM, TextPart("q"))),))
    events = ask(request, max_videos=1, video={})
    assert (count(server.chats[0].body, "video_url"), count(server.chats[0].body)) == (1, 3)
    assert [event.message for event in events if isinstance(event, Notice)] == [
        "GLM takes 1 video at once, so pictures of the others were sent."
    ]


def of_vllm(most: int) -> Reply:
    return error(400, "400", f"At most {most} image(s) may be provided in one prompt.")


def test_what_a_server_says_that_it_takes_is_heeded_from_then_on(server, make):
    server.script(of_vllm(4), answer("Hi."))
    backend = make()
    first = list(backend.stream(talk(2, 1, 2), CancelToken()))
    assert [count(chat.body) for chat in server.chats] == [5, 4]
    assert [event.message for event in first if isinstance(event, Notice)] == [
        "GLM takes no more than 4 pictures at once, so the oldest one of this conversation was left out."
    ]
    assert said(first) == ("", "Hi.")
    list(backend.stream(talk(2, 1, 3), CancelToken()))
    assert [count(chat.body) for chat in server.chats[2:]] == [4], "it is not refused again"


def test_a_question_with_more_than_that_is_tried_each_time(server, make):
    """The server may have been started anew, for more."""
    server.script(of_vllm(1))
    backend = make()
    for asked in (1, 2):
        end = list(backend.stream(talk(1, 2), CancelToken()))[-1]
        assert isinstance(end, Failed)
        assert end.error.kind is ErrorKind.LENGTH
        assert "takes no more than 1 picture at once" in end.error.message
        assert len(server.chats) == asked
    server.script(of_vllm(0))
    end = list(backend.stream(talk(1), CancelToken()))[-1]
    assert isinstance(end, Failed)
    assert "takes no pictures" in end.error.message


def test_a_server_that_refuses_whatever_it_gets_is_not_asked_for_ever(server, make):
    server.script(of_vllm(4))
    end = list(make().stream(talk(2, 1, 2), CancelToken()))[-1]
    assert isinstance(end, Failed)
    assert len(server.chats) == 2
