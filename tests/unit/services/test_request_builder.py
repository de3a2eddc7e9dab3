from __future__ import annotations

import pytest

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Failed, Finished, FinishReason
from desktop_helper.core.messages import ImagePart, Message, Role, Sampling, TextPart, Thinking, ToolCall
from desktop_helper.services.answer_recorder import AnswerRecorder
from desktop_helper.services.history import History
from desktop_helper.services.request_builder import build_request

PICTURE = ImagePart(b"\x89PNG region", "image/png", 640, 480, "Region", 391)
SECOND = ImagePart(b"\xff\xd8page", "image/jpeg", 28, 28, "page", 8)


def user(text: str, *media) -> Message:
    return Message(Role.USER, (*media, TextPart(text)))


def assistant(text: str, thinking: str = "", calls: tuple[ToolCall, ...] = ()) -> Message:
    return Message(Role.ASSISTANT, (TextPart(text),) if text else (), thinking, calls)


def result(call_id: str) -> Message:
    return Message(Role.TOOL, (TextPart("done"),), call_id=call_id)


def test_system_history_question():
    sampling = Sampling(thinking=Thinking.ON)
    request = build_request([user("a"), assistant("b")], user("c"), sampling, " Be brief. ", timeout_s=3)
    assert [m.role for m in request.messages] == [Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.USER]
    assert [m.text for m in request.messages] == [" Be brief. ", "a", "b", "c"]
    assert (request.sampling, request.timeout_s) == (sampling, 3)
    assert [m.role for m in build_request([], user("c"), system=" \n").messages] == [Role.USER]
    assert [m.text for m in build_request([user("a")], None).messages] == ["a"]


def test_reasoning_is_never_sent_again():
    request = build_request([user("a"), assistant("b", "secret thoughts")], user("c"))
    assert all(message.thinking == "" for message in request.messages)


def test_answers_that_never_began_are_left_out():
    request = build_request([user("a"), assistant("", "only thoughts"), user("b"), assistant("part")], user("c"))
    assert [m.text for m in request.messages] == ["a", "b", "part", "c"]


def test_tool_calls_without_all_of_their_results_are_left_out():
    calls = (ToolCall("1", "t", "{}"), ToolCall("2", "t", "{}"))
    whole = [user("a"), assistant("", calls=calls), result("1"), result("2"), assistant("b")]
    assert list(build_request(whole, user("c")).messages) == [*whole, user("c")]
    cut = [user("a"), assistant("look", calls=calls), result("1")]
    assert list(build_request(cut, user("c")).messages) == [user("a"), assistant("look"), user("c")]
    assert list(build_request([user("a"), result("9")], user("c")).messages) == [user("a"), user("c")]


@pytest.fixture
def history(tmp_path):
    opened = History(tmp_path / "history.db", tmp_path / "blobs")
    yield opened
    opened.close()


@pytest.mark.parametrize("end", [FinishReason.FILTERED, HelperError(ErrorKind.FILTERED, "The filter.")])
@pytest.mark.parametrize("text", ["", "It is"])
def test_a_turn_that_a_filter_stopped_is_never_sent_again(history, end, text):
    conversation = history.new_conversation()
    for question, status in (("fine", FinishReason.STOP), ("bad", end), ("fine, too", FinishReason.STOP)):
        history.add_message(conversation, user(question, PICTURE))
        recorder = AnswerRecorder(lambda: history.begin_answer(conversation, "GLM"), history.owe)
        recorder.append("", text if status is end else "answer")
        recorder.finish(Failed(status) if isinstance(status, HelperError) else Finished(status), None, (), None)
    request = build_request(history.messages(conversation), user("now"))
    assert [message.text for message in request.messages] == ["fine", "answer", "fine, too", "answer", "now"]
    asked_again = build_request(history.messages(conversation)[:3], None)
    assert [message.text for message in asked_again.messages] == ["fine", "answer", "bad"]


def test_earlier_turns_are_sent_again_byte_for_byte(history):
    """What the server saw in the first request is the beginning of every later one, whoever loads the history."""
    conversation = history.new_conversation()
    first = user("what is this?", PICTURE, SECOND)
    sent = build_request(history.messages(conversation), first, system="s")
    history.add_message(conversation, first)
    writer = history.begin_answer(conversation, "GLM")
    writer.append("thoughts", "an answer")
    writer.finish(FinishReason.STOP)

    second = user("and now?", SECOND)
    again = build_request(history.messages(conversation), second, system="s")
    assert again.messages[: len(sent.messages)] == sent.messages
    history.add_message(conversation, second)
    third = build_request(history.messages(conversation), user("more"), system="s")
    assert third.messages[: len(again.messages)] == again.messages
    assert [part.data for part in third.messages[1].media] == [PICTURE.data, SECOND.data]
