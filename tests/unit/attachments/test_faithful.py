"""Documents of today as they look, through LibreOffice or a stand-in for it; and what is said where it is not there."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desktop_helper.attachments._choose import choose
from desktop_helper.core import office_program, registry
from desktop_helper.core.child import child_argv
from desktop_helper.core.errors import HelperError
from desktop_helper.core.messages import NOTE_MIME, FilePart, ImagePart, MediaPart
from desktop_helper.core.notes import is_marked
from desktop_helper.core.pages import ranges_of
from desktop_helper.core.protocols import ConvertOptions
from desktop_helper.services.converter import Converter
from tests.support import office_files, page_files, sample_files
from tests.support.corpus import office
from tests.support.office_stand_in import stand_in
from tests.unit.attachments.test_sheet_extras import workbook

HANDLERS = list(registry.discover("desktop_helper.attachments", "HANDLER"))
REAL = next(filter(None, map(shutil.which, office_program.NAMES)), None)
ON_PAPER: dict[str, tuple[Callable[[], bytes], str]] = {
    "a.docx": (office_files.docx, "marmalade"),
    "a.pptx": (office_files.pptx, "Speak slowly."),
    "a.odt": (page_files.odt, "Buzz."),
    "a.odp": (page_files.odp, "Stings"),
    "a.rtf": (lambda: page_files.RTF, "Café"),
}
SHEETS: dict[str, Callable[[], bytes]] = {"a.xlsx": office_files.xlsx, "a.ods": page_files.ods}


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


def convert(data: bytes, name: str, **options: Any) -> tuple[MediaPart, ...]:
    return choose(HANDLERS, data, name).convert(data, name, ConvertOptions(**options))


def notes(parts: tuple[MediaPart, ...]) -> str:
    return " ".join(part.text for part in parts if isinstance(part, FilePart) and part.mime == NOTE_MIME)


def text(parts: tuple[MediaPart, ...]) -> str:
    return "\n".join(part.text for part in parts if isinstance(part, FilePart) and part.mime != NOTE_MIME)


def pictures(parts: tuple[MediaPart, ...]) -> list[str]:
    return [part.name for part in parts if isinstance(part, ImagePart)]


needs_script = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script")


@needs_script
@pytest.mark.parametrize("name", ON_PAPER)
def test_pages_come_with_the_text_of_the_file_itself(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch)
    make, word = ON_PAPER[name]
    parts = convert(make(), name)
    assert notes(parts) == f"LibreOffice made these pages of {name}; its text was read from the file itself."
    assert pictures(parts) == [f"{name}, page {page} of 3" for page in (1, 2, 3)]
    assert word in text(parts)
    assert "This is page" not in text(parts)  # nothing twice


@needs_script
def test_pictures_that_pages_show_are_not_said_to_be_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch)
    drawn = page_files.RTF[:-1] + rb"{\pict 00}}"
    assert "left out" not in notes(convert(drawn, "a.rtf"))
    monkeypatch.setenv(office_program.VARIABLE, "none")
    assert "Pictures in a.rtf were left out." in notes(convert(drawn, "a.rtf"))


@pytest.mark.parametrize("name", ON_PAPER)
def test_without_it_that_is_said(name: str) -> None:
    make, word = ON_PAPER[name]
    parts = convert(make(), name)
    assert f"{name} was read without LibreOffice: its layout and drawn charts are not shown." in notes(parts)
    assert word in text(parts)


@needs_script
@pytest.mark.parametrize("deed", ["sys.exit(1)", "pathlib.Path('document.pdf').write_text('no')"])
def test_where_it_fails_the_file_is_read_without_it(deed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, deed)
    parts = convert(office_files.docx(), "a.docx")
    assert notes(parts) == "LibreOffice could not print a.docx: its layout and drawn charts are not shown."
    assert pictures(parts) == ["a.docx, picture 1", "a.docx, picture 2"]
    with pytest.raises(HelperError, match=r"a\.docx .*damaged"):
        convert(office_files.docx(), "a.docx", pages=ranges_of("1"))


@needs_script
def test_it_never_gets_what_our_readers_refuse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = stand_in(tmp_path, monkeypatch)
    bomb = office_files.replaced(office_files.docx(), "word/document.xml", bytes(150_000_000))
    with pytest.raises(HelperError, match="unpacks to more"):
        convert(bomb, "a.docx")
    assert not told.exists()


@needs_script
def test_what_is_drawn_as_text_is_not_printed_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = stand_in(tmp_path, monkeypatch)
    parts = convert(office_files.docx(), "a.docx", as_pictures=True)
    assert "marmalade" in text(parts)
    assert pictures(parts) == ["a.docx, picture 1", "a.docx, picture 2"]
    assert notes(parts) == ""
    assert not told.exists()


@needs_script
def test_of_chosen_pages_only_their_text_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch)
    parts = convert(office_files.docx(), "a.docx", pages=ranges_of("2"))
    assert pictures(parts) == ["a.docx, page 2 of 3"]
    assert "This is page 2." in text(parts)
    assert "marmalade" not in text(parts)


@needs_script
@pytest.mark.parametrize(
    ("make", "name", "left_out"),
    [
        (office_files.docx, "a.docx", "comments"),
        (page_files.odt, "a.odt", "comments"),
        (page_files.noted_odp, "a.odp", "notes of slide 1"),
        (workbook, "a.xlsx", "comments in Sales"),
        (page_files.ods, "a.ods", ""),
    ],
)
def test_of_chosen_pages_what_stands_on_none_is_said(
    make: Callable[[], bytes], name: str, left_out: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch)
    said = convert(make(), name, pages=ranges_of("2"))[0]
    assert isinstance(said, FilePart)
    more = f" Not on pages, so left out: {left_out}." if left_out else ""
    assert said.text == f"LibreOffice made these pages of {name}.{more}"
    assert is_marked(said) is not bool(left_out)
    assert "Not on pages" not in notes(convert(make(), name))


@needs_script
def test_of_chosen_slides_their_notes_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, pages=4)
    parts = convert(office.slides(), "a.pptx", pages=ranges_of("1, 3"))
    assert pictures(parts) == ["a.pptx, page 1 of 4", "a.pptx, page 3 of 4"]
    assert "Greet everybody." in text(parts)
    assert "## Slide 3: Shares" in text(parts)
    assert "Course" not in text(parts)


@needs_script
@pytest.mark.parametrize(("name", "made"), [("a.pptx", office.slides), ("a.odp", page_files.hiding_odp)])
def test_hidden_slides_are_printed_so_that_pages_are_slides(
    name: str, made: Callable[[], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = tmp_path / f"given{name[1:]}"
    stand_in(
        tmp_path, monkeypatch, f"shutil.copy(sys.argv[-1], {str(given)!r}); shutil.copy({{pdf!r}}, 'document.pdf')"
    )
    assert "(hidden)" in text(convert(made(), name))
    monkeypatch.setenv(office_program.VARIABLE, "none")
    said = text(convert(given.read_bytes(), name))
    assert "Nobody sees this" in said
    assert "(hidden)" not in said


@needs_script
@pytest.mark.parametrize("name", SHEETS)
def test_sheets_are_tables_unless_pages_of_them_are_chosen(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch)
    assert pictures(convert(SHEETS[name](), name)) == []
    assert notes(convert(SHEETS[name](), name)) == ""
    assert pictures(convert(SHEETS[name](), name, pages=ranges_of("3"))) == [f"{name}, page 3 of 3"]


@needs_script
@pytest.mark.parametrize(
    ("name", "made", "hidden"), [("a.xlsx", office_files.xlsx, "Timing"), ("a.ods", page_files.hiding_ods, "Bees")]
)
def test_hidden_sheets_are_told_where_pages_of_the_others_go(
    name: str, made: Callable[[], bytes], hidden: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch)
    said = text(convert(made(), name))
    assert f"## {hidden} (hidden)\n\n{hidden}!A1" in said
    assert said.count("(hidden)") == 1
    left_out = f"LibreOffice made these pages of {name}. Not on pages, so left out: sheet {hidden}."
    assert notes(convert(made(), name, pages=ranges_of("1"))).startswith(left_out)


@pytest.mark.parametrize("name", [*ON_PAPER, *SHEETS])
def test_a_choice_of_pages_needs_it(name: str) -> None:
    make = ON_PAPER[name][0] if name in ON_PAPER else SHEETS[name]
    with pytest.raises(HelperError, match="no pages to choose from") as caught:
        convert(make(), name, pages=ranges_of("1"))
    assert "Install LibreOffice" in caught.value.fix


def test_books_have_no_pages_even_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(HelperError, match="no pages to choose from"):
        convert(page_files.epub(), "a.epub", pages=ranges_of("1"))


@pytest.mark.slow
@pytest.mark.skipif(REAL is None, reason="LibreOffice is not installed")
def test_the_real_one_shows_charts_and_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the app does it, within the converter's limits."""
    monkeypatch.delenv(office_program.VARIABLE)
    converter = Converter(child_argv("desktop_helper.attachments._worker"), tmp_path / "logs")
    try:
        slides = converter.convert_bytes(office.slides(), "a.pptx")
        letter = converter.convert_bytes(office.letter(), "a.docx")
        sheet = converter.convert_bytes(office.figures(), "a.xlsx", ConvertOptions(pages=ranges_of("1")))
    finally:
        converter.close()
    assert [len(pictures(parts)) for parts in (slides, letter, sheet)] == [4, 2, 1]
    assert "Greet everybody." in text(slides)
    assert "inner cell" in text(letter)
    for parts, page in ((slides, 1), (slides, 2), (slides, 3), (letter, 1), (sheet, 0)):
        assert colourful([part for part in parts if isinstance(part, ImagePart)][page]) > 0.001


def colourful(part: ImagePart) -> float:
    """Which share of a picture is neither black, white nor grey."""
    pixels = np.asarray(sample_files.decoded(part.data).convert("RGB")).astype(int)
    return float(((pixels.max(axis=2) - pixels.min(axis=2)) > 60).mean())
