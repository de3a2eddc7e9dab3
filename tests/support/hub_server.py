"""A server on loopback that behaves like a model hub and the network behind it, faults included.

    with HubServer() as hub:
        hub.put("owner/name", "model.gguf", gguf_bytes("glm4", 300_000))
        hub.script(Cut(after=1000), Status(503), ...)   # what the next requests for bytes meet; then all goes well
        ...  # point a download at hub.endpoint

As Hugging Face: `/api/models/REPO`, `/REPO/resolve/REV/FILE` with `X-Linked-Etag` and `X-Linked-Size`, a redirect to
`hub.cdn` (another host of this machine), `Range`, 206 and 416 there. As ModelScope: its list and its addresses.
"""

from __future__ import annotations

import hashlib
import json
import re
import socket
import struct
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"
_BLOCK = 16_384


@dataclass(frozen=True, slots=True)
class Status:
    """An error instead of the bytes; from the hub itself, or from behind its redirect."""

    code: int
    headers: Mapping[str, str] = field(default_factory=dict)
    at_hub: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection breaks after so many bytes of the answer: abruptly, or as if that had been all."""

    after: int
    politely: bool = False


@dataclass(frozen=True, slots=True)
class Other:
    """Other bytes than the announced ones, of whatever length."""

    content: bytes


@dataclass(frozen=True, slots=True)
class Whole:
    """`Range` is ignored, and everything sent again."""


@dataclass(frozen=True, slots=True)
class WrongRange:
    """A part of the file that was not asked for."""


@dataclass(frozen=True, slots=True)
class Redirect:
    """The hub sends the download to an address of its own choice."""

    to: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Nothing more is sent after so many bytes until `event` is set; then the rest. The server's end ends it, too."""

    after: int
    event: threading.Event = field(default_factory=threading.Event)


Fault = Status | Cut | Other | Whole | WrongRange | Redirect | Hold


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came in."""

    method: str
    path: str
    headers: dict[str, str]


def gguf_bytes(architecture: str, size: int, seed: int = 0, part: tuple[int, int] | None = None) -> bytes:
    """A GGUF that is complete, whose weights have the size, but not the sense, of weights.

    Args:
        architecture: of a model; `clip` for a projector.
        size: of the whole file, 1000 bytes at least.
        seed: of the weights.
        part: which one of how many files of a model this is, the first being 0.
    """
    pairs = [_text_pair("general.architecture", architecture)]
    if architecture == "clip":
        pairs += [_pair("clip.has_vision_encoder", 7, "<?", True), _text_pair("clip.projector_type", "mlp")]
    else:
        sizes = {"block_count": 1, "embedding_length": 64, "context_length": 4096}
        pairs += [_pair(f"{architecture}.{key}", 4, "<I", value) for key, value in sizes.items()]
        pairs.append(_pair(f"{architecture}.rope.dimension_sections", 9, "<IQ4i", 5, 4, 8, 12, 12, 0))
    if part is not None:
        pairs += [_pair("split.no", 2, "<H", part[0]), _pair("split.count", 2, "<H", part[1])]
        pairs.append(_pair("split.tensors.count", 5, "<i", part[1]))
    name = _text(f"blk.0.weights_{part[0] if part else 0}")
    head = b"GGUF" + struct.pack("<IQQ", 3, 1, len(pairs)) + b"".join(pairs)
    begin = -(-(len(head) + len(name) + 24) // 32) * 32  # where the weights do; 24 bytes describe them
    head += name + struct.pack("<IqIQ", 1, size - begin, 24, 0)  # one row of 8-bit numbers
    noise = bytearray()
    while len(noise) < size:
        noise += hashlib.sha256(f"{seed}:{len(noise)}".encode()).digest()
    return head + bytes(noise[: size - len(head)])


def _text(text: str) -> bytes:
    return struct.pack("<Q", len(text)) + text.encode()


def _text_pair(key: str, value: str) -> bytes:
    return _text(key) + struct.pack("<I", 8) + _text(value)


def _pair(key: str, kind: int, layout: str, *values: int) -> bytes:
    return _text(key) + struct.pack("<I", kind) + struct.pack(layout, *values)


class HubServer:
    """See the module. `lfs=False` leaves the checksums out of the list, as some mirrors do."""

    def __init__(self) -> None:
        self.files: dict[str, dict[str, bytes]] = {}
        self.sha256: dict[str, str] = {}  # what is announced instead of the truth, by file name
        self.asked: list[Asked] = []
        self.lfs = True
        self.bytes_per_s: float | None = None
        self.list_faults: list[Status] = []
        self.sending = threading.Event()
        self.closing = threading.Event()
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="hub")
        port = self._server.server_address[1]
        self.endpoint = f"http://127.0.0.1:{port}"
        self.cdn = f"http://localhost:{port}"

    def __enter__(self) -> HubServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def put(self, repo: str, name: str, content: bytes) -> None:
        """Give a repository a file."""
        self.files.setdefault(repo, {})[name] = content

    def script(self, *faults: Fault) -> None:
        """What the next requests for bytes meet."""
        self._faults += faults

    def next_fault(self, *, at_hub: bool) -> Fault | None:
        """The first fault if it is for this place, taken from the list."""
        with self._lock:
            first = self._faults[0] if self._faults else None
            belongs = isinstance(first, Redirect) or (isinstance(first, Status) and first.at_hub)
            return self._faults.pop(0) if first is not None and belongs is at_hub else None

    def downloads(self) -> list[Asked]:
        """The requests for bytes."""
        return [one for one in self.asked if one.method == "GET" and one.path.startswith("/cdn/")]

    def listing(self, repo: str) -> dict[str, Any]:
        """As `/api/models/REPO?blobs=true` answers."""
        siblings = []
        for name, content in self.files[repo].items():
            one: dict[str, Any] = {"rfilename": name, "size": len(content), "blobId": "0" * 40}
            if self.lfs:
                one["lfs"] = {"sha256": self.sha256_of(repo, name), "size": len(content), "pointerSize": 134}
            siblings.append(one)
        return {"id": repo, "sha": COMMIT, "siblings": siblings, "tags": [], "downloads": 1, "private": False}

    def sha256_of(self, repo: str, name: str) -> str:
        """What is announced."""
        return self.sha256.get(name) or hashlib.sha256(self.files[repo][name]).hexdigest()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        hub = self

        class Handler(_Handler):
            server_of = hub

        return Handler


class _Handler(BaseHTTPRequestHandler):
    server_of: HubServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        hub = self.server_of
        hub.asked.append(Asked(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}))
        path = unquote(urlsplit(self.path).path)
        routes = (
            (r"/api/models/([^/]+/[^/]+)(?:/revision/.*)?", self._list),
            (r"/api/v1/models/([^/]+/[^/]+)/repo/files", self._list_modelscope),
            (r"(?:/models)?/([^/]+/[^/]+)/resolve/[^/]+/(.+)", self._resolve),
            (r"/cdn/([^/]+/[^/]+)/(.+)", self._send_file),
        )
        for pattern, action in routes:
            found = re.fullmatch(pattern, path)
            if found and found[1] in hub.files:
                action(*found.groups())
                return
        self._json(404, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"})

    do_HEAD = do_GET

    def _list(self, repo: str) -> None:
        if self.server_of.list_faults:
            fault = self.server_of.list_faults.pop(0)
            self._json(fault.code, {"error": "scripted"}, fault.headers)
            return
        self._json(200, self.server_of.listing(repo))

    def _list_modelscope(self, repo: str) -> None:
        files = [
            {"Type": "blob", "Path": name, "Size": len(content), "Sha256": self.server_of.sha256_of(repo, name)}
            for name, content in self.server_of.files[repo].items()
        ]
        self._json(200, {"Code": 200, "Data": {"Files": [*files, {"Type": "tree", "Path": "folder", "Size": 0}]}})

    def _resolve(self, repo: str, name: str) -> None:
        hub = self.server_of
        if name not in hub.files[repo]:
            self._json(404, {"error": "Entry not found"}, {"X-Error-Code": "EntryNotFound"})
            return
        fault = hub.next_fault(at_hub=True) if self.command == "GET" else None
        if isinstance(fault, Status):
            self._json(fault.code, {"error": "scripted"}, fault.headers)
            return
        to = fault.to if isinstance(fault, Redirect) else f"{hub.cdn}/cdn/{repo}/{quote(name)}?Signature=secret"
        self._head(
            302,
            {
                "Location": to,
                "X-Linked-Etag": f'"{hub.sha256_of(repo, name)}"',
                "X-Linked-Size": str(len(hub.files[repo][name])),
                "X-Repo-Commit": COMMIT,
                "Content-Length": "0",
            },
        )

    def _send_file(self, repo: str, name: str) -> None:
        hub = self.server_of
        content, fault = hub.files[repo][name], hub.next_fault(at_hub=False)
        if isinstance(fault, Status):
            self._json(fault.code, {"error": "scripted"}, fault.headers)
            return
        if isinstance(fault, Other):
            content = fault.content
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        begin = int(asked[1]) if asked and not isinstance(fault, Whole | Other) else 0
        if begin >= len(content):
            self._head(416, {"Content-Range": f"bytes */{len(content)}", "Content-Length": "0"})
            return
        if isinstance(fault, WrongRange):
            begin += 1
        headers = {"Content-Length": str(len(content) - begin), "ETag": f'"{hub.sha256_of(repo, name)}"'}
        if begin:
            headers["Content-Range"] = f"bytes {begin}-{len(content) - 1}/{len(content)}"
        if isinstance(fault, Cut) and fault.politely:
            headers["Content-Length"] = str(fault.after)
        self._head(206 if begin else 200, headers)
        self._send(content[begin:], fault)

    def _send(self, content: bytes, fault: Fault | None) -> None:
        hub = self.server_of
        limit = fault.after if isinstance(fault, Cut | Hold) else len(content)
        pause = _BLOCK / hub.bytes_per_s if hub.bytes_per_s else 0.0
        try:
            for at in range(0, min(limit, len(content)), _BLOCK):
                self.wfile.write(content[at : min(at + _BLOCK, limit)])
                self.wfile.flush()
                hub.sending.set()
                if pause and hub.closing.wait(pause):
                    break
            if isinstance(fault, Hold):
                while not fault.event.wait(0.02) and not hub.closing.is_set():
                    pass
                self.wfile.write(content[limit:])
            if isinstance(fault, Cut):
                if not fault.politely:
                    # An RST, as from a router that forgot the connection.
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_WR if fault.politely else socket.SHUT_RDWR)
        except OSError:
            self.close_connection = True  # the download was stopped

    def _json(self, status: int, data: object, headers: Mapping[str, str] | None = None) -> None:
        body = b"" if self.command == "HEAD" else json.dumps(data).encode()
        self._head(status, {"Content-Type": "application/json", "Content-Length": str(len(body)), **(headers or {})})
        self.wfile.write(body)

    def _head(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Silence."""
