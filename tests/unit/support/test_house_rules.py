"""The guards of tests/conftest.py, seen failing: each runs a small test file in a pytest of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

OFFENCES = {
    "a thread": (
        """
        import threading
        def test_it():
            threading.Thread(target=threading.Event().wait, name="left-over", daemon=True).start()
        """,
        "thread 'left-over'",
    ),
    "a process": (
        """
        import subprocess, sys
        def test_it():
            global child
            child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        """,
        "time.sleep(60)",
    ),
    "another priority": (
        """
        import os
        def test_it():
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
        """,
        "scheduling policy 3 instead of 0",
    ),
    "a log warning": (
        """
        import logging
        def test_it():
            logging.getLogger("somewhere").warning("the disk is full")
        """,
        "WARNING somewhere: the disk is full",
    ),
    "an announced log warning that does not come": (
        """
        def test_it(expect_log):
            with expect_log("disk"):
                pass
        """,
        "no warning like 'disk' was logged",
    ),
    "a connection": (
        """
        import socket
        def test_it():
            try:
                socket.create_connection(("192.0.2.1", 80), timeout=1)
            except OSError:
                pass
        """,
        "tried to leave this machine: resolve 192.0.2.1",
    ),
    "a datagram": (
        """
        import socket
        def test_it():
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                try:
                    sock.sendto(b"hello", ("192.0.2.1", 53))
                except OSError:
                    pass
        """,
        "tried to leave this machine: sendto 192.0.2.1:53",
    ),
    "a Python warning": (
        """
        import warnings
        def test_it():
            warnings.warn("old", DeprecationWarning)
        """,
        "DeprecationWarning: old",
    ),
}
if not hasattr(os, "SCHED_BATCH"):
    del OFFENCES["another priority"]


HARMLESS = """
import logging, socket, threading
def test_it(expect_log):
    with expect_log("disk"):
        logging.getLogger("somewhere").warning("the disk is full")
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
    threading.Thread(target=int).start()
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What pytest says of all of them, under this repository's configuration and conftest."""
    folder = tmp_path_factory.mktemp("offences")
    for name, (source, _complaint) in OFFENCES.items():
        (folder / file_name(name)).write_text(textwrap.dedent(source), encoding="utf-8")
    (folder / "test_harmless.py").write_text(HARMLESS, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-rA", "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml")]
    command += ["--rootdir", str(ROOT), "-p", "tests.conftest", str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False).stdout


def file_name(offence: str) -> str:
    return f"test_{offence.replace(' ', '_')}.py"


@pytest.mark.parametrize("name", OFFENCES)
def test_an_offence_fails_and_is_named(name: str, report: str) -> None:
    complaint = OFFENCES[name][1]
    lines = [line for line in report.splitlines() if file_name(name) in line]
    assert any(line.startswith(("FAILED", "ERROR")) for line in lines), report
    assert complaint in report


def test_an_announced_warning_and_a_loopback_connection_pass(report: str) -> None:
    lines = [line for line in report.splitlines() if "test_harmless.py" in line]
    assert any(line.startswith("PASSED") for line in lines), report
    assert not any(line.startswith(("FAILED", "ERROR")) for line in lines), report
