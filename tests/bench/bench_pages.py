"""How fast pages of a long PDF come, and what they leave in memory: `python -m tests.bench.bench_pages`.

A thousand pages with text, a table and a picture. The first page comes through the converter as a window gets it, in
turn with PyMuPDF that opens the file, draws the page at the same size and writes a PNG. Then all the others, fifty at
a time, in turn with the same PyMuPDF. The text layer, which our pages bring along, is in our time alone.
"""

from __future__ import annotations

import tempfile
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import psutil
import pymupdf
from PIL import Image

from desktop_helper.core.child import child_argv
from desktop_helper.core.messages import ImagePart, MediaPart
from desktop_helper.core.protocols import ConvertOptions
from desktop_helper.services.converter import Converter
from tests.bench._figures import Figure, options, report

PAGES, QUICK_PAGES = 1000, 100
BATCH = 50
EARLY, LATE = 50, 900
FIRST_MS = 300.0
LEAST_SPEED = 0.85
FLAT = 1.10
WORDS = "The orchard yielded more apples than in the years before, of which most were sold in the first week. "


def manual(path: Path, pages: int) -> None:
    """Pages as a handbook has them."""
    buffer = BytesIO()
    Image.radial_gradient("L").convert("RGB").save(buffer, "JPEG")
    with pymupdf.open() as document:
        picture = 0
        for number in range(1, pages + 1):
            page = document.new_page(width=595, height=842)
            page.insert_text((60, 60), f"Chapter {number}", fontsize=18)
            page.insert_textbox((60, 80, 535, 560), WORDS * 18, fontsize=10)
            for row in range(9):
                page.draw_line((60, 570 + 15 * row), (300, 570 + 15 * row))
                page.insert_text((64, 581 + 15 * row), f"Item {row}    {number * row}.50", fontsize=9)
            picture = page.insert_image((320, 570, 535, 780), stream=buffer.getvalue(), xref=picture)
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


def measure(folder: Path, quick: bool) -> list[Figure]:
    path, count = folder / "manual.pdf", QUICK_PAGES if quick else PAGES
    manual(path, count)
    converter = Converter(child_argv("desktop_helper.attachments._worker"), folder / "logs")
    try:
        begun = time.perf_counter()
        _, parts = ours(converter, path, 1, 1)
        cold = time.perf_counter() - begun
        width = next(part.width for part in parts if isinstance(part, ImagePart))
        pairs = [(ours(converter, path, 1, 1)[0], bare_first(path, width)) for _ in range(1 if quick else 15)]
        first, yardstick = (1000 * sorted(side)[len(side) // 2] for side in zip(*pairs, strict=True))
        mine = bare = 0.0
        sizes: dict[int, int] = {}
        with pymupdf.open(path) as document:
            for start in range(1, count, BATCH):
                seconds, parts = ours(converter, path, start, start + BATCH - 1)
                assert sum(isinstance(part, ImagePart) for part in parts) == BATCH
                sizes[start + BATCH - 1] = memory()
                mine, bare = mine + seconds, bare + bare_rest(document, start, start + BATCH - 1, width)
    finally:
        converter.close()
    late = LATE if LATE in sizes else max(sizes)
    print("  memory, MB: " + ", ".join(f"{at}: {size / 1e6:.0f}" for at, size in sizes.items()))
    return [
        Figure(f"first page of {count}, more than bare PyMuPDF", first - yardstick, FIRST_MS, goal=1.0),
        Figure("the same with the start of the process", 1000 * cold - yardstick, FIRST_MS),
        Figure("a page of the rest, against bare", 1000 * mine / count, 1000 * bare / count, goal=1 / LEAST_SPEED),
        Figure(f"memory after page {late}, against page {EARLY}", sizes[late] / 1e6, sizes[EARLY] / 1e6, "MB", FLAT),
    ]  # fmt: skip


def main() -> int:
    chosen = options(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        return report(measure(Path(folder), chosen.quick), chosen)


if __name__ == "__main__":
    raise SystemExit(main())
