"""How long until the app is usable? Run it with `python -m tests.bench.bench_start`.

    process start to tray-ready / process start of a bare PySide6 window with one QTextBrowser to its first painting

Tray-ready: the icon is in the tray of a real panel, the hotkeys are taken, other processes are heard. Files are in the
system's cache. Goal: 2.0 at most.
"""

from __future__ import annotations

from tests.bench._figures import Figure, Sample, cpu, interleaved, options, report, wall
from tests.bench._programs import app_in_tray, bare_window, home
from tests.support.xrig import XRig

ROUNDS = 11
GOAL = 2.0


def main() -> int:
    """Measure and print."""
    chosen = options(__doc__)
    with XRig(panel="tint2") as rig, home() as folder:

        def ours() -> Sample:
            with app_in_tray(rig, folder) as app:
                return app.start

        def yardstick() -> Sample:
            with bare_window(rig) as window:
                return window.start

        chosen.warm_up(ours, yardstick)
        apps, windows = interleaved(chosen.rounds(ROUNDS), ours, yardstick)
    figures = [
        Figure("start to tray-ready, against a bare window", wall(apps), wall(windows), goal=GOAL),
        Figure("the same, CPU", cpu(apps), cpu(windows)),
    ]
    return report(figures, chosen)


if __name__ == "__main__":
    raise SystemExit(main())
