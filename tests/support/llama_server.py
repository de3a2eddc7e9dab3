"""A real OpenAI-compatible server for the tests: llama-cpp-python's own, with the tiny model, on a loopback port.

with llama_cpp_server(pair.gguf, pair.mmproj) as server:
    client(base_url=server.base_url)
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class LlamaServer:
    """A running server.

    Args:
        base_url: of the OpenAI-compatible endpoint.
        model: the id that it serves.
        process: to be killed by a test that wants to.
        log: what it printed.
    """

    base_url: str
    model: str
    process: subprocess.Popen[bytes]
    log: Path


@contextmanager
def llama_cpp_server(gguf: Path, mmproj: Path | None = None, *, context: int = 8192) -> Iterator[LlamaServer]:
    """Run the server until the block ends. The caller need not wait: it answers when the block begins."""
    port = _free_port()
    model = "tiny-glm-4v"
    argv = [sys.executable, "-m", "llama_cpp.server", "--host", "127.0.0.1", "--port", str(port)]
    argv += ["--model", str(gguf), "--model_alias", model, "--n_ctx", str(context), "--n_threads", "2"]
    argv += ["--logits_all", "false", "--flash_attn", "true", "--verbose", "false"]
    if mmproj is not None:
        argv += ["--chat_format", "mtmd", "--clip_model_path", str(mmproj)]
    with tempfile.TemporaryDirectory(prefix="llama-server-") as folder:
        log = Path(folder) / "server.log"
        with log.open("wb") as output:
            environment = os.environ | {"GGML_NO_BACKTRACE": "1"}
            process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment)
        server = LlamaServer(f"http://127.0.0.1:{port}/v1", model, process, log)
        try:
            _wait_until_it_answers(server)
            yield server
        finally:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_it_answers(server: LlamaServer, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # whatever proxy the machine uses, not for us
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            with opener.open(f"{server.base_url}/models", timeout=5) as reply:
                assert json.load(reply)["data"][0]["id"] == server.model
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(f"llama_cpp.server does not answer:\n{server.log.read_text(errors='replace')[-3000:]}")
