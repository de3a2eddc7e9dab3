"""A session bus of a test's own, and portals on it that answer as told."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def session_bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """`DBUS_SESSION_BUS_ADDRESS` is that of a new bus; the test is skipped where there is no dbus-daemon."""
    program = shutil.which("dbus-daemon")
    if program is None:
        pytest.skip("needs dbus-daemon")
    daemon = subprocess.Popen([program, "--session", "--nofork", "--print-address"], stdout=subprocess.PIPE, text=True)
    try:
        assert daemon.stdout is not None
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", daemon.stdout.readline().strip())
        yield
    finally:
        _end(daemon)


@contextmanager
def on_the_bus(module: str, *arguments: str) -> Iterator[None]:
    """`python -m MODULE ARGUMENTS` runs, and has said that it is ready."""
    service = subprocess.Popen([sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, cwd=ROOT, text=True)
    try:
        assert service.stdout is not None
        assert service.stdout.readline() == "ready\n"
        yield
    finally:
        _end(service)


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.wait(5)
    if process.stdout is not None:
        process.stdout.close()
