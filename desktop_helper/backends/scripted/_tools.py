"""A client whose other end is a scenario: it opens no connection, and nothing leaves the process."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import httpx2

from desktop_helper.core.protocols import BackendTools
from desktop_helper.core.proxies import ProxyFault
from desktop_helper.core.scenarios.script import Connection, Halt, Reply, Scenario, Step, Wait

_PROXY = "127.0.0.1:3128"
_LOOK_S = 0.05  # how often a pause looks whether anybody still waits for its end


def scripted(tools: BackendTools, scenario: Scenario) -> BackendTools:
    """`tools` whose clients reach the scenario; those of one backend share it, so each takes the next reply."""
    stage = _Stage(scenario)
    return replace(tools, http_client=lambda _profile: httpx2.Client(transport=_Transport(stage)))


class _Stage:
    """Counts the questions. Any thread."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._lock = threading.Lock()
        self._asked = 0

    def reply(self, request: httpx2.Request) -> Reply:
        """What the server says to `request`. Raises as a client does that does not get through."""
        _connect(self._scenario.connection)
        if request.method == "GET":
            models = self._scenario.models
            listed = json.dumps({"data": [{"id": name} for name in models or ()]}).encode()
            return Reply((listed,), 404 if models is None else 200, {"Content-Type": "application/json"})
        with self._lock:
            number, self._asked = self._asked, self._asked + 1
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        return self._scenario.reply(number).filled({"key": key, "elsewhere": "http://elsewhere.invalid"})


class _Transport(httpx2.BaseTransport):
    def __init__(self, stage: _Stage) -> None:
        self._stage = stage
        self._closed = threading.Event()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        reply = self._stage.reply(request)
        tell = request.extensions.get("trace", _nobody)
        tell("http11.send_request_headers.started", {})
        tell("http11.send_request_body.complete", {})
        body = _Body(reply.steps, self._closed, tell)
        list(_Body(reply.before, self._closed, tell))
        return httpx2.Response(reply.status, headers=dict(reply.headers), stream=body, request=request)

    def close(self) -> None:
        self._closed.set()


class _Body(httpx2.SyncByteStream):
    def __init__(self, steps: tuple[Step, ...], closed: threading.Event, tell: object) -> None:
        self._steps, self._closed = steps, closed
        self._tell = tell

    def __iter__(self) -> Iterator[bytes]:
        for step in self._steps:
            if isinstance(step, bytes):
                yield step
            elif isinstance(step, Wait):
                self._pause(time.monotonic() + step.seconds)
            elif step is Halt.HANG:
                self._pause(None)
            else:
                raise httpx2.ReadError("the scenario cuts the connection")

    def _pause(self, until: float | None) -> None:
        """As a read that waits: it ends when the call is given up."""
        while until is None or time.monotonic() < until:
            left = _LOOK_S if until is None else min(_LOOK_S, max(0.0, until - time.monotonic()))
            if self._closed.wait(left):
                raise httpx2.ReadError("the client was closed")
            assert callable(self._tell)
            self._tell("http11.receive_response_body.started", {})  # raises if nobody waits any more


def _nobody(name: str, info: object) -> None:
    """For requests that nobody watches."""


def _connect(connection: Connection) -> None:
    cause: Exception
    match connection:
        case Connection.OPEN:
            return
        case Connection.REFUSED:
            cause = ConnectionRefusedError()
        case Connection.UNKNOWN_NAME:
            cause = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        case Connection.UNKNOWN_CA:
            cause = ssl.SSLCertVerificationError()
            cause.verify_message = "self-signed certificate"
        case Connection.NO_TLS:
            cause = ssl.SSLError(1, "wrong version number")
        case Connection.PROXY_REFUSES:
            raise httpx2.ProxyError("403") from ProxyFault(_PROXY, 403)
        case Connection.PROXY_ASKS:
            raise httpx2.ProxyError("407") from ProxyFault(_PROXY, 407)
        case Connection.PROXY_DOWN:
            cause = ProxyFault(_PROXY)
    raise httpx2.ConnectError(str(connection)) from cause
