"""How many characters are read wrong, and how long it takes: `python -m tests.bench.bench_ocr`.

Two hundred pieces of a screen with known text (fonts of 12 to 32 pixels, light and dark, English and Chinese) go
through the reader as regions do; wrong characters against the two in a hundred that are allowed from 16 pixels up. Then
a full screen of 1920 x 1080 pixels with 190 lines against ten seconds on two cores, a region of a few lines when the
process is not yet there against three and when it is against one, and a screen that is stopped against one.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from PySide6.QtGui import QGuiApplication

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.child import child_argv
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.protocols import Frame
from desktop_helper.core.text_layout import layout
from desktop_helper.ocr import WORKER
from desktop_helper.services.text_reader import TextReader
from tests.bench._figures import Figure, options, report
from tests.support import text_pages

REGIONS, QUICK_REGIONS = 200, 20
READABLE = 16  # pixels of a font from which on the goal holds
ALLOWED = 2.0  # of a hundred characters
SCREEN_S, COLD_S, REGION_S, STOP_S = 10.0, 3.0, 1.0, 1.0


@contextmanager
def reader() -> Iterator[TextReader]:
    """One whose process is not there yet."""
    with tempfile.TemporaryDirectory() as folder:
        made = TextReader(child_argv(WORKER), Path(folder))
        try:
            yield made
        finally:
            made.close()


def measure_accuracy(count: int) -> list[Figure]:
    """A line for each size and language; the sums as figures."""
    missed: Counter[tuple[int, bool]] = Counter()
    all_: Counter[tuple[int, bool]] = Counter()
    with reader() as made:
        for page in text_pages.pages(count):
            found = text_pages.plain(layout(made.read_pixels(page.frame, page.name)))
            wanted = text_pages.plain("\n".join(page.lines))
            key = page.size, max(wanted) >= "\u4e00"
            missed[key] += text_pages.wrong(found, wanted)
            all_[key] += len(wanted)
    for size, chinese in sorted(all_):
        share = 100 * missed[size, chinese] / all_[size, chinese]
        language = "Chinese" if chinese else "English"
        print(f"  {size} px, {language}: {share:.2f} % of {all_[size, chinese]} characters wrong")
    large = [key for key in all_ if key[0] >= READABLE]
    small = [key for key in all_ if key[0] < READABLE]
    return [
        Figure("characters wrong, from 16 px up", _share(missed, all_, large), ALLOWED, "%", goal=1.0),
        Figure("characters wrong, 12 to 15 px", _share(missed, all_, small), ALLOWED, "%"),
    ]


def _share(missed: Counter[tuple[int, bool]], all_: Counter[tuple[int, bool]], keys: list[tuple[int, bool]]) -> float:
    return 100 * sum(missed[key] for key in keys) / sum(all_[key] for key in keys)


def measure_times(rounds: int, *, quick: bool) -> list[Figure]:
    """Screens and regions."""
    screen, region = text_pages.screen(*(960, 540) if quick else ()), next(text_pages.pages(1)).frame
    cold, warm, whole, stops = [], [], [], []
    lines = 0
    for _ in range(rounds):
        with reader() as made:
            cold.append(_seconds(made, region))
            warm.append(_seconds(made, region))
            begun = time.perf_counter()
            lines = len(made.read_pixels(screen, "screen"))
            whole.append(time.perf_counter() - begun)
            stops.append(_stop(made, screen))
    megabytes, cpu = _cost(screen)
    print(f"  a screen: {lines} lines, {cpu:.1f} s of processor time, {megabytes:.0f} MB at most")
    return [
        Figure("screen, CPU on 2 cores", cpu / 2, SCREEN_S, "s", goal=1.0),
        Figure("the same, until all is read", statistics.median(whole), SCREEN_S, "s"),
        Figure("region of a few lines, process not there yet", statistics.median(cold), COLD_S, "s", goal=1.0),
        Figure("the same, process there", statistics.median(warm), REGION_S, "s", goal=1.0),
        Figure("stopping a screen", max(stops), STOP_S, "s", goal=1.0),
    ]


def _seconds(made: TextReader, frame: Frame) -> float:
    begun = time.perf_counter()
    made.read_pixels(frame, "region")
    return time.perf_counter() - begun


def _stop(made: TextReader, frame: Frame) -> float:
    """Seconds from the cancellation, in the midst of the lines, until the call is back."""
    cancel, at = CancelToken(), 0.0

    def stop(progress: Progress) -> None:
        nonlocal at
        if (progress.fraction or 0.0) > 0.3 and not cancel.cancelled:
            at = time.perf_counter()
            cancel.cancel()

    try:
        made.read_pixels(frame, "screen", cancel, stop)
    except HelperError:
        return time.perf_counter() - at
    raise AssertionError("it was not stopped")


def _cost(frame: Frame) -> tuple[float, float]:
    """The most memory that the process had, in MB, and its processor time for one screen, in seconds."""
    most = 0.0
    with reader() as made:
        made.read_pixels(frame, "screen")
        (process,) = [child for child in psutil.Process().children() if WORKER in child.cmdline()]
        before = sum(process.cpu_times()[:2])

        def look(_progress: Progress) -> None:
            nonlocal most
            most = max(most, process.memory_info().rss / 1e6)

        made.read_pixels(frame, "screen", None, look)
        return most, sum(process.cpu_times()[:2]) - before


def main() -> int:
    """Measure and print."""
    chosen = options(__doc__)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QGuiApplication([])
    assert application is not None
    if not text_pages.has_fonts():
        print("There is no font for one of the languages: the figures would say nothing.")
        return 1
    figures = measure_accuracy(QUICK_REGIONS if chosen.quick else REGIONS)
    return report([*figures, *measure_times(chosen.rounds(3), quick=chosen.quick)], chosen)


if __name__ == "__main__":
    raise SystemExit(main())
