"""Whether the page with the answer is among those that are chosen: `python -m tests.bench.bench_document_index`.

A hundred questions about manuals of 600 pages, in English and Chinese, half of which name the machine only in the
titles of their pages; asked in other words than the answer is told, with the words of each question on many other pages
(`tests.support.large_documents`). What counts is what a model on this machine with a context of 16,384 tokens would
get: the app's own way, with the converter process. Not more than five may be missed. Then how long it takes until a PDF
of 1,000 pages can be searched, against reading its text with bare PyMuPDF.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

import pymupdf

from desktop_helper.bootstrap import build_services
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.documents import references
from desktop_helper.core.events import Progress
from desktop_helper.core.messages import Message, Role, TextPart
from desktop_helper.core.protocols import ConvertOptions, ModelProfile
from desktop_helper.services.container import Services
from desktop_helper.services.documents.chooser import with_pages
from desktop_helper.services.paths import Paths
from tests.bench._figures import Figure, options, report
from tests.support.large_documents import CHINESE, ENGLISH, Manual, manual

PAGES, CASES, LONG = 600, 25, 1_000
SEED = 2_000  # of no manual that the weights were tried with
ALLOWED = 5
MODEL = ModelProfile("here", "local", "local", "Here", "here", context_tokens=16_384, max_image_tokens=1_500)


@contextmanager
def opened() -> Iterator[tuple[Services, Path]]:
    """The app's services in a home of their own."""
    with tempfile.TemporaryDirectory() as folder:
        services = build_services(Paths.below(Path(folder) / "home"))
        try:
            yield services, Path(folder)
        finally:
            services.close()


def missed(services: Services, made: Manual, path: Path) -> int:
    """How many questions do not get the page with their answer."""
    path.write_bytes(made.pdf())
    media = services.converter.convert_file(path, ConvertOptions(MODEL.max_image_tokens))
    misses, sizes = 0, []
    for case in made.cases:
        question = Message(Role.USER, (*media, TextPart(case.question)))
        chosen = with_pages(services, MODEL, question, [], CancelToken(), _ignore)
        (reference,) = references(chosen.media)
        sizes.append(len(reference.shown))
        if case.page not in reference.shown:
            misses += 1
            print(f"    missed: {case.question} (page {case.page}, chosen {reference.shown})")
    print(
        f"  {path.stem}: {misses} of {len(made.cases)} missed, {sum(sizes) / len(sizes):.1f} pages chosen", flush=True
    )
    return misses


def measure_choice(pages: int, cases: int) -> Figure:
    """The goal of the whole."""
    misses = 0
    with opened() as (services, folder):
        for language, headed in product((ENGLISH, CHINESE), (False, True)):
            made = manual(language, SEED, pages=pages, cases=cases, headed=headed)
            misses += missed(services, made, folder / f"{language.name}, {'titles' if headed else 'sentences'}.pdf")
    return Figure("answers whose page was not chosen, of 100", misses, ALLOWED, "", goal=1.0)


def measure_reading(pages: int) -> Figure:
    """From a file that nobody has seen to an index that can be searched."""
    with opened() as (services, folder):
        path = folder / "long.pdf"
        path.write_bytes(manual(ENGLISH, SEED, pages=pages, cases=1).pdf())
        (reference,) = references(services.converter.convert_file(path, ConvertOptions(100)))
        start = time.perf_counter()
        index = services.documents.index(reference, CancelToken(), _ignore)
        ours = time.perf_counter() - start
        assert index is not None
        assert index.complete
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "long.pdf"
        copy.write_bytes(manual(ENGLISH, SEED, pages=pages, cases=1).pdf())
        start = time.perf_counter()
        with pymupdf.open(copy) as document:
            for page in document:
                page.get_text()
        bare = time.perf_counter() - start
    return Figure(f"{pages} pages until they can be searched", 1_000 * ours, 1_000 * bare)


def _ignore(_progress: Progress) -> None:
    """Nobody looks."""


if __name__ == "__main__":
    chosen = options(__doc__)
    figures = [measure_choice(*((120, 2) if chosen.quick else (PAGES, CASES)))]
    figures.append(measure_reading(60 if chosen.quick else LONG))
    raise SystemExit(report(figures, chosen))
