"""From the events of an answer to the JSON of a client."""

from __future__ import annotations

import json
from typing import Any

import pytest

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import (
    Failed,
    Finished,
    FinishReason,
    Notice,
    Progress,
    StreamEvent,
    TextDelta,
    ThinkingDelta,
    ToolCallRequested,
    UsageReported,
)
from desktop_helper.core.messages import ChatRequest
from desktop_helper.services.openai_server.completion import Completion, joined
from desktop_helper.services.openai_server.refusal import Refusal
from desktop_helper.services.openai_server.request import Asked
from desktop_helper.services.openai_server.tools import Forced

USAGE = UsageReported(prompt_tokens=100, completion_tokens=20, cached_tokens=80, ttft_s=0.25, tokens_per_s=40.0)
STOP = Finished(FinishReason.STOP)


def whole(*events: StreamEvent, forced: Forced | None = None) -> dict[str, Any]:
    completion = Completion("tiny", Asked(ChatRequest(()), forced=forced))
    for event in events:
        list(completion.take(event))
    return completion.whole()


def streamed(*events: StreamEvent, usage: bool = False, forced: Forced | None = None) -> list[dict[str, Any]]:
    completion = Completion("tiny", Asked(ChatRequest(()), stream=True, usage=usage, forced=forced))
    chunks = [completion.chunk(delta) for event in events for delta in completion.take(event)]
    return chunks + list(completion.last_chunks())


def message(made: dict[str, Any]) -> dict[str, Any]:
    return made["choices"][0]["message"]


def test_thinking_and_text_stay_apart() -> None:
    made = whole(Progress("Reading"), ThinkingDelta("h"), ThinkingDelta("m"), TextDelta("Yes"), TextDelta("."), STOP)
    assert (message(made)["reasoning_content"], message(made)["content"]) == ("hm", "Yes.")
    assert made["choices"][0]["finish_reason"] == "stop"
    assert made["object"] == "chat.completion"
    assert made["model"] == "tiny"


def test_usage() -> None:
    made = whole(TextDelta("a"), USAGE, STOP)
    assert made["usage"] == {
        "prompt_tokens": 100,
        "completion_tokens": 20,
        "total_tokens": 120,
        "prompt_tokens_details": {"cached_tokens": 80},
    }
    timings = {"prompt_n": 20, "cache_n": 80, "predicted_n": 20, "prompt_ms": 250.0, "predicted_per_second": 40.0}
    assert made["timings"] == timings
    assert "usage" not in whole(TextDelta("a"), STOP)
    assert "usage" not in whole(TextDelta("a"), UsageReported(ttft_s=1.0), STOP)


@pytest.mark.parametrize(
    ("reason", "word"),
    [
        (FinishReason.STOP, "stop"),
        (FinishReason.LENGTH, "length"),
        (FinishReason.FILTERED, "content_filter"),
        (FinishReason.TOOL_CALLS, "tool_calls"),
        (FinishReason.REPETITION, "length"),
    ],
)
def test_reasons(reason: FinishReason, word: str) -> None:
    assert whole(TextDelta("a"), Finished(reason))["choices"][0]["finish_reason"] == word


@pytest.mark.parametrize("reason", [FinishReason.CANCELLED, FinishReason.INTERRUPTED])
def test_an_answer_that_was_cut_is_a_failure(reason: FinishReason) -> None:
    with pytest.raises(Refusal) as caught:
        whole(TextDelta("a"), Finished(reason))
    assert caught.value.status == 503


def test_tool_calls() -> None:
    made = whole(ToolCallRequested("1", "weather", "{}"), ToolCallRequested("", "clock", "{}"), STOP)
    first, second = message(made)["tool_calls"]
    assert first == {"id": "1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
    assert second["id"].startswith("call_")
    assert message(made)["content"] is None
    assert made["choices"][0]["finish_reason"] == "tool_calls"


def test_a_call_that_was_demanded_is_made_of_the_text() -> None:
    text = (TextDelta('{"town":'), TextDelta(' "Bern"}'), STOP)
    made = whole(*text, forced=Forced({}, "weather"))
    assert message(made)["tool_calls"][0]["function"] == {"name": "weather", "arguments": '{"town": "Bern"}'}
    assert message(made)["content"] is None
    chunks = streamed(*text, forced=Forced({}, "weather"))
    assert [list(chunk["choices"][0]["delta"]) for chunk in chunks] == [["role", "tool_calls"], []]


def test_text_that_is_no_call_stays_text() -> None:
    chunks = streamed(TextDelta("I will not"), STOP, forced=Forced({}))
    assert chunks[0]["choices"][0]["delta"]["content"] == "I will not"
    assert message(whole(TextDelta("no"), STOP, forced=Forced({})))["content"] == "no"


def test_a_demanded_call_that_the_backend_made_itself_is_taken() -> None:
    made = whole(TextDelta(" "), ToolCallRequested("1", "weather", "{}"), STOP, forced=Forced({}, "weather"))
    assert len(message(made)["tool_calls"]) == 1


def test_chunks() -> None:
    chunks = streamed(ThinkingDelta("hm"), TextDelta("a"), TextDelta(""), TextDelta("b"), USAGE, STOP, usage=True)
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks if chunk["choices"]]
    assert deltas == [{"role": "assistant", "reasoning_content": "hm"}, {"content": "a"}, {"content": "b"}, {}]
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks[:-1]] == [None, None, None, "stop"]
    assert [chunk["usage"] for chunk in chunks[:-1]] == [None] * 4
    assert chunks[-1]["choices"] == []
    assert chunks[-1]["usage"]["total_tokens"] == 120
    assert len({chunk["id"] for chunk in chunks}) == 1


def test_usage_is_not_streamed_unless_it_was_asked_for() -> None:
    chunks = streamed(TextDelta("a"), USAGE, STOP)
    assert not [chunk for chunk in chunks if "usage" in chunk or not chunk["choices"]]


def test_what_must_be_known_is_told() -> None:
    made = (Notice("A picture was left out."), TextDelta("a"), STOP)
    assert whole(*made)["notices"] == ["A picture was left out."]
    assert streamed(*made)[-1]["notices"] == ["A picture was left out."]


@pytest.mark.parametrize("kind", ErrorKind)
def test_every_failure_has_a_status_and_two_sentences(kind: ErrorKind) -> None:
    with pytest.raises(Refusal) as caught:
        whole(Failed(HelperError(kind, "It is so.", "Do that.")))
    assert 400 <= caught.value.status < 600
    body = caught.value.body()["error"]
    assert body["message"] == "It is so. Do that."
    assert set(body) == {"message", "type", "param", "code"}


def test_half_characters_of_a_model_do_not_break_the_reply() -> None:
    made = whole(ToolCallRequested("1", "a\ud83d", '{"b": "\ud83d"}'), STOP)
    json.dumps(made, ensure_ascii=False).encode()


def test_deltas_that_waited_become_one() -> None:
    thinking, text = [ThinkingDelta("a"), ThinkingDelta("b")], [TextDelta("d"), TextDelta("e")]
    events: list[StreamEvent] = [*thinking, TextDelta("c"), Notice("n"), *text, STOP]
    assert list(joined(events)) == [ThinkingDelta("ab"), TextDelta("c"), Notice("n"), TextDelta("de"), STOP]
    assert list(joined([])) == []
