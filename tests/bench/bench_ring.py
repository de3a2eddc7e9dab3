"""What do the last 30 seconds cost? Run it with `python -m tests.bench.bench_ring`.

The process that keeps them, on a desktop of 1920 x 1080 pixels with the settings that come with the app: its memory
against 150 MB, its CPU against a quarter of a core, and how long it takes until a clip is there, against a second.
First the desktop stands still, then somebody types, then pages and a picture full of detail scroll without a rest,
which is the worst that a desktop does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import av
import psutil

from desktop_helper.core.child import child_argv
from desktop_helper.core.geometry import Rect
from desktop_helper.core.ring import RingSpec
from desktop_helper.services.ring import Ring
from tests.bench._figures import Figure, options, report
from tests.bench._programs import home
from tests.support.xrig import XRig, stop

SIZE = (1920, 1080)
SECONDS, QUICK_SECONDS = 35.0, 3.0
MEMORY_MB, CORE, CLIP_S = 150.0, 0.25, 1.0
SCENES = ("still", "typing", "scrolling")


@contextmanager
def kept(folder: Path) -> Iterator[Ring]:
    """A ring that is answered at once, as by a window that hides nothing."""
    spec = RingSpec((Rect(0, 0, *SIZE),))
    ring = Ring(child_argv("desktop_helper.capture._ring"), folder, spec, lambda number: ring.cover(number, ()))
    thread = threading.Thread(target=ring.follow)
    thread.start()
    try:
        yield ring
    finally:
        ring.stop()
        thread.join()


def process() -> psutil.Process:
    """The one that keeps them."""
    children = psutil.Process().children()
    return next(one for one in children if "desktop_helper.capture._ring" in one.cmdline())


def contents(clip: bytes) -> tuple[float, int]:
    """Seconds and pictures of a clip."""
    with av.open(BytesIO(clip)) as container:
        return (container.duration or 0) / av.time_base, len(
            [None for packet in container.demux(video=0) if packet.size]
        )


def measure(rig: XRig, folder: Path, scene: str, seconds: float) -> list[Figure]:
    argv = [sys.executable, "-m", "tests.support.busy_desktop", scene, *map(str, SIZE)]
    desktop = rig.spawn(argv, stdout=subprocess.PIPE)
    assert desktop.stdout is not None
    try:
        desktop.stdout.readline()  # it paints
        with kept(folder) as ring:
            while not ring.take(0, ()).result(30):
                time.sleep(0.1)
            found = process()
            before, began = sum(found.cpu_times()[:2]), time.monotonic()
            time.sleep(seconds)  # what is measured is what goes on by itself
            share = (sum(found.cpu_times()[:2]) - before) / (time.monotonic() - began)
            memory = found.memory_full_info()
            asked = time.monotonic()
            clip = ring.take(0, ()).result(30)
            waited = time.monotonic() - asked
            length, pictures = contents(clip)
            size = f"{len(clip) / 1e6:.1f} MB, PSS {memory.pss / 1e6:.0f} MB"
            print(f"  {scene}: {length:.1f} s, {pictures} pictures, {size}")
    finally:
        stop(desktop)
        desktop.stdout.close()
    missing = [Figure("scrolling: seconds to a picture, against 1/5", length / pictures, 0.2, "s ", 1.1)]
    return [
        *(missing if scene == "scrolling" else []),
        Figure(f"{scene}: memory (RSS), against 150 MB", memory.rss / 1e6, MEMORY_MB, "MB", 1.0),
        Figure(f"{scene}: CPU, against a quarter of a core", share, CORE, "  ", 1.0),
        Figure(f"{scene}: until a clip is there, against 1 s", 1000 * waited, 1000 * CLIP_S, "ms", 1.0),
    ]


def main() -> int:
    """Measure and print."""
    chosen = options(__doc__)
    seconds = QUICK_SECONDS if chosen.quick else SECONDS
    figures = []
    with XRig(*SIZE) as rig, home() as folder:
        os.environ["DISPLAY"] = rig.display
        for scene in SCENES:
            figures += measure(rig, folder, scene, seconds)
    return report(figures, chosen)


if __name__ == "__main__":
    raise SystemExit(main())
