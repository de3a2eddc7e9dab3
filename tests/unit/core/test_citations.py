"""Which places in documents a text speaks of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.citations import Kind, Mention, mentions

DOCUMENTS = ("manual.pdf", "deck.pptx", "年报.pdf", "book.xlsx")


def found(text: str, documents: tuple[str, ...] = (), sheets: tuple[str, ...] = ()) -> list[tuple[str, int]]:
    return [(text[one.start : one.end], one.number) for one in mentions(text, documents, sheets)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("See page 12.", [("page 12", 12)]),
        ("Page 12: the pump", [("Page 12", 12)]),
        ("(p. 12) and p.13", [("p. 12", 12), ("p.13", 13)]),
        ("page 12 of 900 says", [("page 12 of 900", 12)]),
        ("page 12/900", [("page 12/900", 12)]),
        ("page 1,200", [("page 1,200", 1200)]),
        ("pages 3-5", [("pages 3-5", 3)]),
        ("pages 3–5, and page 9", [("pages 3–5", 3), ("page 9", 9)]),
        ("page 3 to 5", [("page 3 to 5", 3)]),
        ("pages 3, 5 and 7-9.", [("pages 3", 3), ("5", 5), ("7-9", 7)]),
        ("pages 3 and 5, and 8", [("pages 3", 3), ("5", 5), ("8", 8)]),
        ("pp. 3-5", [("pp. 3-5", 3)]),
        ("第12页和第 3 页", [("第12页", 12), ("第 3 页", 3)]),
        ("第3-5页", [("第3-5页", 3)]),
        ("第 3 至 5 页", [("第 3 至 5 页", 3)]),
        ("第3、5页", [("第3", 3), ("5页", 5)]),
        ("第十二页，第二十页，第一百零三页", [("第十二页", 12), ("第二十页", 20), ("第一百零三页", 103)]),
        ("（manual.pdf，第 12 页）", [("第 12 页", 12)]),
        ("在page 7中", [("page 7", 7)]),
        ("page 12的表", [("page 12", 12)]),
        ("slide 4, Slides 4-6", [("slide 4", 4), ("Slides 4-6", 4)]),
        ("第4张幻灯片，第4页幻灯片，幻灯片 5，幻灯片第6页", [
            ("第4张幻灯片", 4), ("第4页幻灯片", 4), ("幻灯片 5", 5), ("幻灯片第6页", 6),
        ]),
    ],
)  # fmt: skip
def test_pages_and_slides(text: str, wanted: list[tuple[str, int]]) -> None:
    assert found(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "It has 12 pages.",
        "20 pages 3 times",
        "共 12 页，12页",
        "page $12, $12 a page",
        "page 12:30, at 12:30",
        "page 12.5, p. 1.2.3",
        "page 12% and page 12th, page12a, page_12",
        "page 12/05/2024",
        "homepage 12, webpage 3, http.p.12",
        "page 0",
        "page 5-3",
        "array[12], p12, pp 3, spp. 3",
        "五张幻灯片，幻灯片 4 张",
        "第十二章，第12段，第几页",
        "pages of 12",
        "on page twelve",
        "page -3",
        "part 3, parts 3 of 9, Part 3 of the book, part 3 of 9%",
        "20 lines 3 times, line $3, online 3, outlines 3, line 3.5",
        "12行，第 3 部分",
    ],
)
def test_what_is_no_place(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "document", "foreign"),
    [
        ("(manual.pdf, p. 12)", "manual.pdf", False),
        ("In manual.pdf, on page 12", "manual.pdf", False),
        ("`manual.pdf` page 12", "manual.pdf", False),
        ("the **manual**, page 12", "manual.pdf", False),
        ("MANUAL.PDF: page 12", "manual.pdf", False),
        ("《年报.pdf》的第 12 页", "年报.pdf", False),
        ("年报.pdf 中的第 12 页", "年报.pdf", False),
        ("page 12 of manual.pdf", "manual.pdf", False),
        ("page 12 of the manual", "manual.pdf", False),
        ("page 12 of 900 (manual.pdf)", "manual.pdf", False),
        ("第12页（年报.pdf）", "年报.pdf", False),
        ("other.pdf, page 12", "", True),
        ("page 12 of other.docx", "", True),
        ("usermanual.pdf, page 12", "", True),
        ("page 12 of manual.pdf.bak", "", True),
        ("manual.pdf is long. Later, we see page 12", "", False),
        ("page 12", "", False),
    ],
)
def test_the_document_beside_it(text: str, document: str, foreign: bool) -> None:
    (one,) = mentions(text, DOCUMENTS)
    assert (one.document, one.foreign) == (document, foreign)


def test_a_list_is_of_one_document() -> None:
    text = "manual.pdf, pages 3, 5 and 9; page 11"
    assert [(one.number, one.document) for one in mentions(text, DOCUMENTS)] == [
        (3, "manual.pdf"), (5, "manual.pdf"), (9, "manual.pdf"), (11, ""),
    ]  # fmt: skip
    text = "pages 3, 5 and 9 of manual.pdf"
    assert {one.document for one in mentions(text, DOCUMENTS)} == {"manual.pdf"}


def test_two_files_of_a_name_but_for_its_ending_are_named_by_all_of_it() -> None:
    both = ("manual.pdf", "manual.docx")
    assert [one.document for one in mentions("manual, page 3; manual.docx, page 4", both)] == ["", "manual.docx"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Sheet1!B2:C9", [("Sheet1!B2:C9", "Sheet1", "B2:C9")]),
        ("see sheet1!$B$2.", [("sheet1!$B$2", "Sheet1", "$B$2")]),
        ("'Q3 Sales'!B2 and Q3 Sales!A1:D4", [
            ("'Q3 Sales'!B2", "Q3 Sales", "B2"), ("Q3 Sales!A1:D4", "Q3 Sales", "A1:D4"),
        ]),
        ("销售额!B2:C9", [("销售额!B2:C9", "销售额", "B2:C9")]),
        ("[book.xlsx]Sheet1!B2", [("Sheet1!B2", "Sheet1", "B2")]),
        ("Other!B2, MySheet1!B2", []),
        ("B2:C9, cell D4, 单元格E5，F6 单元格", [
            ("B2:C9", "", "B2:C9"), ("D4", "", "D4"), ("E5", "", "E5"), ("F6", "", "F6"),
        ]),
        ("vitamin B2, the A4 paper, H2O, B2B, 16:90, A1:B", []),
        ("Sheet1!B2:C9x", []),
    ],
)  # fmt: skip
def test_cells(text: str, wanted: list[tuple[str, str, str]]) -> None:
    sheets = ("Sheet1", "Q3 Sales", "销售额")
    assert [(text[one.start : one.end], one.sheet, one.cells) for one in mentions(text, (), sheets)] == wanted


def test_without_a_sheet_there_are_no_cells() -> None:
    assert list(mentions("Sheet1!B2:C9, cell D4, A1:B2", DOCUMENTS)) == []


@given(
    st.integers(1, 9_999_999), st.sampled_from(["page {}", "(p. {})", "第{}页", "第 {} 页", "slide {}", "幻灯片 {}"])
)
def test_every_number_is_found(number: int, form: str) -> None:
    (one,) = mentions(f"x {form.format(number)}, y")
    assert one.number == number
    assert one.kind is (Kind.SLIDE if form[0] in "s幻" else Kind.PAGE)


@given(st.integers(1, 999))
def test_chinese_numbers(number: int) -> None:
    (one,) = mentions(f"第{_in_chinese(number)}页")
    assert one.number == number


@given(st.text(st.characters(exclude_characters="pPsS第幻!")), st.integers(0, 10**9))
def test_other_words_and_numbers_are_no_places(text: str, number: int) -> None:
    assert list(mentions(f"{text} {number} {text}", DOCUMENTS)) == []


@given(st.text("pages. 0123456789-–,and第页张幻灯片十二of!$:ABmanual.pdf'()", max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    end = 0
    for one in mentions(text, DOCUMENTS, ("A", "B")):
        assert isinstance(one, Mention)
        assert end <= one.start < one.end <= len(text)
        assert one.number > 0 or one.cells
        end = one.end


def _in_chinese(number: int) -> str:
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    said = f"{digits[hundreds]}百" if hundreds else ""
    if tens:
        said += ("" if tens == 1 and not hundreds else digits[tens]) + "十"
    elif hundreds and ones:
        said += "零"
    return said + (digits[ones] if ones else "")
