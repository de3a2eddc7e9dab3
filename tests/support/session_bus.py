"""A session bus of a test's own, and portals on it that answer as told."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Like that of a session, but it starts no services: those of this machine would answer instead of a test's own.
_CONFIG = """
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


@contextmanager
def session_bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """`DBUS_SESSION_BUS_ADDRESS` is that of a new bus; the test is skipped where there is no dbus-daemon."""
    program = shutil.which("dbus-daemon")
    if program is None:
        pytest.skip("needs dbus-daemon")
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as config:
        config.write(_CONFIG)
        config.flush()
        argv = [program, f"--config-file={config.name}", "--nofork", "--print-address"]
        daemon = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
        assert daemon.stdout is not None
        address = daemon.stdout.readline().strip()
    try:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield
    finally:
        _end(daemon)


@contextmanager
def on_the_bus(module: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """`python -m MODULE ARGUMENTS` runs, and has said that it is ready."""
    service = subprocess.Popen([sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, cwd=ROOT, text=True)
    try:
        assert service.stdout is not None
        assert service.stdout.readline() == "ready\n"
        yield service
    finally:
        _end(service)


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.wait(5)
    if process.stdout is not None:
        process.stdout.close()
