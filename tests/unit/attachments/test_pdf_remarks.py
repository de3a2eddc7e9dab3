"""Remarks on the pages of a PDF are text like any other, and files inside of it are not passed over in silence."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest

from desktop_helper.attachments import _pdf_remarks, pdf
from desktop_helper.core.documents import PageReading, belonging, references
from desktop_helper.core.messages import FilePart, MediaPart, is_note
from desktop_helper.core.notes import is_marked
from desktop_helper.core.protocols import ConvertOptions
from tests.support import sample_files


def made(write, *, inside: tuple[str, ...] = ()) -> bytes:
    with pymupdf.open() as document:
        page = document.new_page()
        page.insert_text((72, 72), "The price is high")
        write(page)
        for name in inside:
            document.embfile_add(name, b"x", filename=name)
        return bytes(document.tobytes())


def parts_of(data: bytes) -> tuple[MediaPart, ...]:
    return pdf.HANDLER.convert(data, "a.pdf", ConvertOptions())


def text(data: bytes) -> str:
    return "".join(part.text for part in parts_of(data) if isinstance(part, FilePart) and not is_note(part))


def notes_of(data: bytes) -> list[str]:
    return [part.text for part in parts_of(data) if isinstance(part, FilePart) and is_note(part)]


def note(page, said: str, author: str = "") -> None:
    annot = page.add_text_annot((300, 300), said)
    annot.set_info(title=author)
    annot.update()


def mark(page, said: str) -> None:
    annot = page.add_highlight_annot(page.search_for("price"))
    annot.set_info(content=said, title="")
    annot.update()


def test_remarks_are_told_with_who_made_them_and_what_they_are_about() -> None:
    def write(page) -> None:
        note(page, "Ask for a discount.\n", "Ann")
        mark(page, "Too high")

    said = text(made(write))
    assert said.endswith("The price is high\n\n[remarks on this page]\n- Ann: Ask for a discount.\n- “price”: Too high")


def test_what_stands_on_the_page_is_told_once() -> None:
    def write(page) -> None:
        page.add_freetext_annot(pymupdf.Rect(72, 200, 300, 230), "Typed onto it")
        page.insert_link({"kind": pymupdf.LINK_URI, "from": pymupdf.Rect(0, 0, 9, 9), "uri": "https://example.org"})
        mark(page, "")

    said = text(made(write))
    assert said.count("Typed onto it") == 1
    assert "remarks" not in said


def test_who_looks_for_words_finds_remarks() -> None:
    data = made(lambda page: note(page, "Ask for a discount."))
    _count, (page,) = pdf.texts(data, "a.pdf", PageReading(1, 1, ""))
    assert "Ask for a discount." in page.text


def test_they_are_no_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_pdf_remarks, "MOST_REMARKS", 3)

    def write(page) -> None:
        for number in range(5):
            note(page, f"remark {number} " + "x" * 10_000)

    said = text(made(write))
    assert said.count("remark ") == 3
    assert len(said) < 3 * 2_000 + 200
    assert said.count("x…") == 3, "that they were cut is seen"
    assert notes_of(made(write)) == ["a.pdf holds more than goes; left out: remarks on page 1 after the first 3."]


def test_what_is_inside_of_a_long_one_is_still_told_when_its_pages_are_chosen() -> None:
    with pymupdf.open() as document:
        for _ in range(30):
            document.new_page()
        document.embfile_add("invoice.xml", b"x", filename="invoice.xml")
        parts = parts_of(bytes(document.tobytes()))
    (found,) = references(parts)
    left = [part.text for part in parts if isinstance(part, FilePart) and part not in belonging(parts, found)]
    assert left == ["Files that are inside of a.pdf are only named: invoice.xml."]


def two_remarks(change) -> bytes:
    """A page of which `change` gets the document, the page's number and those of the annotations."""
    with pymupdf.open() as document:
        page = document.new_page()
        page.insert_text((72, 72), "The price is high")
        for said in ("Ask.", "Wait."):
            note(page, said)
        change(document, page.xref, [one for one, _kind, _name in page.annot_xrefs()])
        return bytes(document.tobytes())


BROKEN = {
    "no list": lambda document, page, _marks: document.xref_set_key(page, "Annots", "(text)"),
    "nowhere": lambda document, page, _marks: document.xref_set_key(page, "Annots", "999 0 R"),
    "no annotations": lambda document, page, _marks: document.xref_set_key(page, "Annots", "[1 2]"),
    "one is a text": lambda document, _page, marks: document.update_object(marks[0], "(gone)"),
}


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN)
def test_broken_ones_are_told_with_their_page(change) -> None:
    data = two_remarks(change)
    assert "The price is high" in text(data)
    lost = "Parts of a.pdf cannot be read and were left out: remarks on page 1."
    assert notes_of(data) == [lost]
    _count, (page,) = pdf.texts(data, "a.pdf", PageReading(1, 1))
    assert page.text.startswith("The price is high")
    assert page.text.endswith(f"[{lost}]"), "it may be a page that is not attached"


def test_deleted_ones_are_nothing_to_tell() -> None:
    assert notes_of(two_remarks(lambda document, _page, marks: document.update_object(marks[0], "null"))) == []
    data = two_remarks(lambda _document, _page, _marks: None)
    assert notes_of(data) == []
    assert "cannot be read" not in pdf.texts(data, "a.pdf", PageReading(1, 1))[1][0].text


def test_a_fault_of_the_reader_costs_one_remark(monkeypatch: pytest.MonkeyPatch) -> None:
    told = _pdf_remarks._told

    def faulty(page, annot) -> str:
        if annot.info["content"] == "Ask.":
            raise ValueError
        return told(page, annot)

    monkeypatch.setattr(_pdf_remarks, "_told", faulty)
    data = two_remarks(lambda _document, _page, _marks: None)
    assert text(data).endswith("[remarks on this page]\n- Wait.")
    assert notes_of(data) == ["Parts of a.pdf cannot be read and were left out: remarks on page 1."]


def test_a_file_that_breaks_off_is_told(tmp_path: Path) -> None:
    whole = made(lambda page: note(page, "Ask."))
    cut = tmp_path / "a.pdf"
    cut.write_bytes(whole[: whole.rfind(b"startxref") - 40])
    with cut.open("rb") as file:
        parts = pdf._convert_file(file, "a.pdf", ConvertOptions())
    said = ["a.pdf breaks off before its end: some of it may be missing."]
    assert [part.text for part in parts if is_note(part)] == said
    assert notes_of(cut.read_bytes()) == said
    assert "The price is high" in text(cut.read_bytes())
    assert notes_of(whole) == []
    assert notes_of(b"rubbish" * 5 + whole) == [], "nothing of it is missing"


def test_files_inside_are_named() -> None:
    names = ("invoice.xml", "b.txt")
    (said,) = [part for part in parts_of(made(lambda _page: None, inside=names)) if is_note(part)]
    assert isinstance(said, FilePart)
    assert said.text == "Files that are inside of a.pdf are only named: invoice.xml, b.txt."
    assert not is_marked(said), "the user is warned"
    assert not any(map(is_note, parts_of(sample_files.pdf(1))))
