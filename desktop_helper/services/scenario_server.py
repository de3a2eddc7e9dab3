"""Plays a scenario over loopback HTTP: a model server in a known mood, for tests and for trying the app by hand.

with ScenarioServer(scenario("vllm/busy")) as server:
    ...  # point a client at server.base_url
"""

from __future__ import annotations

import json
import os
import select
import socket
import ssl
import struct
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from desktop_helper.core.resources import resource
from desktop_helper.core.scenarios.script import JSON_TYPE, Connection, Halt, Reply, Scenario, Step, Wait

_HOST = "127.0.0.1"
_LOOK_S = 0.05  # how often a reply that hangs looks whether the client has left
_MODELS, _CHAT = "/v1/models", "/v1/chat/completions"
_FAR = "no-such-host.invalid"  # RFC 6761: a name that nobody has


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came in."""

    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    raw: bytes = field(repr=False)

    @property
    def body(self) -> Any:
        """The JSON in it."""
        return json.loads(self.raw)


class ScenarioServer:
    """Listens while the `with` block lasts, on a port of its choice if none is given.

    Attributes:
        asked: the chat requests so far.
        strays: whatever came to the other host that a scenario may send clients to.
    """

    def __init__(self, scenario: Scenario, port: int = 0) -> None:
        self.scenario = scenario
        self.asked: list[Asked] = []
        self.strays: list[Asked] = []
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._held: socket.socket | None = None
        self._listeners: list[_Listener] = []
        if scenario.connection in (Connection.REFUSED, Connection.PROXY_DOWN):
            self._held = socket.socket()
            self._held.bind((_HOST, port))
            self._port = int(self._held.getsockname()[1])
        else:
            self._port = self._listen(port, stray=False)
        self._elsewhere = f"http://{_HOST}:{self._listen(0, stray=True)}" if _leads_away(scenario) else ""

    @property
    def base_url(self) -> str:
        """What to enter as the address of the server."""
        match self.scenario.connection:
            case Connection.UNKNOWN_NAME:
                return f"https://{_FAR}/v1"
            case Connection.PROXY_REFUSES | Connection.PROXY_ASKS | Connection.PROXY_DOWN:
                return f"https://{_FAR}/v1"
            case Connection.UNKNOWN_CA | Connection.NO_TLS:
                return f"https://{_HOST}:{self._port}/v1"
        return f"http://{_HOST}:{self._port}/v1"

    @property
    def elsewhere(self) -> str:
        """The other host that the scenario may send clients to; empty if it does not."""
        return self._elsewhere

    @property
    def environment(self) -> dict[str, str]:
        """Variables that the client needs to come here."""
        proxied = self.scenario.connection in (Connection.PROXY_REFUSES, Connection.PROXY_ASKS, Connection.PROXY_DOWN)
        return {"https_proxy": f"http://{_HOST}:{self._port}"} if proxied else {}

    def close(self) -> None:
        """Stop listening, and let go whoever waits."""
        self.stopping.set()
        for listener in self._listeners:
            listener.shutdown()
            listener.thread.join()
            listener.server_close()
        if self._held is not None:
            self._held.close()

    def __enter__(self) -> ScenarioServer:
        for listener in self._listeners:
            listener.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def take(self, request: Asked, *, stray: bool) -> Reply:
        """Note a request; what to do with it."""
        with self._lock:
            if stray:
                self.strays.append(request)
                return Reply((), 404, chunked=False)
            path = request.path.split("?")[0]
            if request.method == "GET":
                return _listed(self.scenario) if path == _MODELS else Reply((), 404, chunked=False)
            if path != _CHAT:
                return Reply((), 404, chunked=False)
            self.asked.append(request)
            number = len(self.asked) - 1
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        return self.scenario.reply(number).filled({"key": key, "elsewhere": self._elsewhere})

    def _listen(self, port: int, *, stray: bool) -> int:
        listener = _Listener((_HOST, port), _Handler)
        listener.owner, listener.stray = self, stray
        if self.scenario.connection is Connection.UNKNOWN_CA:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(resource("scenarios", "nobody.pem"))
            listener.socket = context.wrap_socket(listener.socket, server_side=True, do_handshake_on_connect=False)
        listener.thread = threading.Thread(target=listener.serve_forever, args=(0.02,), name="scenario-server")
        self._listeners.append(listener)
        return int(listener.server_address[1])


def _leads_away(scenario: Scenario) -> bool:
    return any("{elsewhere}" in value for reply in scenario.replies for value in reply.headers.values())


def _listed(scenario: Scenario) -> Reply:
    if scenario.models is None:
        return Reply((), 404, chunked=False)
    listed = {"object": "list", "data": [{"id": name, "object": "model"} for name in scenario.models]}
    return Reply((json.dumps(listed).encode(),), headers={"Content-Type": JSON_TYPE}, chunked=False)


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    owner: ScenarioServer
    stray: bool
    thread: threading.Thread

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves, or distrusts the certificate, is what many scenarios are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Listener

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def do_GET(self) -> None:
        """The list of models."""
        self._answer()

    def do_POST(self) -> None:
        """A question."""
        self._answer()

    def do_CONNECT(self) -> None:
        """A client takes this for its proxy."""
        asks = self.server.owner.scenario.connection is Connection.PROXY_ASKS
        self.send_error(407 if asks else 403)
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the request is noted."""

    def _answer(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.owner.take(Asked(self.command, self.path, headers, raw), stray=self.server.stray)
        if not all(self._step(step, chunked=False) for step in reply.before):
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.chunked:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(sum(len(step) for step in reply.steps if isinstance(step, bytes))))
        self.end_headers()
        if all(self._step(step, chunked=reply.chunked) for step in reply.steps) and reply.chunked:
            self.wfile.write(b"0\r\n\r\n")

    def _step(self, step: Step, *, chunked: bool) -> bool:
        """Do one step. False: the connection is over."""
        if isinstance(step, bytes):
            if step:  # an empty chunk would be the end
                self.wfile.write(b"%x\r\n%s\r\n" % (len(step), step) if chunked else step)
            return True
        if isinstance(step, Wait):
            self.server.owner.stopping.wait(step.seconds)
            return True
        if step is Halt.HANG:
            self._hang()
        else:
            # A reset, not a polite end. Elsewhere than on Unix the option's fields are two bytes long.
            option = struct.pack("ii" if os.name == "posix" else "hh", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, option)
            self.connection.close()
        self.close_connection = True
        return False

    def _hang(self) -> None:
        while not self.server.owner.stopping.wait(_LOOK_S):
            readable, _, _ = select.select([self.connection], [], [], 0)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                return
