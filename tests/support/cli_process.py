"""`desktop-helper` as a process, without a display and in a home of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 60.0


def command(*arguments: str) -> list[str]:
    """The command line."""
    return [sys.executable, "-m", "desktop_helper", *arguments]


def environment(home: Path, **more: str) -> dict[str, str]:
    """As the tests' own, which has no keys, no display and no keyring."""
    return os.environ | {"DESKTOP_HELPER_HOME": str(home), "PYTHONPATH": str(ROOT)} | more


def run(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    return run_command(home, command(*arguments), **more)


def run_command(home: Path, argv: list[str], **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command line of the test's own in the same surroundings."""
    return subprocess.run(
        argv,
        env=environment(home, **more),
        stdin=subprocess.DEVNULL,  # `ask` looks whether something is piped in
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=TIMEOUT_S,
        check=False,
    )


@contextmanager
def running(home: Path, *arguments: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    """Start it; it is killed if it still runs at the end."""
    process = subprocess.Popen(
        command(*arguments),
        env=environment(home, **more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()
