"""`desktop-helper serve` as a real process."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import openai

from tests.support.cli_process import running
from tests.support.tiny_gguf import GgufPair


@dataclass(frozen=True)
class ServeProcess:
    """A process that serves.

    Args:
        process: it.
        url: the base URL, as it said.
        model: the model's id, as it said.
        token: what it printed, or what it was given.
    """

    process: subprocess.Popen[str]
    url: str
    model: str
    token: str

    def client(self) -> openai.OpenAI:
        """The official client; to be closed."""
        return openai.OpenAI(base_url=self.url, api_key=self.token, max_retries=0, timeout=60)


@contextmanager
def serve_process(home: Path, pair: GgufPair, *arguments: str, token: str = "", **more: str) -> Iterator[ServeProcess]:
    """Serve `pair` until the block ends. With `token`, none is expected to be printed."""
    files = ("--gguf", str(pair.gguf), "--mmproj", str(pair.mmproj))
    with running(home, "serve", *files, "--port", "0", *arguments, **more) as process:
        assert process.stdout is not None
        said = {}
        for _ in range(2 if token else 3):
            name, _, value = process.stdout.readline().strip().partition(": ")
            said[name] = value
        if "URL" not in said:
            raise AssertionError(process.communicate(timeout=10)[1])
        yield ServeProcess(process, said["URL"], said["Model"], token or said["Token"])
