"""Sends tokens at a steady pace, in a process of its own. The first line that it prints is its port.

Each token has its moment, and one that is late does not push the others back. `POST /RATE/COUNT/...` says how many
tokens a second, and how many; a rate of 0 is as fast as the line takes them.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

USAGE = {"prompt_tokens": 12, "completion_tokens": 1, "total_tokens": 13}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rfile.read(int(self.headers["Content-Length"]))
        rate, count = map(int, self.path.split("/")[1:3])
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        token = _chunk({"content": "word "})
        began = time.monotonic()
        for number in range(count):
            if rate:
                time.sleep(max(0.0, began + number / rate - time.monotonic()))
            self.wfile.write(token)
        self.wfile.write(_chunk({}, finish="stop") + _framed(b"data: [DONE]\n\n") + b"0\r\n\r\n")

    def log_message(self, *_: object) -> None:
        """The bench prints what counts."""


def _chunk(delta: dict[str, str], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    base = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1795305600, "model": "glm-4.6v-flash"}
    usage = {"usage": USAGE} if finish else {}
    return _framed(f"data: {json.dumps({**base, 'choices': [choice], **usage})}\n\n".encode())


def _framed(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


class _Server(ThreadingHTTPServer):
    daemon_threads = True


def main() -> None:
    """Serve until somebody ends the process."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        print(server.server_address[1], flush=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        threading.Event().wait()


if __name__ == "__main__":
    main()
