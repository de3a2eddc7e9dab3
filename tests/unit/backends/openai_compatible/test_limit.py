"""Servers that send without end, or something that grows when it is unpacked."""

from __future__ import annotations

import gzip

import pytest

from desktop_helper.backends.openai_compatible import _limit, _sse
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Failed
from tests.support.glm_server import Reply, answer, error, joined
from tests.support.wire import ask, said


def failure(events) -> HelperError:
    assert isinstance(events[-1], Failed), events
    return events[-1].error


def flood(block: bytes, kind: str = "text/event-stream", status: int = 200) -> Reply:
    return Reply((block,) * 1000, status, {"Content-Type": kind})


@pytest.mark.parametrize(
    "reply",
    [
        flood(b": still here\n\n" * 100),
        flood(b"data: [" + b"\ndata: " * 100),
        flood(b"x" * 1000, "application/json"),
        flood(b"x" * 1000, status=500),
    ],
)
def test_a_server_that_sends_without_end_is_cut_off(server, backend, reply, monkeypatch):
    monkeypatch.setattr(_limit, "MAX_STREAM", 100_000)
    monkeypatch.setattr(_limit, "MAX_EVENT", 50_000)
    monkeypatch.setattr(_sse, "MAX_EVENT", 50_000)
    server.script(reply)
    events = ask(backend)
    assert "far more" in failure(events).message
    assert failure(events).kind == ErrorKind.SERVER
    assert len(server.chats) == 1


def test_a_list_of_models_without_end_is_cut_off(server, backend, monkeypatch):
    monkeypatch.setattr(_limit, "MAX_EVENT", 50_000)
    server.models = [f"model-{number}" for number in range(10_000)]
    server.script(error(404))
    with pytest.raises(HelperError):
        backend.probe(CancelToken())
    assert len(server.chats) == 1  # the list told nothing


def test_an_answer_that_a_proxy_compressed_is_read(server, backend):
    plain = answer("It is 42. " * 20_000)  # more than is unpacked at once
    server.script(Reply((gzip.compress(joined(plain)),), headers=dict(plain.headers) | {"Content-Encoding": "gzip"}))
    assert said(ask(backend)) == ("", "It is 42. " * 20_000)
    assert server.chats[0].headers["accept-encoding"] == "identity"


def test_a_bomb_is_not_unpacked_to_its_end(server, backend, monkeypatch):
    monkeypatch.setattr(_limit, "MAX_STREAM", 200_000)
    unpacked = gzip.compress(b": still here\n\n" * 1_000_000)
    server.script(Reply((unpacked,), headers={"Content-Type": "text/event-stream", "Content-Encoding": "gzip"}))
    assert "far more" in failure(ask(backend)).message


@pytest.mark.parametrize(("encoding", "data"), [("zstd", b"x"), ("gzip", b"not gzip"), ("br, gzip", b"x")])
def test_what_cannot_be_unpacked_is_told(server, backend, encoding, data):
    server.script(Reply((data,), headers={"Content-Encoding": encoding}))
    told = failure(ask(backend))
    assert told.kind == ErrorKind.SERVER
    assert "compress" in told.message
    assert "compression" in told.fix


def test_a_deeply_nested_answer_is_refused(server, backend):
    server.script(Reply((b"data: " + b"[" * 100_000 + b"\n\n",)))
    assert "not the OpenAI protocol" in failure(ask(backend)).message
