"""Chunks of every dialect to events."""

from __future__ import annotations

from typing import Any

import pytest

from desktop_helper.backends.openai_compatible._answer import AnswerReader, ServerSaidError
from desktop_helper.core.events import FinishReason, TextDelta, ThinkingDelta, ToolCallRequested, UsageReported
from tests.support.glm_answers import random_answers
from tests.support.wire import said


def read(*chunks: object, starts_thinking: bool = False) -> tuple[list, AnswerReader]:
    reader = AnswerReader(starts_thinking=starts_thinking)
    events = [event for chunk in chunks for event in reader.read(chunk)]
    return events + list(reader.end()), reader


def delta(finish: str | None = None, index: int = 0, **fields: Any) -> dict:
    return {"choices": [{"index": index, "delta": fields, "finish_reason": finish}]}


def tool(index: int | None = None, call_id: str | None = None, name: str | None = None, arguments: str = "") -> dict:
    return delta(tool_calls=[{"index": index, "id": call_id, "function": {"name": name, "arguments": arguments}}])


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_reasoning_in_either_field(name: str) -> None:
    reasoning: dict[str, Any] = {name: "so"}
    events, reader = read(delta(**reasoning), delta(content="\nit is"), delta("stop"))
    assert events == [ThinkingDelta("so"), TextDelta("it is")]
    assert reader.reason == FinishReason.STOP


def test_separation_for_every_split_position() -> None:
    for sample in random_answers(80):
        for at in range(len(sample.raw) + 1):
            events, _ = read(delta(content=sample.raw[:at]), delta(content=sample.raw[at:]), delta("stop"))
            assert said(events) == (sample.thinking, sample.text), (sample.raw, at)


def test_inline_thinking() -> None:
    assert read(delta(content="a</think>b"), starts_thinking=True)[0] == [ThinkingDelta("a"), TextDelta("b")]


@pytest.mark.parametrize(
    "chunk",
    [
        {},
        [],
        None,
        {"choices": None},
        {"choices": []},
        {"choices": [None]},
        {"choices": [{}]},
        delta(content=None),
        delta(content=[1]),
    ],
)
def test_chunks_that_say_nothing(chunk: object) -> None:
    events, reader = read(chunk)
    assert events == []
    assert reader.reason is None
    assert not reader.begun


def test_only_the_first_of_two_choices() -> None:
    assert read(delta(content="a"), delta(content="x", index=1))[0] == [TextDelta("a")]


def test_usage_wherever_it_comes() -> None:
    usage = {"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 4}}
    for chunks in ([{**delta("stop"), "usage": usage}], [delta("stop"), {"choices": [], "usage": usage}]):
        assert read(*chunks)[0] == [UsageReported(9, 2, 4)]
    assert read({"usage": {"prompt_tokens": "many"}})[0] == [UsageReported()]


def test_tool_calls_in_fragments() -> None:
    events, reader = read(
        tool(0, "c1", "look", '{"wh'),
        tool(0, None, None, 'ere": 1}'),
        tool(1, "c2", "wait"),
        delta("stop"),
    )
    assert events == [ToolCallRequested("c1", "look", '{"where": 1}'), ToolCallRequested("c2", "wait", "{}")]
    assert reader.reason == FinishReason.TOOL_CALLS


def test_tool_calls_that_share_an_index() -> None:
    events, _ = read(tool(0, "c1", "a", "{}"), tool(0, "c2", "b", "{}"), delta("tool_calls"))
    assert [event.name for event in events] == ["a", "b"]


def test_an_answer_that_is_not_streamed() -> None:
    message = {"role": "assistant", "content": "It is 42.", "reasoning_content": "hm"}
    whole = {"choices": [{"index": 0, "message": message, "finish_reason": "length"}], "usage": {"prompt_tokens": 1}}
    events, reader = read(whole)
    assert events == [ThinkingDelta("hm"), TextDelta("It is 42."), UsageReported(1)]
    assert reader.reason == FinishReason.LENGTH


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("stop", FinishReason.STOP),
        ("length", FinishReason.LENGTH),
        ("model_context_window_exceeded", FinishReason.LENGTH),
        ("sensitive", FinishReason.FILTERED),
        ("content_filter", FinishReason.FILTERED),
        ("tool_calls", FinishReason.TOOL_CALLS),
        ("something new", None),
    ],
)
def test_finish_reasons(said: str, reason: FinishReason | None) -> None:
    assert read(delta(said))[1].reason == reason


def test_nothing_counts_after_the_end() -> None:
    assert read(delta("stop", content="a"), delta(content="b"))[0] == [TextDelta("a")]


def test_an_error_in_the_stream() -> None:
    with pytest.raises(ServerSaidError) as caught:
        read({"error": {"code": "1302"}})
    assert caught.value.error == {"code": "1302"}
