"""The key is nowhere but in the one header it is for; the question is in no log."""

from __future__ import annotations

import logging
import traceback

import pytest

from desktop_helper.backends.openai_compatible import _backend
from desktop_helper.core import trace
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Failed
from tests.support.glm_server import CUT, GlmServer, Reply, answer, error, json_reply, stream_error
from tests.support.wire import KEY, ask, wire_backend

QUESTION = "XYZZY?"
REPLIES = [
    answer("Hi.", "So."),
    error(401, "1002", f"Incorrect API key: {KEY}"),
    error(429, "1113", KEY),
    error(500, "1234", f"Authorization: Bearer {KEY}"),
    stream_error("1230", KEY, after="So"),
    error(400, "1210", f"Cannot read: {QUESTION}"),
    json_reply({"error": {"message": f"No answer to {QUESTION}"}}),
    json_reply({"error": f"bad {KEY}"}),
    Reply((f"data: {KEY}\n\n".encode(),)),
    Reply((f"{KEY}".encode(),)),
    Reply((CUT,)),
    Reply((), before=(CUT,)),
    json_reply({}, 302, Location=f"http://192.0.2.1/{KEY}"),
]


@pytest.mark.parametrize("reply", REPLIES)
@pytest.mark.allow_warnings
def test_the_key_is_told_nowhere(reply, tmp_path, caplog, capfd, monkeypatch):
    monkeypatch.setattr(_backend, "RETRY_DELAYS_S", (0.01, 0.01, 0.01))
    monkeypatch.setenv("OPENAI_LOG", "debug")
    caplog.set_level(logging.DEBUG)
    for name in ("openai", "httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    trace.start(tmp_path / "trace.json")
    shown = []
    with GlmServer(reply) as server:
        server.models = None
        backend = wire_backend(server.base_url, tmp_path)
        events = ask(backend, QUESTION)
        try:
            backend.probe(CancelToken())
        except HelperError as problem:
            shown += [str(problem), repr(problem), "".join(traceback.format_exception(problem))]
        shown += [repr(backend), repr(vars(backend)), repr(vars(vars(backend)["_pool"]._idle[0]))]
        backend.close()
        assert server.chats[0].headers["authorization"] == f"Bearer {KEY}"
    trace.stop()
    shown += [repr(event) for event in events]
    if isinstance(events[-1], Failed):
        shown += ["".join(traceback.format_exception(events[-1].error)), str(events[-1].error)]
    shown += [
        caplog.text,
        *capfd.readouterr(),
        (tmp_path / "egress.jsonl").read_text(),
        (tmp_path / "trace.json").read_text(),
    ]
    for text in shown:
        assert KEY not in text
    assert QUESTION not in caplog.text
    assert QUESTION not in (tmp_path / "egress.jsonl").read_text()


@pytest.mark.allow_warnings
def test_a_fault_of_ours_is_logged_without_the_key(tmp_path, caplog, monkeypatch):
    def broken(**_: object) -> None:
        raise ZeroDivisionError(KEY, QUESTION)

    monkeypatch.setattr(_backend, "AnswerReader", broken)
    with GlmServer() as server:
        backend = wire_backend(server.base_url, tmp_path)
        events = ask(backend)
        backend.close()
    assert isinstance(events[-1], Failed)
    assert "unexpected" in str(events[-1].error)
    assert "ZeroDivisionError" in caplog.text
    assert KEY not in caplog.text + str(events[-1].error)
    assert QUESTION not in caplog.text
