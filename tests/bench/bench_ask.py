"""How long until a question is on its way? Run it with `python -m tests.bench.bench_ask`.

    start of `desktop-helper ask` to its request at the server / `python -c "import openai"`

The request needs the openai package, so its import is the least that any such command takes. Goal: 1.5 at most.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench._figures import Figure, Sample, cpu, interleaved, options, report, wall
from tests.support.app import ROOT, server_profile, write_settings
from tests.support.glm_server import MODEL, GlmServer

ROUNDS = 11
GOAL = 1.5
ASK = [sys.executable, "-m", "desktop_helper", "ask", "What is this?"]
IMPORT = [sys.executable, "-c", "import openai"]


def main() -> int:
    """Measure and print."""
    chosen = options(__doc__)
    with GlmServer() as server, tempfile.TemporaryDirectory(prefix="bench-ask-") as folder:
        write_settings(Path(folder), server_profile(server.base_url, MODEL))

        def ours() -> Sample:
            before = len(server.chats)
            began = time.perf_counter()
            process = _spawn(ASK, folder)
            server.wait_for_requests(before + 1, 60)
            arrived = time.perf_counter()
            return Sample((arrived - began) * 1e3, _cpu_ms(process))

        def yardstick() -> Sample:
            began = time.perf_counter()
            cpu_ms = _cpu_ms(_spawn(IMPORT, folder))
            return Sample((time.perf_counter() - began) * 1e3, cpu_ms)

        chosen.warm_up(ours, yardstick)
        asks, imports = interleaved(chosen.rounds(ROUNDS), ours, yardstick)
    figures = [
        Figure("ask to request sent, against importing openai", wall(asks), wall(imports), goal=GOAL),
        Figure("CPU of all of ask, against importing openai", cpu(asks), cpu(imports)),
    ]
    return report(figures, chosen)


def _spawn(argv: list[str], folder: str) -> subprocess.Popen[bytes]:
    env = os.environ | {"DESKTOP_HELPER_HOME": folder, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    return subprocess.Popen(argv, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)


def _cpu_ms(process: subprocess.Popen[bytes]) -> float:
    """Wait for its end; user and system time of all of it."""
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"{process.args!r} ended with {process.returncode}"
    return (usage.ru_utime + usage.ru_stime) * 1e3


if __name__ == "__main__":
    raise SystemExit(main())
