"""The programs that are measured: the app in a home of its own, and the bare window."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench._figures import Sample
from tests.support.app import App
from tests.support.xrig import XRig, stop

BARE = Path(__file__).with_name("_bare_window.py")


@dataclass(frozen=True)
class Started:
    """A program that is up, and what its start took."""

    process: subprocess.Popen[bytes]
    start: Sample


@contextmanager
def home() -> Iterator[Path]:
    """A folder for one app, with the settings that come with it."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        yield Path(folder)


@contextmanager
def app_in_tray(rig: XRig, folder: Path) -> Iterator[Started]:
    """The real app, completely started; its sample ends when the icon is in the tray and the hotkeys are taken."""
    began = time.monotonic_ns() // 1000
    app = App(rig, folder)
    try:
        ready: Any = app.traced("start:tray-ready")[0]
        yield Started(app.process, Sample((ready["ts"] + ready["dur"] - began) / 1e3, ready["args"]["cpu_ms"]))
    finally:
        stop(app.process)
        app.trace.unlink()


@contextmanager
def bare_window(rig: XRig) -> Iterator[Started]:
    """A window with one QTextBrowser; its sample ends when it was painted."""
    began = time.monotonic_ns() // 1000
    process = rig.spawn([sys.executable, str(BARE)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        shown_us, cpu_ms = process.stdout.readline().decode().split()
        yield Started(process, Sample((int(shown_us) - began) / 1e3, float(cpu_ms)))
    finally:
        stop(process)
        process.stdout.close()
