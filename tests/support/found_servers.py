"""Servers on loopback that answer as the real ones do when somebody looks which of them it is."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# What the real ones answer, without what nobody reads.
LISTS = {
    "vllm": {"data": [{"id": "zai-org/GLM-4.6V-Flash", "owned_by": "vllm", "max_model_len": 65536}]},
    "sglang": {"data": [{"id": "zai-org/GLM-4.6V", "owned_by": "sglang", "max_model_len": 131072}]},
    "llama-server": {"data": [{"id": "some.gguf", "owned_by": "llamacpp", "meta": {"n_ctx": 16384}}]},
    "ollama": {
        "data": [
            {"id": "llama3:8b", "owned_by": "library"},
            {"id": "glm-4.6v-flash:latest", "owned_by": "someone"},
            {"id": "unheard-of", "owned_by": "library"},
        ]
    },
    "lmstudio": {"data": [{"id": "a-text-model"}, {"id": "zai-org/glm-4.6v-flash"}]},
}
MORE: dict[str, dict[str, Any]] = {
    "llama-server": {"GET /props": {"default_generation_settings": {}, "modalities": {"vision": True, "audio": False}}},
    "ollama": {
        "GET /api/version": {"version": "0.13.0"},
        "GET /api/tags": {"models": [{"name": "llama3:8b", "capabilities": ["completion"]}]},
        "POST /api/show": {"capabilities": ["completion", "vision"]},
    },
    "lmstudio": {
        "GET /api/v0/models": {
            "data": [{"id": "a-text-model", "type": "llm"}, {"id": "zai-org/glm-4.6v-flash", "type": "vlm"}]
        }
    },
}


class Impostor:
    """A server on loopback that answers `METHOD /path` with a JSON document, or with a status and bytes."""

    def __init__(self, answers: Mapping[str, Any], *, wait_s: float = 0.0) -> None:
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(f"{self.command} {self.path}")
                outer.headers.append({name.lower(): value for name, value in self.headers.items()})
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                time.sleep(wait_s)
                answer = answers.get(f"{self.command} {self.path}", (404, b"{}"))
                status, body = answer if isinstance(answer, tuple) else (200, json.dumps(answer).encode())
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "http://192.0.2.1/v1/models")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Impostor:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def answers_of(kind: str) -> dict[str, Any]:
    return {"GET /v1/models": LISTS[kind], **MORE.get(kind, {})}
