"""What stands at the door of our endpoint, byte by byte: strangers, pages of the web, and clients that misbehave."""

from __future__ import annotations

import json
import logging
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import httpx2
import pytest

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Finished, FinishReason, TextDelta
from desktop_helper.services.openai_server import body
from desktop_helper.services.openai_server.server import HOST, bind
from tests.support.scripted_backend import ScriptedBackend, Step
from tests.support.serving import MODEL, TOKEN, Patient, Serving, serving

ANSWER: list[Step] = [TextDelta("Hi."), Finished(FinishReason.STOP)]
PAGE = "http://localhost:5173"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Serving]:
    with serving(ScriptedBackend(ANSWER, ANSWER), tmp_path, origins=[PAGE]) as made:
        yield made


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """One for all who never get to the model."""
    with serving(ScriptedBackend(), tmp_path_factory.mktemp("door"), origins=[PAGE]) as made:
        yield made


def error(reply: httpx2.Response) -> dict[str, Any]:
    """What the reply says, in OpenAI's form."""
    said = reply.json()
    assert set(said) == {"error"}
    assert set(said["error"]) == {"message", "type", "param", "code"}
    return said["error"]


def raw(running: Serving, request: bytes) -> bytes:
    """What comes back for bytes of our own making."""
    with socket.create_connection((HOST, running.server.port), timeout=10) as connection:
        connection.sendall(request)
        received = b""
        while piece := connection.recv(65536):
            received += piece
        return received


class TestToken:
    @pytest.mark.parametrize(
        "sent", [None, "", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "Bearer é"]
    )
    @pytest.mark.parametrize("path", ["/v1/models", "/v1/chat/completions", "/nothing"])
    def test_without_the_right_one_nothing_is_told(self, door: Serving, sent: str | None, path: str) -> None:
        with httpx2.Client(trust_env=False) as client:
            headers = [] if sent is None else [(b"Authorization", sent.encode())]
            reply = client.get(door.server.url.removesuffix("/v1") + path, headers=headers)
        assert reply.status_code == 401
        assert error(reply)["code"] == "invalid_api_key"
        assert reply.headers["www-authenticate"] == "Bearer"
        assert MODEL not in reply.text
        assert TOKEN not in reply.text

    def test_a_large_question_without_it_gets_to_hear_why(self, door: Serving) -> None:
        with httpx2.Client(trust_env=False) as client:
            reply = client.post(f"{door.server.url}/chat/completions", content=b" " * 8_000_000)
        assert reply.status_code == 401

    def test_health_needs_none_and_tells_nothing(self, door: Serving) -> None:
        with httpx2.Client(trust_env=False) as client:
            reply = client.get(door.server.url.removesuffix("/v1") + "/health")
        assert (reply.status_code, reply.json()) == (200, {"status": "ok"})
        assert "server" not in reply.headers


class TestHost:
    @pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "LOCALHOST:{port}", "[::1]:{port}"])
    def test_names_of_this_machine(self, door: Serving, host: str) -> None:
        reply = door.http.get("/v1/models", headers={"Host": host.format(port=door.server.port)})
        assert reply.status_code == 200

    @pytest.mark.parametrize(
        "host", ["evil.test:{port}", "evil.test", "127.0.0.1", "127.0.0.1:1", "localhost.evil.test:{port}", "", "@"]
    )
    @pytest.mark.parametrize("path", ["/v1/models", "/health"])
    def test_others_are_refused(self, door: Serving, host: str, path: str) -> None:
        reply = door.http.get(path, headers={"Host": host.format(port=door.server.port)})
        assert (reply.status_code, error(reply)["code"]) == (421, "foreign_host")

    @pytest.mark.allow_warnings  # uvicorn's, of an invalid request
    def test_two_of_them_are_refused(self, door: Serving) -> None:
        good = f"Host: 127.0.0.1:{door.server.port}\r\n"
        request = f"GET /v1/models HTTP/1.1\r\n{good}Host: evil.test\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
        assert raw(door, request.encode()).startswith(b"HTTP/1.1 4")

    def test_none_is_refused(self, door: Serving) -> None:
        request = f"GET /v1/models HTTP/1.0\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
        assert b" 421 " in raw(door, request.encode()).split(b"\r\n")[0]


class TestOrigin:
    @pytest.mark.parametrize("origin", ["https://evil.test", "null", "http://localhost:5174", "http://127.0.0.1", ""])
    @pytest.mark.parametrize("method", ["GET", "OPTIONS"])
    def test_pages_that_were_not_named_are_refused(self, door: Serving, origin: str, method: str) -> None:
        reply = door.http.request(method, "/v1/models", headers={"Origin": origin})
        assert (reply.status_code, error(reply)["code"]) == (403, "foreign_origin")
        assert not [name for name in reply.headers if name.startswith("access-control")]

    def test_a_page_that_was_named_may(self, door: Serving) -> None:
        reply = door.http.get("/v1/models", headers={"Origin": PAGE})
        assert reply.status_code == 200
        assert reply.headers["access-control-allow-origin"] == PAGE
        assert "Origin" in reply.headers["vary"]

    def test_its_browser_asks_before_without_the_token(self, door: Serving) -> None:
        headers = {"Origin": PAGE, "Access-Control-Request-Method": "POST"}
        with httpx2.Client(trust_env=False) as client:
            reply = client.options(f"{door.server.url}/chat/completions", headers=headers)
        assert reply.status_code == 204
        assert reply.headers["access-control-allow-origin"] == PAGE
        assert "Authorization" in reply.headers["access-control-allow-headers"]

    def test_it_needs_the_token_too(self, door: Serving) -> None:
        with httpx2.Client(trust_env=False) as client:
            reply = client.get(f"{door.server.url}/models", headers={"Origin": PAGE})
        assert reply.status_code == 401

    def test_without_an_origin_there_is_no_such_header(self, door: Serving) -> None:
        assert "access-control-allow-origin" not in door.http.get("/v1/models").headers


class TestBody:
    @pytest.mark.parametrize("sent", [b"", b"{", b"[]", b"\xff", b"[" * 50_000])
    def test_bad_json(self, running: Serving, sent: bytes) -> None:
        reply = running.http.post("/v1/chat/completions", content=sent)
        assert (reply.status_code, error(reply)["code"]) == (400, "invalid_json")

    def test_the_type_of_the_body_is_not_asked_for(self, running: Serving) -> None:
        sent = json.dumps({"messages": [{"role": "user", "content": "Hi"}]}).encode()
        assert running.http.post("/v1/chat/completions", content=sent).status_code == 200

    def test_a_picture_elsewhere(self, running: Serving) -> None:
        content = [{"type": "image_url", "image_url": {"url": "https://evil.test/a.png"}}]
        reply = running.chat(messages=[{"role": "user", "content": content}])
        assert (reply.status_code, error(reply)["code"]) == (400, "remote_image")

    @pytest.mark.parametrize("chunked", [False, True])
    def test_too_large(self, running: Serving, monkeypatch: pytest.MonkeyPatch, chunked: bool) -> None:
        monkeypatch.setattr(body, "MAX_BODY_BYTES", 1_000_000)
        content: Any = iter([b" " * 100_000] * 15) if chunked else b" " * 1_500_000
        reply = running.http.post("/v1/chat/completions", content=content)
        assert (reply.status_code, error(reply)["code"]) == (413, "request_too_large")

    def test_one_that_does_not_arrive(self, running: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(body, "BODY_S", 0.1)
        monkeypatch.setattr(body, "DRAIN_S", 0.1)
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:{running.server.port}\r\n"
        request = f"{head}Authorization: Bearer {TOKEN}\r\nContent-Length: 100\r\n\r\n{{"
        assert b" 408 " in raw(running, request.encode()).split(b"\r\n")[0]
        assert running.chat().status_code == 200  # its place is free again

    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [("GET", "/v1/chat/completions", 405), ("POST", "/v1/models", 405), ("GET", "/", 404), ("GET", "/docs", 404)],
    )
    def test_other_addresses(self, running: Serving, method: str, path: str, status: int) -> None:
        reply = running.http.request(method, path)
        assert reply.status_code == status
        assert error(reply)["code"] == "not_found"

    def test_a_wrong_method_is_told_the_right_one(self, running: Serving) -> None:
        assert "another method: POST." in error(running.http.get("/v1/chat/completions"))["message"]


class TestQueue:
    def test_who_comes_when_it_is_full_is_told_when_to_come_again(self, tmp_path: Path) -> None:
        backend = Patient()
        with serving(backend, tmp_path, waiting=1) as running, ThreadPoolExecutor(3) as pool:
            first = pool.submit(running.chat)
            assert backend.started.acquire(timeout=5)
            both = {pool.submit(running.chat) for _ in range(2)}
            (done,), (waiting,) = wait(both, timeout=10, return_when=FIRST_COMPLETED)
            full = done.result()
            assert (full.status_code, error(full)["code"]) == (429, "queue_full")
            assert int(full.headers["retry-after"]) > 0
            assert running.http.get("/v1/models").status_code == 200
            backend.may_end.set()
            assert [first.result().status_code, waiting.result().status_code] == [200, 200]
        assert len(backend.requests) == 2

    def test_who_leaves_the_queue_is_never_asked_for(self, tmp_path: Path) -> None:
        backend = Patient()
        with serving(backend, tmp_path, waiting=2) as running, ThreadPoolExecutor(2) as pool:
            first = pool.submit(running.chat)
            assert backend.started.acquire(timeout=5)
            with pytest.raises(httpx2.ReadTimeout):
                running.http.post("/v1/chat/completions", json=_question("impatient"), timeout=0.3)
            third = pool.submit(running.chat)
            backend.may_end.set()
            assert [first.result().status_code, third.result().status_code] == [200, 200]
        assert [request.messages[0].text for request in backend.requests] == ["Hello", "Hello"]


def test_who_does_not_read_their_answer_keeps_nobody_else_waiting(tmp_path: Path) -> None:
    """The model is free as soon as it has said everything, not when a program that hangs has taken it."""
    long: list[Step] = [*[TextDelta("x" * 1_000_000)] * 30, Finished(FinishReason.STOP)]
    with serving(ScriptedBackend(long, ANSWER), tmp_path) as running:
        body = json.dumps(_question("Hi") | {"stream": True}).encode()
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:{running.server.port}\r\n"
        head += f"Authorization: Bearer {TOKEN}\r\nContent-Length: {len(body)}\r\n\r\n"
        with socket.create_connection((HOST, running.server.port), timeout=10) as hanging:
            hanging.sendall(head.encode() + body)
            assert hanging.recv(20).startswith(b"HTTP/1.1 200")
            assert running.http.post("/v1/chat/completions", json=_question("Me too"), timeout=10).status_code == 200


def _question(text: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text}]}


def test_a_silent_model_keeps_the_connection_alive(tmp_path: Path) -> None:
    backend = Patient(silent=True)
    with serving(backend, tmp_path, silence_s=0.05) as running:
        with running.http.stream("POST", "/v1/chat/completions", json=_question("Hi") | {"stream": True}) as reply:
            lines = reply.iter_lines()
            assert next(lines).startswith(":")
            backend.may_end.set()
            rest = [line for line in lines if line.startswith("data:")]
        assert rest[-1] == "data: [DONE]"


def test_the_log_has_a_line_without_contents(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "desktop_helper")
    script: list[Step] = [TextDelta("secret answer"), Finished(FinishReason.STOP)]
    with serving(ScriptedBackend(script), tmp_path) as running:
        running.chat(messages=[{"role": "user", "content": "secret question"}])
        running.chat(temperature="secret value")
    lines = [record.getMessage() for record in caplog.records if "openai_server" in record.name]
    assert len(lines) == 2
    assert "status 200" in lines[0]
    assert "status 400" in lines[1]
    assert not [line for line in lines if "secret" in line or TOKEN in line]


def test_it_listens_on_loopback_only_and_says_when_it_cannot() -> None:
    with bind(0) as listener:
        host, port = listener.getsockname()
        assert host == "127.0.0.1"
        with pytest.raises(HelperError) as caught:
            bind(port)
    assert caught.value.kind is ErrorKind.CONFIG
    assert str(port) in caught.value.message
    assert "--port" in caught.value.fix


def test_the_end_waits_for_nobody(tmp_path: Path) -> None:
    backend = Patient()
    with ThreadPoolExecutor(3) as pool:
        with serving(backend, tmp_path) as running:
            asked = [pool.submit(running.chat) for _ in range(3)]
            assert backend.started.acquire(timeout=5)
            threading.Event().wait(0.2)  # the others stand in the queue by now, or are refused as well
        replies = [future.exception() or future.result() for future in asked]
    assert all(isinstance(reply, httpx2.HTTPError) or reply.status_code == 503 for reply in replies)
    assert len(backend.requests) == 1
