"""The local model's HTTP endpoint, in this process, over any backend."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.child import child_argv
from desktop_helper.core.events import Finished, FinishReason, StreamEvent, TextDelta
from desktop_helper.core.messages import ChatRequest
from desktop_helper.core.protocols import Backend
from desktop_helper.services.converter import Converter
from desktop_helper.services.openai_server.desk import Desk
from desktop_helper.services.openai_server.pictures import Pictures
from desktop_helper.services.openai_server.server import OpenAIServer, bind
from tests.support.scripted_backend import ScriptedBackend

TOKEN = "a-token-for-tests"
MODEL = "tiny"


@dataclass(frozen=True)
class Serving:
    """A running endpoint.

    Args:
        server: it.
        http: a client that has the token.
    """

    server: OpenAIServer
    http: httpx2.Client

    def chat(self, **fields: Any) -> httpx2.Response:
        """Ask, with a question unless there is one."""
        body = {"messages": [{"role": "user", "content": "Hello"}]} | fields
        return self.http.post("/v1/chat/completions", json=body)


@contextmanager
def serving(
    backend: Backend, log_dir: Path, *, origins: Sequence[str] = (), waiting: int = 4, silence_s: float = 5.0
) -> Iterator[Serving]:
    """Serve `backend` until the block ends."""
    converter = Converter(child_argv("desktop_helper.attachments._worker"), log_dir)
    pictures = Pictures(converter.convert_bytes, 1500)
    desk = Desk(backend, waiting=waiting, silence_s=silence_s)
    try:
        with OpenAIServer(backend, MODEL, bind(0), TOKEN, pictures, origins=origins, desk=desk) as server:
            root = server.url.removesuffix("/v1")
            headers = {"Authorization": f"Bearer {TOKEN}"}
            with httpx2.Client(base_url=root, headers=headers, timeout=20, trust_env=False) as http:
                yield Serving(server, http)
    finally:
        converter.close()


class Patient(ScriptedBackend):
    """Says one word, then waits until it is let go or cancelled. `started` and `stopped` count its answers."""

    def __init__(self, *, silent: bool = False) -> None:
        super().__init__()
        self.started = threading.Semaphore(0)
        self.stopped = threading.Semaphore(0)
        self.may_end = threading.Event()
        self._silent = silent

    def stream(self, request: ChatRequest, cancel: CancelToken) -> Iterator[StreamEvent]:
        self.requests.append(request)
        self.started.release()
        if not self._silent:
            yield TextDelta("word")
        while not (self.may_end.is_set() or cancel.wait(0.01)):
            pass
        if cancel.cancelled:
            self.stopped.release()
        yield Finished(FinishReason.CANCELLED if cancel.cancelled else FinishReason.STOP)
