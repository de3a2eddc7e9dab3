"""Real OpenAI-compatible servers for the tests, with the tiny model: llama-cpp-python's own and llama.cpp's.

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

from tests.support.tiny_vocabulary import CHAT_TEMPLATE

MODEL = "tiny-glm-4v"
# As GLM-4.6V's own, it has a place for reasoning. From that, llama-server learns how thinking begins and ends, without
# which it knows no budget.
_TEMPLATE = CHAT_TEMPLATE.replace(
    "<think></think>\n{{ visible",
    "<think>{{ message.reasoning_content if message.reasoning_content is defined else '' }}</think>\n{{ visible",
)


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
    argv = [sys.executable, "-m", "llama_cpp.server", "--host", "127.0.0.1", "--port", str(port)]
    argv += ["--model", str(gguf), "--model_alias", MODEL, "--n_ctx", str(context), "--n_threads", "2"]
    argv += ["--logits_all", "false", "--flash_attn", "true", "--verbose", "false"]
    if mmproj is not None:
        argv += ["--chat_format", "mtmd", "--clip_model_path", str(mmproj)]
    with _running(argv, port, os.environ | {"GGML_NO_BACKTRACE": "1"}) as server:
        yield server


@contextmanager
def llama_server(program: str, gguf: Path, mmproj: Path | None = None, *, key: str = "") -> Iterator[LlamaServer]:
    """The same with llama.cpp's own server; with a `key` it wants that."""
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="llama-template-") as folder:
        template = Path(folder) / "glm.jinja"
        template.write_text(_TEMPLATE, encoding="utf-8")
        argv = _llama_server_argv(program, port, gguf, mmproj, template)
        argv += ["--api-key", key] if key else []
        with _running(argv, port, dict(os.environ), key) as server:
            yield server


def _llama_server_argv(program: str, port: int, gguf: Path, mmproj: Path | None, template: Path) -> list[str]:
    argv = [program, "--host", "127.0.0.1", "--port", str(port), "-m", str(gguf), "--alias", MODEL]
    argv += ["-c", "8192", "-np", "1", "-t", "2", "--jinja", *(["--mmproj", str(mmproj)] if mmproj else [])]
    return [*argv, "--chat-template-file", str(template)]


@contextmanager
def _running(argv: list[str], port: int, environment: dict[str, str], key: str = "") -> Iterator[LlamaServer]:
    with tempfile.TemporaryDirectory(prefix="llama-server-") as folder:
        log = Path(folder) / "server.log"
        with log.open("wb") as output:
            process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment)
        server = LlamaServer(f"http://127.0.0.1:{port}/v1", MODEL, process, log)
        try:
            _wait_until_it_answers(server, key)
            yield server
        finally:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_it_answers(server: LlamaServer, key: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # whatever proxy the machine uses, not for us
    listed = urllib.request.Request(
        f"{server.base_url}/models", headers={"Authorization": f"Bearer {key}"} if key else {}
    )
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            with opener.open(listed, timeout=5) as reply:
                assert json.load(reply)["data"][0]["id"] == server.model
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(f"the server does not answer:\n{server.log.read_text(errors='replace')[-3000:]}")
