"""A real HTTP proxy on loopback: tunnels and plain requests, with a password if it is to have one."""

from __future__ import annotations

import base64
import contextlib
import select
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class LoopbackProxy:
    """Leads every host to `target`, a port of this machine: names such as `gpu.example` need not exist.

    Attributes:
        asked: what clients asked it for: `CONNECT gpu.example:443`, or the whole URL.
    """

    def __init__(self, target: int, credentials: str = "") -> None:
        self.target = target
        self.wanted = "Basic " + base64.b64encode(credentials.encode()).decode() if credentials else ""
        self.asked: list[str] = []
        self._listener = _Listener(("127.0.0.1", 0), _Handler)
        self._listener.owner = self
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.02,), name="loopback-proxy")

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self._listener.server_address[1]}"

    def __enter__(self) -> LoopbackProxy:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown()
        self._thread.join()
        self._listener.server_close()


class _Listener(ThreadingHTTPServer):
    owner: LoopbackProxy
    daemon_threads = False
    block_on_close = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves."""


class _Handler(BaseHTTPRequestHandler):
    server: _Listener
    timeout = 5

    def do_CONNECT(self) -> None:
        """A tunnel."""
        if not self._allowed():
            return
        with socket.create_connection(("127.0.0.1", self.server.owner.target)) as far:
            self.send_response(200, "Connection established")
            self.end_headers()
            self.wfile.flush()
            _pump(self.connection, far)
        self.close_connection = True

    def do_GET(self) -> None:
        """A plain request, sent on with the path alone."""
        if not self._allowed():
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = "/" + self.path.split("/", 3)[3]
        kept = [(k, v) for k, v in self.headers.items() if k.lower() not in ("proxy-authorization", "connection")]
        head = f"{self.command} {path} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in kept)
        with socket.create_connection(("127.0.0.1", self.server.owner.target)) as far:
            far.sendall(f"{head}Connection: close\r\n\r\n".encode() + body)
            while data := far.recv(65536):
                self.wfile.write(data)
        self.close_connection = True

    do_POST = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""

    def _allowed(self) -> bool:
        owner = self.server.owner
        owner.asked.append(f"{self.command} {self.path}" if self.command == "CONNECT" else self.path)
        if owner.wanted and self.headers.get("Proxy-Authorization") != owner.wanted:
            self.send_response(407)
            self.send_header("Proxy-Authenticate", 'Basic realm="proxy"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            self.close_connection = True
            return False
        return True


def _pump(near: socket.socket, far: socket.socket) -> None:
    """Both ways until one side ends."""
    with contextlib.suppress(OSError):
        while True:
            readable, _, _ = select.select([near, far], [], [], 5)
            for one in readable:
                data = one.recv(65536)
                if not data:
                    return
                (far if one is near else near).sendall(data)
            if not readable:
                return
