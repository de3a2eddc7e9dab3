"""A conversation that is too long is asked again once, with less of what came before."""

from __future__ import annotations

import pytest

from desktop_helper.backends.openai_compatible._shorter import shorter
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind
from desktop_helper.core.events import Failed, Finished, FinishReason, Notice
from desktop_helper.core.messages import ChatRequest, ImagePart, Message, Part, Role, TextPart, ToolCall
from tests.contract.backend_contract import PNG
from tests.support.glm_server import answer, error
from tests.support.wire import said

PICTURE = ImagePart(PNG, "image/png", 28, 28, "Region", 8)


def user(text: str, *media: Part) -> Message:
    return Message(Role.USER, (*media, TextPart(text)))


def model(text: str) -> Message:
    return Message(Role.ASSISTANT, (TextPart(text),))


def talk(turns: int, *media: Part) -> ChatRequest:
    """So many turns before the question `now`, which has the same media."""
    earlier = [message for number in range(turns) for message in (user(f"q{number}", *media), model(f"a{number}"))]
    system = Message(Role.SYSTEM, (TextPart("Be brief."),))
    return ChatRequest((system, *earlier, user("now", *media)))


def texts(request: ChatRequest | None) -> list[str]:
    assert request is not None
    return [message.text for message in request.messages]


@pytest.mark.parametrize(
    ("turns", "kept"),
    [
        (1, []),
        (2, ["q1", "a1"]),
        (3, ["q2", "a2"]),
        (4, ["q2", "a2", "q3", "a3"]),
    ],
)
def test_the_newer_half_stays(turns: int, kept: list[str]) -> None:
    assert texts(shorter(talk(turns))) == ["Be brief.", *kept, "now"]


def test_a_question_alone_cannot_be_shorter() -> None:
    assert shorter(talk(0, PICTURE)) is None


def test_only_pictures_of_the_question_are_still_shown() -> None:
    less = shorter(talk(2, PICTURE))
    assert less is not None
    assert [message.media for message in less.messages] == [(), (), (), (PICTURE,)]
    assert "no longer shown" in texts(less)[1]


def test_a_tool_and_its_call_go_together() -> None:
    call = Message(Role.ASSISTANT, (), tool_calls=(ToolCall("1", "look", "{}"),))
    result = Message(Role.TOOL, (TextPart("seen"),), call_id="1")
    less = shorter(ChatRequest((user("q0"), model("a0"), user("q1"), call, result, user("now"), call, result)))
    assert less is not None
    assert less.messages == (user("q1"), call, result, user("now"), call, result)


def test_it_is_asked_again_once(server, backend):
    server.script(error(400, "1261"), answer("Hi."))
    events = list(backend.stream(talk(2), CancelToken()))
    assert isinstance(events[0], Notice)
    assert "left out" in events[0].message
    assert said(events) == ("", "Hi.")
    assert events[-1] == Finished(FinishReason.STOP)
    assert [len(chat.body["messages"]) for chat in server.chats] == [6, 4]


def test_and_not_a_third_time(server, backend):
    server.script(error(400, "1261"))
    end = list(backend.stream(talk(9), CancelToken()))[-1]
    assert isinstance(end, Failed)
    assert end.error.kind is ErrorKind.LENGTH
    assert len(server.chats) == 2
