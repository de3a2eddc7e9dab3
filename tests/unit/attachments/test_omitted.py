"""What of a file is damaged or too much is said once, in one note, and the rest of the file is read."""

from __future__ import annotations

from types import ModuleType

import pytest

from desktop_helper.attachments import docx, epub, pptx, xlsx
from desktop_helper.attachments._omitted import Omitted, shortened
from desktop_helper.core.documents import belonging, reference_of
from desktop_helper.core.i18n import set_language
from desktop_helper.core.messages import FilePart, is_note
from desktop_helper.core.notes import is_marked
from desktop_helper.core.protocols import ConvertOptions
from tests.support import office_files


def told(kind: ModuleType, data: bytes) -> tuple[str, list[str]]:
    """What is sent as text, and the notes."""
    parts = [one for one in kind.HANDLER.convert(data, "a.x", ConvertOptions()) if isinstance(one, FilePart)]
    assert not any(is_marked(one) for one in parts), "the user is warned"
    return "\n".join(one.text for one in parts if not is_note(one)), [one.text for one in parts if is_note(one)]


def book() -> bytes:
    """Two chapters."""
    container = '<container><rootfiles><rootfile full-path="a.opf"/></rootfiles></container>'
    listed = '<item id="1" href="1.xhtml"/><item id="2" href="2.xhtml"/>'
    order = '<itemref idref="1"/><itemref idref="2"/>'
    return office_files.zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": container,
            "a.opf": f"<package><manifest>{listed}</manifest><spine>{order}</spine></package>",
            "1.xhtml": "<html><body><p>The first words</p></body></html>",
            "2.xhtml": "<html><body><p>The second words</p></body></html>",
        }
    )


@pytest.mark.parametrize("share", [0.2, 0.9])
@pytest.mark.parametrize(
    ("kind", "member", "kept", "lost"),
    [
        (docx, "word/comments.xml", "Pears", "comments"),
        (pptx, "ppt/notesSlides/notesSlide1.xml", "Slide 2", "notes of slide"),
        (pptx, "ppt/charts/chart", "Slide 2", "charts on slide"),
    ],
)
def test_a_damaged_part_costs_only_itself(kind: ModuleType, member: str, kept: str, lost: str, share: float) -> None:
    whole = office_files.docx() if kind is docx else office_files.pptx()
    path = next(one for one in office_files.members(whole) if one.startswith(member))
    before, none = told(kind, whole)
    said, notes = told(kind, office_files.cut(whole, path, share))
    assert kept in said
    assert len(said) < len(before)
    (note,) = notes
    assert note not in none
    assert f"Parts of a.x cannot be read and were left out: {lost}" in note


def test_what_is_lost_of_a_long_document_is_a_note_of_its_own_before_the_one_that_is_replaced() -> None:
    words = "<html><body>" + "".join(f"<p>The words of line {at}</p>" for at in range(3_000)) + "</body></html>"
    long = office_files.without(office_files.replaced(book(), "2.xhtml", words.encode()), "1.xhtml")
    lost, whole, *_texts = epub.HANDLER.convert(long, "a.epub", ConvertOptions(max_video_tokens=5_000))
    assert isinstance(lost, FilePart)
    assert lost.text == "Parts of a.epub cannot be read and were left out: chapter 1."
    assert reference_of(lost) is None
    reference = reference_of(whole)
    assert reference is not None
    assert lost not in belonging((lost, whole, *_texts), reference)


def test_chapters_that_are_not_there_are_told() -> None:
    assert told(epub, book()) == ("The first words\n\nThe second words", [])
    said, notes = told(epub, office_files.without(book(), "1.xhtml"))
    assert said == "The second words"
    assert notes == ["Parts of a.x cannot be read and were left out: chapter 1."]


def test_a_kind_of_sheet_that_nobody_reads_is_told() -> None:
    relations = office_files.members(office_files.xlsx())["xl/_rels/workbook.xml.rels"]
    assert isinstance(relations, bytes)
    changed = relations.replace(b"relationships/worksheet", b"relationships/xlMacrosheet", 1)
    _said, notes = told(xlsx, office_files.replaced(office_files.xlsx(), "xl/_rels/workbook.xml.rels", changed))
    assert any("left out: sheet " in note for note in notes)


class TestOmitted:
    def test_nothing_is_said_of_what_can_be_read(self) -> None:
        omitted = Omitted("a.x")
        with omitted.spared("comments"):
            pass
        assert omitted.said() == ""

    def test_each_part_is_named_once_and_only_a_few(self) -> None:
        omitted = Omitted("a.x")
        for number in (1, 1, 2, 3, 4, 5, 6):
            with omitted.spared(f"part {number}"):
                raise ValueError(number)
        omitted.beyond("remarks after the first 100")
        assert omitted.said() == (
            "Parts of a.x cannot be read and were left out: part 1, part 2, part 3, part 4, part 5 and 1 more."
            " a.x holds more than goes; left out: remarks after the first 100."
        )

    def test_no_memory_ends_the_reading(self) -> None:
        with pytest.raises(MemoryError), Omitted("a.x").spared("comments"):
            raise MemoryError

    def test_in_chinese(self) -> None:
        set_language("zh_CN")
        try:
            omitted = Omitted("a.xlsx")
            omitted.unread("Sheet1 中的批注")
            said = omitted.said()
        finally:
            set_language("en")
        assert said == "a.xlsx 中有无法读取的部分，未附加：Sheet1 中的批注。"


def test_what_is_cut_looks_like_it() -> None:
    assert shortened("abc", 3) == "abc"
    assert shortened("abcd", 3) == "abc…"
