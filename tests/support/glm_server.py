"""A scripted server that speaks the GLM dialect of the OpenAI protocol, on loopback. Replies are data.

    with GlmServer() as server:
        server.script(error(429, "1302", "slow down", retry_after=1), answer("Hi.", thinking="They greet."))
        ...  # point a client at server.base_url
        assert server.requests[0].body["model"] == "glm-4.6v-flash"

Each request takes the next reply; the last one is repeated. A reply is a status, headers and `steps`: bytes to send at
once, `Wait(seconds)`, `WaitFor(event)`, `HANG` (until the server closes) and `CUT` (close the connection abruptly).
`GET /models` is answered from `server.models` unless that is None; then it is scripted like everything else.

As a process of its own, for tests that kill it: `python -m tests.support.glm_server --text "..." [--delay 0.02]`;
the first line it prints is the base URL; `glm_process` starts one.
"""

from __future__ import annotations

import argparse
import itertools
import json
import socket
import struct
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MODEL = "glm-4.6v-flash"


@dataclass(frozen=True, slots=True)
class Wait:
    """A pause of the server."""

    seconds: float


@dataclass(frozen=True, slots=True)
class WaitFor:
    """A pause until the test says so."""

    event: threading.Event


@dataclass(frozen=True, slots=True)
class _Fault:
    name: str


HANG = _Fault("hang")
CUT = _Fault("cut")

Step = bytes | Wait | WaitFor | _Fault


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server does with one request. `before` are steps before the status line is sent."""

    steps: tuple[Step, ...]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "text/event-stream"})
    before: tuple[Step, ...] = ()
    chunked: bool = True

    def but(self, **changes: Any) -> Reply:
        """A copy with other values."""
        return replace(self, **changes)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A request that came in."""

    method: str
    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        """The JSON in it."""
        return json.loads(self.raw)


# --- the dialect ----------------------------------------------------------------------------------------------------


def sse(data: object) -> bytes:
    """One server-sent event."""
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return f"data: {text}\n\n".encode()


DONE = sse("[DONE]")
USAGE = {
    "prompt_tokens": 1205,
    "completion_tokens": 17,
    "total_tokens": 1222,
    "prompt_tokens_details": {"cached_tokens": 1000},
}


def chunk(delta: Mapping[str, object] | None = None, *, finish: str | None = None, **extra: object) -> bytes:
    """One `chat.completion.chunk`."""
    choice: dict[str, object] = {"index": 0, "delta": delta or {}}
    if finish is not None:
        choice["finish_reason"] = finish
    base = {"id": "20261122", "object": "chat.completion.chunk", "created": 1795305600, "model": MODEL}
    return sse({**base, "choices": [choice], **extra})


def pieces_of(text: str, size: int) -> list[str]:
    """`text` in pieces of `size` characters."""
    return [text[at : at + size] for at in range(0, len(text), size)]


def answer(
    text: str | Sequence[str] = "",
    thinking: str | Sequence[str] = "",
    *,
    piece: int = 4,
    delay: float = 0.0,
    finish: str | None = "stop",
    usage: Mapping[str, object] | None = USAGE,
    reasoning_field: str = "reasoning_content",
    done: bool = True,
) -> Reply:
    """A streamed answer: the thinking in its own field, then the content; sequences are sent as the pieces they are."""
    steps: list[Step] = [chunk({"role": "assistant", "content": ""})]
    for name, value in ((reasoning_field, thinking), ("content", text)):
        for part in pieces_of(value, piece) if isinstance(value, str) else value:
            steps.append(chunk({name: part}))
            if delay:
                steps.append(Wait(delay))
    if finish is not None:
        steps.append(chunk(finish=finish, **({"usage": usage} if usage else {})))
    if done:
        steps.append(DONE)
    return Reply(tuple(steps))


def joined(reply: Reply) -> bytes:
    """The bytes of `reply`, without its pauses and faults."""
    return b"".join(step for step in reply.steps if isinstance(step, bytes))


def recut(reply: Reply, cuts: Iterable[int]) -> Reply:
    """The same bytes, flushed at the byte positions `cuts` instead of after every event. Drops the pauses."""
    raw = joined(reply)
    ends = [0, *sorted(cuts), len(raw)]
    return reply.but(steps=tuple(raw[a:b] for a, b in itertools.pairwise(ends) if b > a))


def json_reply(body: object, status: int = 200, **headers: str) -> Reply:
    """A reply that is one JSON document."""
    return Reply((json.dumps(body).encode(),), status, {"Content-Type": "application/json", **headers}, chunked=False)


def error(status: int, code: str = "", message: str = "scripted", *, retry_after: object = None) -> Reply:
    """An error as Z.ai writes it."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return json_reply({"error": {"code": code, "message": message}}, status, **headers)


def stream_error(code: str, message: str = "scripted", *, after: str = "") -> Reply:
    """An error object inside a stream that began well."""
    steps = [chunk({"content": after})] if after else []
    return Reply((*steps, sse({"error": {"code": code, "message": message}})))


# --- the server -----------------------------------------------------------------------------------------------------


class GlmServer:
    """Listens on a loopback port, by default a free one, while the `with` block lasts.

    All attributes may be changed while it runs.
    """

    def __init__(self, *replies: Reply, port: int = 0) -> None:
        self.requests: list[Recorded] = []
        self.models: list[str] | None = [MODEL]
        self.connections = 0
        self._replies = list(replies)
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._stopping = threading.Event()
        self._http = _Server(("127.0.0.1", port), _Handler)
        self._http.script = self
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), name="glm-server")

    @property
    def base_url(self) -> str:
        """Of the OpenAI-compatible endpoint."""
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    @property
    def chats(self) -> list[Recorded]:
        """The chat requests so far."""
        return [request for request in self.requests if request.path.endswith("/chat/completions")]

    def script(self, *replies: Reply) -> None:
        """Answer the next requests with `replies`, and every later one with the last of them."""
        with self._lock:
            self._replies = list(replies)

    def wait_for_requests(self, count: int, seconds: float = 10) -> None:
        """Block until `count` requests came in. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.requests) >= count, seconds):
                raise TimeoutError(f"{len(self.requests)} of {count} requests came")

    def stop_hanging(self) -> None:
        """End every pause, now and later."""
        self._stopping.set()

    def close(self) -> None:
        """Stop listening and let every hanging request go."""
        self.stop_hanging()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def __enter__(self) -> GlmServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def take(self, request: Recorded) -> Reply:
        """Record a request and choose its reply."""
        with self._changed:
            self.requests.append(request)
            self._changed.notify_all()
            if request.method == "GET" and request.path.endswith("/models") and self.models is not None:
                return json_reply({"object": "list", "data": [{"id": name, "object": "model"} for name in self.models]})
            if not self._replies:
                return answer("Hello.")
            return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]

    def pause(self, seconds: float | None) -> None:
        """Sleep, or until the server stops."""
        self._stopping.wait(seconds)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    script: GlmServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is what many tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        self.server.script.connections += 1
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, *_: object) -> None:
        """The tests read `requests` instead."""

    def _answer(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.script.take(Recorded(self.command, self.path, headers, raw))
        for step in reply.before:
            if not self._step(step, chunked=False):
                return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.chunked:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(sum(len(step) for step in reply.steps if isinstance(step, bytes))))
        self.end_headers()
        for step in reply.steps:
            if not self._step(step, chunked=reply.chunked):
                return
        if reply.chunked:
            self.wfile.write(b"0\r\n\r\n")

    def _step(self, step: Step, *, chunked: bool) -> bool:
        """Do one step. False: the connection is over."""
        if isinstance(step, bytes):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(step), step) if chunked else step)
        elif isinstance(step, Wait):
            self.server.script.pause(step.seconds)
        elif isinstance(step, WaitFor):
            while not step.event.wait(0.02) and not self.server.script._stopping.is_set():
                pass
        elif step is HANG:
            self.server.script.pause(None)
            self.close_connection = True
            return False
        else:
            # A reset, not a polite end.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
            return False
        return True


def main() -> None:
    """Serve one answer for ever."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--text", default="Hello.")
    parser.add_argument("--thinking", default="")
    parser.add_argument("--piece", type=int, default=4)
    parser.add_argument("--delay", type=float, default=0.02)
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    options = parser.parse_args()
    reply = answer(options.text, options.thinking, piece=options.piece, delay=options.delay)
    with GlmServer(reply, port=options.port) as server:
        print(server.base_url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
