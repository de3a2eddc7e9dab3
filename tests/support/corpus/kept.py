"""Files by programs that no test can start. `files/README.md` says how they were made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.support.corpus.entry import Entry, Spot
from tests.support.office_files import BLUE, RED

FOLDER = Path(__file__).parent / "files"
REPORT = (
    "Quarterly report",
    "Sales",
    "1,234,567 EUR",
    "第三季度",
    "Apples",
    "Pears",
    "Plan",
    "Build",
    "42",
    "marmalade",
)
HARVEST = ("Apples 苹果", "4,321 kg", "Boskoop", "Elstar", "1234.5", "3086.5", "Pears", "quince")
HAY = ("Month", "January", "19.2", "57.3", "rich text")
SUMMARY = ("within a group", "季度总结", "Course", "Shares")
TABLE = ("Kind", "Weight", "Boskoop", "1234.5", "Elstar", "4321")
FLAT_RED: tuple[Spot, ...] = ((0.5, 0.5, RED),)
FLAT_BLUE: tuple[Spot, ...] = ((0.5, 0.5, BLUE),)


def _entry(name: str, producer: str, words: Sequence[str] = (), **more: Any) -> Entry:
    return Entry(name, producer, (FOLDER / name).read_bytes, words=tuple(words), **more)


def _libreoffice() -> list[Entry]:
    two: dict[str, Any] = {"pictures": 2, "spots": FLAT_RED, "later": ((1, FLAT_BLUE),)}
    by = "LibreOffice"
    return [
        *(_entry(f"libreoffice.{kind}", by, REPORT, **two) for kind in ("docx", "odt", "epub")),
        _entry("libreoffice.html", by, REPORT),
        _entry("libreoffice.pdf", by, ("Quarterly report", "1,234,567 EUR", "第三季度", "marmalade")),
        _entry("libreoffice.xlsx", by, HAY, pictures=1, spots=FLAT_RED),
        _entry("libreoffice.ods", by, HAY),
        _entry("libreoffice.csv", by, HAY),
        _entry("sheet.html", by, HAY),
        _entry("sheet.pdf", by, HAY),
        _entry("libreoffice.pptx", by, SUMMARY, pictures=1, spots=FLAT_BLUE),
        _entry("libreoffice.odp", by, SUMMARY),
        _entry("slides.pdf", by, SUMMARY, pictures=3),
        _entry("libreoffice.png", by, pictures=1),
    ]


def _others() -> list[Entry]:
    red: tuple[Spot, ...] = ((0.1, 0.1, (230, 30, 30)),)
    seen: dict[str, Any] = {"within": 45, "words": ("[0:00] A red wall", "[0:02] A blue wall")}
    walls: tuple[tuple[int, tuple[Spot, ...]], ...] = (
        (0, ((0.5, 0.5, (230, 40, 40)),)),
        (-1, ((0.5, 0.5, (50, 80, 230)),)),
    )
    return [
        *(_entry(f"pandoc.{kind}", "pandoc", HARVEST, pictures=1, spots=FLAT_RED) for kind in ("docx", "odt", "pptx")),
        *(_entry(f"pandoc.{kind}", "pandoc", HARVEST, pictures=1, spots=FLAT_RED) for kind in ("epub", "ipynb")),
        *(_entry(f"pandoc.{kind}", "pandoc", HARVEST) for kind in ("rtf", "html")),
        *(_entry(f"abiword.{kind}", "AbiWord", REPORT) for kind in ("docx", "odt", "rtf", "html")),
        *(_entry(f"gnumeric.{kind}", "Gnumeric", TABLE) for kind in ("xlsx", "ods", "html", "pdf")),
        _entry("chromium.pdf", "Chromium", ("收成报告", "4,321 kg", "Boskoop", "1234.5", "Second page: quince"),
        pictures=2,
               spots=red),
        _entry("chromium.png", "Chromium", pictures=1, spots=red),
        _entry("latex.pdf", "LaTeX", ("4,321", "Boskoop", "3086.5", "quince"), pictures=2),
        _entry("ghostscript.pdf", "Ghostscript", ("4,321", "Boskoop", "quince"), pictures=2),
        _entry("scan.pdf", "Ghostscript", pictures=2),
        _entry("fax.tif", "Ghostscript", pictures=2),
        _entry("groff.pdf", "groff", ("Harvest", "4,321", "quince")),
        _entry("words.mkv", "FFmpeg's program", later=walls, **seen),
        _entry("words.mp4", "FFmpeg's program", later=walls, **seen),
    ]  # fmt: skip


def entries() -> list[Entry]:
    """All of them."""
    return [*_libreoffice(), *_others()]
