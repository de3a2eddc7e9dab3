"""Thinking that lasts too long: a budget that the server does not know, and “Answer now”."""

from __future__ import annotations

import pytest

from desktop_helper.backends.openai_compatible import BACKEND
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.events import Finished, FinishReason, Progress, TextDelta, ThinkingDelta
from desktop_helper.core.messages import ChatRequest, Sampling, Thinking
from tests.contract.backend_contract import at_most, question
from tests.support.glm_server import HANG, Reply, answer, chunk, error
from tests.support.wire import said, wire_backend, wire_profile

THOUGHT = "I wonder. " * 20  # 50 tokens
STOP = Finished(FinishReason.STOP)


@pytest.fixture
def make(server, tmp_path):
    made = []

    def backend(**quirks):
        made.append(wire_backend(server.base_url, tmp_path, quirks=quirks))
        return made[-1]

    yield backend
    for one in made:
        one.close()


def thinking(budget: int | None = None, how: Thinking = Thinking.AUTO) -> ChatRequest:
    return ChatRequest(question("?").messages, Sampling(thinking=how, thinking_budget=budget))


def bodies(server) -> list[dict]:
    return [{key: chat.body.get(key) for key in ("thinking", "chat_template_kwargs")} for chat in server.chats]


@pytest.mark.parametrize(
    ("style", "off"),
    [
        ("zai", {"thinking": {"type": "disabled"}, "chat_template_kwargs": None}),
        ("chat_template_kwargs", {"thinking": None, "chat_template_kwargs": {"enable_thinking": False}}),
    ],
)
def test_over_the_budget_it_answers_without(server, make, style, off):
    server.script(answer("Too late.", THOUGHT), answer("It is 42."))
    events = list(make(thinking_style=style).stream(thinking(10), CancelToken()))
    thought, text = said(events)
    assert thought == "I wonder. " * 4  # ten tokens
    assert text == "It is 42."
    assert events[-1] == STOP
    assert [event.message for event in events if isinstance(event, Progress)] == ["Answering without more thinking…"]
    assert bodies(server) == [{"thinking": None, "chat_template_kwargs": None}, off]


@pytest.mark.parametrize("budget", [None, 60])
def test_within_the_budget_nothing_happens(server, make, budget):
    server.script(answer("It is 42.", THOUGHT))
    assert said(list(make(thinking_style="zai").stream(thinking(budget), CancelToken()))) == (THOUGHT, "It is 42.")
    assert len(server.chats) == 1


@pytest.mark.parametrize("quirks", [{}, {"thinking_style": "chat_template_kwargs", "thinking_budget_field": "budget"}])
def test_a_server_that_cannot_or_that_counts_by_itself_is_left_alone(server, make, quirks):
    server.script(answer("It is 42.", THOUGHT))
    assert said(list(make(**quirks).stream(thinking(10), CancelToken()))) == (THOUGHT, "It is 42.")


def test_it_is_asked_without_only_once(server, make):
    """GLM-5.3 Flash thinks whatever it is told."""
    server.script(answer("It is 42.", THOUGHT))
    events = list(make(thinking_style="effort", effort_off="low").stream(thinking(10), CancelToken()))
    assert said(events)[1] == "It is 42."
    assert [chat.body.get("reasoning_effort") for chat in server.chats] == [None, "low"]


def test_a_server_that_is_busy_then_is_asked_again(server, make, monkeypatch):
    server.script(answer("Too late.", THOUGHT), error(429, "1302", retry_after=0), answer("It is 42."))
    events = list(make(thinking_style="zai").stream(thinking(10), CancelToken()))
    assert said(events)[1] == "It is 42."
    assert len(server.chats) == 3


@pytest.mark.timed
@pytest.mark.parametrize("silent", [True, False])
def test_answer_now(server, make, silent):
    """Also while nothing comes."""
    thinks = [chunk({"reasoning_content": "Hm."}), *(() if silent else [chunk({"reasoning_content": " Hm."})] * 50)]
    server.script(Reply((*thinks, HANG)), answer("It is 42."))
    backend = make(thinking_style="zai")
    assert not backend.answer_now()
    events = backend.stream(thinking(), CancelToken())
    assert next(events) == ThinkingDelta("Hm.")
    assert backend.answer_now()
    with at_most(1):
        rest = list(events)
    assert said(rest)[1] == "It is 42."
    assert [event.asked_again for event in rest if isinstance(event, Progress)].count(True) == 1
    assert rest[-1] == STOP
    assert bodies(server)[1]["thinking"] == {"type": "disabled"}
    assert not backend.answer_now()


@pytest.mark.timed
def test_it_can_still_be_stopped(server, make):
    server.script(Reply((chunk({"reasoning_content": "Hm."}), HANG)))
    for hurried in (False, True):
        backend, cancel = make(thinking_style="zai"), CancelToken()
        events = backend.stream(thinking(), cancel)
        assert next(events) == ThinkingDelta("Hm.")
        if hurried:
            assert backend.answer_now()
            assert isinstance(next(events), Progress)
            assert next(events) == ThinkingDelta("Hm.")
        cancel.cancel()
        with at_most(1):
            assert list(events) == [Finished(FinishReason.CANCELLED)]


def test_an_answer_that_has_begun_cannot_be_hurried(server, make):
    server.script(Reply((chunk({"reasoning_content": "Hm."}), chunk({"content": "So"}), HANG)))
    backend, cancel = make(thinking_style="zai"), CancelToken()
    events = backend.stream(thinking(), cancel)
    assert [next(events), next(events)] == [ThinkingDelta("Hm."), TextDelta("So")]
    assert not backend.answer_now()
    cancel.cancel()
    assert list(events) == [Finished(FinishReason.CANCELLED)]


def test_of_two_answers_neither_is_hurried(server, make):
    server.script(Reply((chunk({"reasoning_content": "Hm."}), HANG)))
    backend, cancel = make(thinking_style="zai"), CancelToken()
    streams = [backend.stream(thinking(), cancel) for _ in range(2)]
    for stream in streams:
        next(stream)
    assert not backend.answer_now()
    cancel.cancel()
    for stream in streams:
        list(stream)


@pytest.mark.parametrize(
    ("quirks", "can"),
    [
        ({"thinking_style": "zai"}, True),
        ({"thinking_style": "chat_template_kwargs"}, True),
        ({"thinking_style": "effort", "effort_off": "none"}, True),
        ({"thinking_style": "effort"}, False),
        ({}, False),
        ({"thinking_style": "nonsense"}, False),
    ],
)
def test_it_is_offered_where_it_can_be_done(quirks, can):
    assert BACKEND.can_answer_now(wire_profile("http://127.0.0.1:1/v1", **quirks)) is can
