"""How much memory does the app hold while it waits in the tray? Run it with `python -m tests.bench.bench_memory`.

    resident memory of the idle app and its children / that of a bare PySide6 window with one QTextBrowser

Both run at the same time on the same desktop. The app has started completely: the chat and the overlay are made. Goal:
1.8 at most for the resident set (RSS); the proportional one (PSS), which shares the libraries out, is for the record.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import psutil

from tests.bench._figures import Figure, options, report
from tests.bench._programs import app_in_tray, bare_window, home
from tests.support.xrig import XRig

ROUNDS = 3
SETTLE_S, QUICK_SETTLE_S = 5.0, 1.0
GOAL = 1.8


def main() -> int:
    """Measure and print."""
    chosen = options(__doc__)
    settle_s = QUICK_SETTLE_S if chosen.quick else SETTLE_S
    with XRig(panel="tint2") as rig, home() as folder:
        pairs = [_pair(rig, folder, settle_s) for _ in range(chosen.rounds(ROUNDS))]
    apps, windows = zip(*pairs, strict=True)
    figures = [
        Figure("idle RSS, against a bare window", _median(apps, "rss"), _median(windows, "rss"), "MB", GOAL),
        Figure("idle PSS, against a bare window", _median(apps, "pss"), _median(windows, "pss"), "MB"),
    ]
    return report(figures, chosen)


def _pair(rig: XRig, folder: Path, settle_s: float) -> tuple[dict[str, float], dict[str, float]]:
    with app_in_tray(rig, folder) as app, bare_window(rig) as window:
        time.sleep(settle_s)  # what is measured is rest: there is no event to wait for
        return _megabytes(app.process.pid), _megabytes(window.process.pid)


def _megabytes(pid: int) -> dict[str, float]:
    """Of a process and its children. Their RSS counts what they share twice, so more children are never a way out."""
    root = psutil.Process(pid)
    found = [process.memory_full_info() for process in (root, *root.children(recursive=True))]
    return {name: sum(getattr(info, name) for info in found) / 2**20 for name in ("rss", "pss")}


def _median(found: tuple[dict[str, float], ...], name: str) -> float:
    return statistics.median(values[name] for values in found)


if __name__ == "__main__":
    raise SystemExit(main())
