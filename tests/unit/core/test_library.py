"""Which of the places that an answer speaks of were sent, and where they are to be seen."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.attachments._document import Document
from desktop_helper.attachments._grid import Grid
from desktop_helper.attachments._table import column_name
from desktop_helper.core import i18n
from desktop_helper.core.document_places import (
    LAYER_NAMES,
    PAGE_NAMES,
    TEXT_NAMES,
    area_of,
    cells_in,
    document_of,
    outline_of,
    page_of,
)
from desktop_helper.core.i18n import tr
from desktop_helper.core.library import Library, Spot
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart
from desktop_helper.core.protocols import ConvertOptions

_NUMBER = count()


def page(document: str, number: int, of: int = 20) -> ImagePart:
    return ImagePart(b"%d" % next(_NUMBER), "image/png", 28, 28, f"{document}, page {number} of {of}", 8)


def pages(document: str, first: int, last: int, of: int = 20) -> tuple[MediaPart, ...]:
    return tuple(page(document, number, of) for number in range(first, last + 1))


def text(name: str, words: str) -> FilePart:
    return FilePart(words.encode(), "text/markdown", name, words)


def library(*questions: tuple[MediaPart, ...]) -> Library:
    made = Library()
    for media in questions:
        outlines = {part.sha256: outline_of(part) for part in media if isinstance(part, FilePart)}
        made.add(media, outlines)
    return made


def led(made: Library, words: str) -> list[tuple[str, str]]:
    return [(words[one.start : one.end], spot.part.name) for one, spot in made.links(words)]


MANUAL = pages("manual.pdf", 1, 12, 900)
DECK = (text("deck.pptx", "## Slide 1: Hello\n\nwords\n\n## Slide 2 (hidden): More\n\nwords"),)


def test_a_page_that_was_sent_is_found_and_no_other() -> None:
    made = library(MANUAL)
    assert led(made, "page 12, page 13, page 12 of 900, page 12 of 20, (manual.pdf, p. 3), other.pdf, page 3") == [
        ("page 12", "manual.pdf, page 12 of 900"),
        ("page 12 of 900", "manual.pdf, page 12 of 900"),
        ("p. 3", "manual.pdf, page 3 of 900"),
    ]


def test_of_several_documents_the_named_one_is_meant_or_the_one_that_is_alone() -> None:
    made = library((*MANUAL, *pages("report.pdf", 10, 14)))
    assert led(made, "page 11; report.pdf, page 11; manual.pdf, page 14; page 14; page 2") == [
        ("page 11", "report.pdf, page 11 of 20"),
        ("page 14", "report.pdf, page 14 of 20"),
        ("page 2", "manual.pdf, page 2 of 900"),
    ]


def test_slides_are_those_of_presentations_as_long_as_there_is_one() -> None:
    made = library((*MANUAL, *DECK))
    assert led(made, "slide 2, page 2, slide 3, page 2 of deck.pptx") == [
        ("slide 2", "deck.pptx"),
        ("page 2", "manual.pdf, page 2 of 900"),
        ("page 2", "deck.pptx"),
    ]
    assert led(library(DECK), "page 2, 第1张幻灯片") == [("page 2", "deck.pptx"), ("第1张幻灯片", "deck.pptx")]
    assert led(library(MANUAL), "slide 2") == [("slide 2", "manual.pdf, page 2 of 900")]


def test_a_picture_of_a_slide_says_more_than_its_text() -> None:
    picture = page("deck.pptx", 2, 9)
    for media in ((picture, *DECK), (*DECK, picture)):
        (found,) = [spot for _mention, spot in library(media).links("slide 2")]
        assert found == Spot(picture)


def test_the_text_of_a_page_serves_where_there_is_no_picture() -> None:
    layer = text("manual.pdf, text of the pages", "[page 3 of 900]\nwords\n\n[page 700 of 900]\nmore words")
    made = library((*MANUAL, layer))
    (one, other) = [spot for _mention, spot in made.links("page 3, page 700")]
    assert one.part.name == "manual.pdf, page 3 of 900"
    assert (other.part, layer.text[slice(*other.lines or ())]) == (layer, "[page 700 of 900]")


def test_two_files_of_one_name_in_a_question_are_not_mixed_up() -> None:
    made = library((*pages("a.pdf", 1, 3, 3), *pages("a.pdf", 2, 5, 9)))
    assert led(made, "page 1, page 2, page 4") == [("page 1", "a.pdf, page 1 of 3")]


def test_a_file_that_is_asked_about_again_takes_the_place_of_the_earlier_one() -> None:
    earlier, later = pages("a.pdf", 1, 3, 3), pages("a.pdf", 2, 5, 9)
    made = library(earlier, later)
    assert led(made, "page 1, page 2") == [("page 2", "a.pdf, page 2 of 9")]
    more = library(earlier, pages("a.pdf", 3, 3, 3))
    assert led(more, "page 1, page 3") == [("page 1", "a.pdf, page 1 of 3"), ("page 3", "a.pdf, page 3 of 3")]


def sheet(name: str, width: int, height: int, document: str = "book.xlsx") -> str:
    made, grid = Document(document, ConvertOptions()), Grid(10_000)
    for row in range(height):
        for column in range(width):
            grid.put(row, column, f"{name} {column}|{row}")
    grid.write(made, name, name)
    (part,) = made.parts()
    assert isinstance(part, FilePart)
    return part.text


def test_cells_of_a_sheet() -> None:
    part = text("book.xlsx", f"{sheet('Sales', 4, 12)}\n\n{sheet('Old', 3, 30)}")
    made = library((part,))
    assert led(made, "Sales!B2:C9, Sales!B2:F9, Old!C30, Old!C31, B2:C9, cell A1") == [
        ("Sales!B2:C9", "book.xlsx"),
        ("Old!C30", "book.xlsx"),
    ]
    (spot,) = [spot for _mention, spot in made.links("Old!B2:C3")]
    assert spot.sheet is not None
    assert spot.area is not None
    rows = [part.text[slice(*span)] for span in cells_in(part.text, spot.sheet, spot.area)]
    assert rows == [" Old 1\\|1 | Old 2\\|1 ", " Old 1\\|2 | Old 2\\|2 "]
    alone = library((text("book.xlsx", sheet("Sales", 4, 12)),))
    assert [found for found, _name in led(alone, "B2:C9, cell A1, D13:D14")] == ["B2:C9", "A1"]


def test_cells_of_a_table_in_a_text_file() -> None:
    part = text(
        "data.csv", "A1:C3: A text, B number\n\n| a | b | c |\n| --- | --- | --- |\n| d | e | f |\n| g | h | i |"
    )
    made = library((part,))
    links = {mention.cells: spot for mention, spot in made.links("B2:C3, data!A1, data.csv!C3")}
    assert set(links) == {"B2:C3", "A1", "C3"}
    shown = {}
    for cells, spot in links.items():
        assert spot.sheet is not None
        assert spot.area is not None
        shown[cells] = [part.text[slice(*span)].strip() for span in cells_in(part.text, spot.sheet, spot.area)]
    assert shown == {"B2:C3": ["e | f", "h | i"], "A1": ["a"], "C3": ["i"]}


@given(st.integers(1, 30), st.integers(1, 40), st.data())
def test_the_cells_that_are_marked_are_those_that_are_meant(width: int, height: int, data: st.DataObject) -> None:
    words = sheet("S", width, height)
    left, top = data.draw(st.integers(1, width)), data.draw(st.integers(1, height))
    right, bottom = data.draw(st.integers(left, width)), data.draw(st.integers(top, height))
    area = area_of(f"{column_name(left - 1)}{top}:{column_name(right - 1)}{bottom}")
    assert area is not None
    spans = cells_in(words, outline_of(text("b.xlsx", words)).sheets["S"], area)
    marked = [cell.strip() for span in spans for cell in words[slice(*span)].split(" | ")]
    assert marked == [f"S {column}\\|{row}" for row in range(top - 1, bottom) for column in range(left - 1, right)]


def test_names_are_known_in_both_languages() -> None:
    try:
        for language in ("en", "zh_CN"):
            i18n.set_language(language)
            assert tr("{name}, page {page} of {count}") in PAGE_NAMES
            assert tr("{name}, text {part} of {count}") in TEXT_NAMES
            assert tr("{name}, text of the pages") in LAYER_NAMES
            name = tr("{name}, page {page} of {count}", name="a, page 1 of 2", page=3, count=12)
            assert page_of(name) == ("a, page 1 of 2", 3, 12)
            assert (
                document_of(text(tr("{name}, text {part} of {count}", name="a.docx", part=1, count=2), "")) == "a.docx"
            )
            heading = tr("page {page} of {count}", page=3, count=12)
            layer = text(tr("{name}, text of the pages", name="a.pdf"), f"[{heading}]\nwords")
            assert set(outline_of(layer).pages) == {3}
            slide = tr("{slide} (hidden)", slide=tr("Slide {number}", number=4))
            assert set(outline_of(text("a.pptx", f"## {slide}: words")).pages) == {4}
            assert set(outline_of(text("a.odp", f"## {tr('Slide {number}', number=5)}")).pages) == {5}
    finally:
        i18n.set_language("en")


@pytest.mark.parametrize("name", ["a, page 0 of 3", "a, page 4 of 3", "a, page 1", "a.pdf", ", page 1 of 2"])
def test_other_names_are_no_pages(name: str) -> None:
    assert page_of(name) is None


def test_libraries_of_the_same_parts_are_the_same() -> None:
    assert library(MANUAL, DECK) == library(MANUAL, DECK) != library(MANUAL)
    assert not library((text("a.docx", "## Slide 3"),))
    assert library(DECK)


def _plant(name: str, *files: str) -> FilePart:
    pieces = [f"[part {number} of 9: {file}, lines 10–12]\nten\neleven\n{file}" for number, file in enumerate(files, 1)]
    text = "\n\n".join(pieces)
    return FilePart(text.encode(), "text/plain", f"{name}, parts of the text", text)


def _led(*parts: FilePart, words: str) -> dict[str, str]:
    library = Library()
    for part in parts:
        library.add((part,), {part.sha256: outline_of(part)})
    found = {}
    for mention, spot in library.links(words):
        assert isinstance(spot.part, FilePart)
        assert spot.lines is not None
        found[words[mention.start : mention.end]] = spot.part.text[slice(*spot.lines)]
    return found


def test_lines_are_those_of_a_file_of_a_folder() -> None:
    plant = _plant("plant", "src/oil.py", "src/gas.py")
    assert _led(plant, words="(src/oil.py, line 12)") == {"line 12": "src/oil.py"}
    assert _led(plant, words="see gas.py, lines 11–12") == {"lines 11–12": "eleven\nsrc/gas.py"}
    assert _led(plant, words="line 12") == {}, "there are two"
    assert _led(plant, words="(plant, line 12)") == {}
    assert _led(plant, words="water.py, line 12; src/oil.py, line 30") == {}
    assert _led(plant, words="part 2 of 9") == {"part 2 of 9": "[part 2 of 9: src/gas.py, lines 10–12]"}
    notes = "[part 1 of 9: lines 10–12: of chapter 3, line 7]\nten\neleven\ntwelve"
    alone = FilePart(notes.encode(), "text/plain", "notes.txt, parts of the text", notes)
    assert _led(alone, words="line 11") == {"line 11": "eleven"}
    two = _plant("plant", "src/oil.py"), _plant("other.zip", "src/oil.py")
    assert _led(*two, words="(src/oil.py, line 12)") == {}, "nobody knows which of them"
