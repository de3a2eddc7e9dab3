"""How far a large question is on its way."""

from __future__ import annotations

import socket
import threading

import pytest

from desktop_helper.backends.openai_compatible import _upload
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.events import Finished, FinishReason, Progress, TextDelta
from desktop_helper.core.messages import ChatRequest, Message, Role, TextPart
from tests.contract.backend_contract import at_most
from tests.support.glm_server import GlmServer, answer
from tests.support.wire import ask, wire_backend


@pytest.fixture
def server():
    with GlmServer(answer("Hi.")) as server:
        yield server


def progress(events) -> list[Progress]:
    return [event for event in events if isinstance(event, Progress)]


def test_a_small_question_is_just_sent(backend):
    assert progress(ask(backend)) == []


def test_a_large_one_tells_how_far_it_is_and_arrives_whole(server, backend, monkeypatch):
    monkeypatch.setattr(_upload, "EVERY_S", 0.0)
    text = "x" * 1_500_000
    events = ask(backend, text)
    told = progress(events)
    fractions = [step.fraction or 0.0 for step in told[:-1]]
    assert len(fractions) > 10
    assert fractions == sorted(fractions)
    assert 0 < fractions[0] < fractions[-1] < 1
    assert told[0].message == "Sending 0.1 of 1.5 MB"
    assert told[-1] == Progress("Waiting for the model…")
    assert events.index(told[-1]) < next(n for n, event in enumerate(events) if isinstance(event, TextDelta))
    assert server.chats[0].body["messages"][0]["content"] == text


def test_it_is_told_ten_times_a_second_at_most(backend):
    assert len(progress(ask(backend, "x" * 1_500_000))) < 10


@pytest.mark.timed
def test_sending_can_be_stopped(tmp_path):
    """The server takes nothing in: the line is full, and still it ends within a second."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        backend = wire_backend(f"http://127.0.0.1:{listening.getsockname()[1]}/v1", tmp_path)
        request = ChatRequest((Message(Role.USER, (TextPart("x" * 20_000_000),)),))
        cancel = CancelToken()
        threading.Timer(0.3, cancel.cancel).start()
        with at_most(1.3):
            events = list(backend.stream(request, cancel))
        assert events[-1] == Finished(FinishReason.CANCELLED)
        backend.close()
