"""llama-server as a yardstick."""

from __future__ import annotations

import base64
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx2

from desktop_helper.backends.local.threads import worker_threads
from desktop_helper.core.messages import ImagePart, Message, Role
from tests.support.tiny_gguf import GgufPair


@contextmanager
def llama_server(program: str, pair: GgufPair) -> Iterator[Callable[[list[Message]], float]]:
    """Yields a function that asks and returns the seconds until the first word."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    argv = [program, "-m", str(pair.gguf), "--mmproj", str(pair.mmproj), "--port", str(port), "-c", "16384", "-np", "1"]
    argv += ["-t", str(worker_threads()), "-fa", "on", "--jinja"]
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    client = httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=300)
    try:
        _wait(client)
        yield lambda talk: _ask(client, talk)
    finally:
        client.close()
        process.terminate()
        process.wait(10)


def _wait(client: Any) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if client.get("/health").status_code == 200:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.1)
    raise TimeoutError("llama-server did not start")


def _ask(client: Any, talk: list[Message]) -> float:
    body = {
        "messages": [_message(message) for message in talk],
        "max_tokens": 2,
        "temperature": 0,
        "stream": True,
        "cache_prompt": True,
    }
    began = time.perf_counter()
    first = 0.0
    with client.stream("POST", "/v1/chat/completions", json=body) as response:
        response.raise_for_status()
        for line in response.iter_lines():
            if '"content":"' in line or '"reasoning_content":"' in line:
                first = first or time.perf_counter() - began
    return first


def _message(message: Message) -> dict[str, Any]:
    if message.role is not Role.USER:
        return {"role": message.role.value, "content": message.text}
    parts: list[dict[str, Any]] = []
    for part in message.parts:
        if isinstance(part, ImagePart):
            data = base64.b64encode(part.data).decode()
            parts.append({"type": "image_url", "image_url": {"url": f"data:{part.mime};base64,{data}"}})
        else:
            parts.append({"type": "text", "text": getattr(part, "text", "")})
    return {"role": "user", "content": parts}
