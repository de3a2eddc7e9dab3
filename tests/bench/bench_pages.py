"""How fast pages of a long PDF come, and what they leave in memory: `python -m tests.bench.bench_pages`.

A thousand pages with text, a table and a picture. The first page comes through the converter as a window gets it, in
turn with PyMuPDF that opens the file, draws the page at the same size and writes a PNG. Then all the others, fifty at
a time, in turn with the same PyMuPDF. The text layer, which our pages bring along, is in our time alone.

Then such a file is dropped on the window of the real app, on a desktop of its own, with nothing to read files running:
from letting go until its first page is on the screen, in turn with PyMuPDF that does the same as above. A video of two
hours, 1080p, is dropped in the same way, against three seconds.

These parts, `first`, `rest`, `drop` and `film`, can be measured by themselves: `... bench_pages first drop`.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any

import av
import numpy as np
import psutil
import pymupdf
from PIL import Image

from desktop_helper.core.child import child_argv
from desktop_helper.core.messages import ImagePart, MediaPart
from desktop_helper.core.protocols import ConvertOptions
from desktop_helper.services.converter import Converter
from tests.bench._dropped import COVER, DropRig, drop_rig
from tests.bench._figures import Figure, Options, options, report
from tests.bench.bench_frames import RATE, recording

FIRST, REST, DROP, FILM = "first", "rest", "drop", "film"
PAGES, QUICK_PAGES = 1000, 100
BATCH = 50
EARLY, LATE = 50, 900
FIRST_MS = 300.0
FILM_S, SCENE_S = 2 * 3600, 10
QUICK_FILM_S, QUICK_SCENE_S = 60, 1
FILM_MS = 3000.0
LEAST_SPEED = 0.85
FLAT = 1.10
WORDS = "The orchard yielded more apples than in the years before, of which most were sold in the first week. "


def manual(path: Path, pages: int) -> None:
    """Pages as a handbook has them."""
    buffer = BytesIO()
    Image.radial_gradient("L").convert("RGB").save(buffer, "JPEG")
    with pymupdf.open() as document:
        picture = 0
        colour = [part / 255 for part in COVER]
        for number in range(1, pages + 1):
            page = document.new_page(width=595, height=842)
            page.insert_text((60, 60), f"Chapter {number}", fontsize=18)
            page.insert_textbox((60, 80, 535, 560), WORDS * 18, fontsize=10)
            for row in range(9):
                page.draw_line((60, 570 + 15 * row), (300, 570 + 15 * row))
                page.insert_text((64, 581 + 15 * row), f"Item {row}    {number * row}.50", fontsize=9)
            picture = page.insert_image((320, 570, 535, 780), stream=buffer.getvalue(), xref=picture)
            if number == 1:
                page.draw_rect(page.rect, color=colour, fill=colour)  # over all of it: a cover
        document.save(path)


def ours(converter: Converter, path: Path, first: int, last: int) -> tuple[float, tuple[MediaPart, ...]]:
    """Seconds, and the parts."""
    begun = time.perf_counter()
    parts = converter.convert_file(path, ConvertOptions(pages=((first, last),)))
    return time.perf_counter() - begun, parts


def drawn(document: Any, number: int, width: int) -> bytes:
    page = document[number - 1]
    scale = width / page.rect.width
    pixels = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), colorspace=pymupdf.csRGB, alpha=False)
    return bytes(pixels.tobytes("png"))


def bare_first(path: Path, width: int) -> float:
    begun = time.perf_counter()
    with pymupdf.open(path) as document:
        drawn(document, 1, width)
    return time.perf_counter() - begun


def bare_rest(document: Any, first: int, last: int, width: int) -> float:
    begun = time.perf_counter()
    kept = [drawn(document, number, width) for number in range(first, last + 1)]
    return time.perf_counter() - begun if kept else 0.0


def memory() -> int:
    """Of the converter process."""
    return sum(child.memory_info().rss for child in psutil.Process().children())


def first_pages(converter: Converter, path: Path, quick: bool) -> list[Figure]:
    """Of a converter whose process has not been started."""
    count = QUICK_PAGES if quick else PAGES
    begun = time.perf_counter()
    _, parts = ours(converter, path, 1, 1)
    cold, width = time.perf_counter() - begun, width_of(parts)
    pairs = [(ours(converter, path, 1, 1)[0], bare_first(path, width)) for _ in range(1 if quick else 15)]
    first, yardstick = (1000 * sorted(side)[len(side) // 2] for side in zip(*pairs, strict=True))
    return [
        Figure(f"first page of {count}, more than bare PyMuPDF", first - yardstick, FIRST_MS, goal=1.0),
        Figure("the same with the start of the process", 1000 * cold - yardstick, FIRST_MS),
    ]


def all_pages(converter: Converter, path: Path, quick: bool) -> list[Figure]:
    """Fifty at a time."""
    count, width = QUICK_PAGES if quick else PAGES, width_of(ours(converter, path, 1, 1)[1])
    mine = bare = 0.0
    sizes: dict[int, int] = {}
    with pymupdf.open(path) as document:
        for start in range(1, count, BATCH):
            seconds, parts = ours(converter, path, start, start + BATCH - 1)
            assert sum(isinstance(part, ImagePart) for part in parts) == BATCH
            sizes[start + BATCH - 1] = memory()
            mine, bare = mine + seconds, bare + bare_rest(document, start, start + BATCH - 1, width)
    late = LATE if LATE in sizes else max(sizes)
    print("  memory, MB: " + ", ".join(f"{at}: {size / 1e6:.0f}" for at, size in sizes.items()))
    return [
        Figure("a page of the rest, against bare", 1000 * mine / count, 1000 * bare / count, goal=1 / LEAST_SPEED),
        Figure(f"memory after page {late}, against page {EARLY}", sizes[late] / 1e6, sizes[EARLY] / 1e6, "MB", FLAT),
    ]  # fmt: skip


def width_of(parts: tuple[MediaPart, ...]) -> int:
    return next(part.width for part in parts if isinstance(part, ImagePart))


@contextmanager
def started(folder: Path) -> Iterator[Converter]:
    converter = Converter(child_argv("desktop_helper.attachments._worker"), folder / "logs")
    try:
        yield converter
    finally:
        converter.close()


def film(path: Path, seconds: int, scene: int) -> None:
    """A colour that moves a little, again and again."""

    def draw(number: int) -> av.VideoFrame:
        picture = np.full((1080, 1920, 3), COVER, np.uint8)
        picture[500:580, 40 + number : 120 + number] = 255
        frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format="yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, RATE)
        return frame

    recording(path, scene, seconds // scene, draw)


def dropped_pdf(rig: DropRig, path: Path, width: int, quick: bool) -> list[Figure]:
    """The first page of a PDF on the window."""
    pages: list[tuple[float, float]] = []
    for _ in range(1 if quick else 9):
        rig.end_readers()
        pages.append((rig.seen_ms(path), 1000 * bare_first(path, width)))
    seen, yardstick = (median(side) for side in zip(*pages, strict=True))
    print("  dropped, ms: " + ", ".join(f"{one:.0f}" for one, _bare in pages) + f"; bare {yardstick:.0f}")
    title = f"dropped: first page of {QUICK_PAGES if quick else PAGES} is seen, more than bare"
    return [Figure(title, seen - yardstick, FIRST_MS, goal=1.0)]


def dropped_film(rig: DropRig, path: Path, quick: bool) -> list[Figure]:
    """What a video begins with."""
    films: list[float] = []
    for _ in range(1 if quick else 9):
        rig.end_readers()
        films.append(rig.seen_ms(path))
    print("  a film dropped, ms: " + ", ".join(f"{one:.0f}" for one in films))
    return [Figure("dropped: a video of two hours, its first picture", median(films), FILM_MS, goal=1.0)]


def measure(folder: Path, chosen: Options) -> Iterator[Figure]:
    """The parts that are wanted."""
    path, quick = folder / "manual.pdf", chosen.quick
    if set(chosen.parts) != {FILM}:
        manual(path, QUICK_PAGES if quick else PAGES)
    for part, read in ((FIRST, first_pages), (REST, all_pages)):
        if part in chosen.parts:
            with started(folder) as converter:
                yield from read(converter, path, quick)
    if DROP in chosen.parts:
        with started(folder) as converter:
            width = width_of(ours(converter, path, 1, 1)[1])
        with drop_rig() as rig:
            yield from dropped_pdf(rig, path, width, quick)
    if FILM in chosen.parts:
        long = folder / "long.mkv"
        film(long, *((QUICK_FILM_S, QUICK_SCENE_S) if quick else (FILM_S, SCENE_S)))
        with drop_rig() as rig:
            yield from dropped_film(rig, long, quick)


def main() -> int:
    chosen = options(__doc__, (FIRST, REST, DROP, FILM))
    with tempfile.TemporaryDirectory() as folder:
        return report(list(measure(Path(folder), chosen)), chosen)


if __name__ == "__main__":
    raise SystemExit(main())
