"""The scripted server as a process of its own, for tests that kill it and start it again.

with glm_process("A long answer", delay=0.02) as server:
    ...
    server.process.kill()
with glm_process("Back.", port=server.port):  # the same address
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class GlmProcess:
    """A running server."""

    base_url: str
    process: subprocess.Popen[str]

    @property
    def port(self) -> int:
        return int(self.base_url.removesuffix("/v1").rpartition(":")[2])


@contextmanager
def glm_process(text: str, *, thinking: str = "", delay: float = 0.0, port: int = 0) -> Iterator[GlmProcess]:
    """Run the server until the block ends. It listens when the block begins."""
    argv = [sys.executable, "-m", "tests.support.glm_server", "--text", text, "--thinking", thinking]
    argv += ["--delay", str(delay), "--port", str(port)]
    process = subprocess.Popen(argv, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        with process.stdout as first_line:
            base_url = first_line.readline().strip()
            assert base_url, "the server did not start"
            yield GlmProcess(base_url, process)
    finally:
        process.kill()
        process.wait()
