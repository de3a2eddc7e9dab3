"""Office files by their real writers: what they say arrives, in order."""

from __future__ import annotations

from io import BytesIO

import pytest
from docx import Document
from xlsxwriter import Workbook

from desktop_helper.attachments import docx, pptx, xlsx
from desktop_helper.attachments._choose import choose
from desktop_helper.core import registry
from desktop_helper.core.errors import HelperError
from desktop_helper.core.messages import NOTE_MIME, FilePart, ImagePart, MediaPart
from desktop_helper.core.protocols import ConvertOptions
from tests.support import office_files, page_files, sample_files


def read(data: bytes, name: str) -> tuple[MediaPart, ...]:
    handlers = list(registry.discover("desktop_helper.attachments", "HANDLER"))
    return choose(handlers, data, name).convert(data, name, ConvertOptions())


def text(parts: tuple[MediaPart, ...]) -> str:
    return "\n\n".join(part.text for part in parts if isinstance(part, FilePart) and part.mime != NOTE_MIME)


def notes(parts: tuple[MediaPart, ...]) -> str:
    return " ".join(part.text for part in parts if isinstance(part, FilePart) and part.mime == NOTE_MIME)


def colours(parts: tuple[MediaPart, ...]) -> list[object]:
    return [sample_files.decoded(part.data).getpixel((5, 5)) for part in parts if isinstance(part, ImagePart)]


def test_a_word_document_is_told_in_its_order() -> None:
    parts = read(office_files.docx(), "report.docx")
    said = text(parts)
    wanted = [
        "# Quarterly report",
        "# Sales",
        "Revenue grew to 1,234,567 EUR[comment by Ann: Check this figure] in 第三季度.",
        "- Apples",
        "- Pears",
        "1. Plan",
        "2. Build",
        "[picture 1]",
        "| Region | Units |\n| --- | --- |\n| North \\| East | 42 |",
        "Between the pictures.",
        "[picture 2]",
        "The last line: marmalade.",
    ]
    places = [said.find(one) for one in wanted]
    assert -1 not in places, wanted[places.index(-1)]
    assert places == sorted(places)
    assert colours(parts) == [office_files.RED, office_files.BLUE]
    assert notes(parts) == "report.docx was read without LibreOffice: its layout and drawn charts are not shown."
    assert [type(part) for part in parts[1:]] == [FilePart, ImagePart, FilePart, ImagePart, FilePart]
    assert [part.name for part in parts][1:3] == ["report.docx, text 1 of 3", "report.docx, picture 1"]


def test_a_workbook_is_told_with_ranges_types_and_hidden_sheets() -> None:
    said = text(read(office_files.xlsx(), "orders.xlsx"))
    assert "## Orders\n\nOrders!A1:E5: A text, B text, C number, D date or time, E yes or no" in said
    assert "| 2 | item 1 | 7 | 0.3 | 2024-02-02 | FALSE |" in said
    assert "| 5 | Total | =SUM(B2:B4) |" in said
    assert "## Timing (hidden)\n\nTiming!A1:D6" in said
    assert "| 5 | 2025-12-31 23:59:58 |" in said
    assert "25%" in said


def test_what_formulas_came_to_is_told_and_pictures_in_sheets_are_shown() -> None:
    parts = read(office_files.calculated_xlsx(), "sum.xlsx")
    assert "| 1 | a | b |  |\n| 2 | 40 | 2 | 42 |" in text(parts)
    assert colours(parts) == [office_files.RED]


def test_a_large_workbook_says_what_is_left_out() -> None:
    parts = read(office_files.xlsx(10_000), "large.xlsx")
    assert "Of sheet Orders in large.xlsx, only A1:E3000 of A1:E10002 is attached." in notes(parts)
    assert "item 2999" in text(parts)
    assert "Timing!A1:D6" in text(parts)


def test_slides_are_told_with_tables_charts_notes_and_pictures() -> None:
    parts = read(office_files.pptx(), "zebra.pptx")
    said = text(parts)
    wanted = [
        "## Slide 1: Zebra plan",
        "Buy hay\n  - Paint stripes",
        "[picture 1: image.png]",
        "Notes: Speak slowly.",
        "## Slide 2: Figures",
        "| Year | Zebras |\n| --- | --- |\n| 2031 | 17 |",
        "| East | 19.2 |\n| West | 21.4 |",
    ]
    places = [said.find(one) for one in wanted]
    assert -1 not in places, (wanted[places.index(-1)], said)
    assert places == sorted(places)
    assert colours(parts) == [office_files.RED]
    assert said.count("[picture 1") == 2


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.pptx", "a.odt", "a.txt", "no ending"])
@pytest.mark.parametrize("kind", ["docx", "xlsx", "pptx"])
def test_content_counts_more_than_the_name(kind: str, name: str) -> None:
    words = {"docx": "marmalade", "xlsx": "item 3", "pptx": "Zebra"}
    assert words[kind] in text(read(getattr(office_files, kind)(), name))


def test_a_password_is_named_as_the_reason() -> None:
    with pytest.raises(HelperError) as caught:
        read(office_files.ole2("EncryptedPackage"), "secret.xlsx")
    assert caught.value.message == "secret.xlsx is protected with a password."
    assert "without the password" in caught.value.fix


def test_the_handlers_have_names_of_their_own() -> None:
    assert [module.HANDLER.name for module in (docx, xlsx, pptx)] == ["docx", "xlsx", "pptx"]


@pytest.mark.parametrize(("shown", "kept"), [("&lt;number&gt;", False), ("‹#›", False), ("12", True)])
def test_a_field_for_the_slides_number_goes_if_it_has_one(shown: str, kept: bool) -> None:
    """LibreOffice writes `<number>` in what it converts."""
    data = office_files.pptx()
    slide = office_files.members(data)["ppt/slides/slide1.xml"]
    source = slide if isinstance(slide, str) else slide.decode()
    field = f'<a:fld id="{{0}}" type="slidenum"><a:t>{shown}</a:t></a:fld></a:p>'
    changed = source.replace("Paint stripes</a:t></a:r></a:p>", f"Paint stripes</a:t></a:r>{field}")
    assert changed != source
    said = text(read(office_files.replaced(data, "ppt/slides/slide1.xml", changed.encode()), "a.pptx"))
    assert "- Paint stripes" + ("12\n" if kept else "\n") in said


def test_what_stands_above_and_below_pages_of_a_letter_goes_once() -> None:
    document = Document()
    for section in (document.sections[0], document.add_section()):
        section.header.is_linked_to_previous = section.footer.is_linked_to_previous = False
        section.header.paragraphs[0].text = "Ada & Sons, 3 March 2031"
        section.footer.paragraphs[0].text = "17"
    document.sections[1].footer.paragraphs[0].text = "IBAN DE02"
    document.add_paragraph("Dear Bob,")
    said = text(read(office_files.saved(document.save), "letter.docx"))
    assert said == "Header: Ada & Sons, 3 March 2031\n\nFooter: IBAN DE02\n\nDear Bob,"


def test_so_does_what_stands_there_in_an_opendocument_text() -> None:
    content = "<office:text><text:p>Dear Bob,</text:p></office:text>"
    edges = (
        "<style:header><text:p>Ada &amp; Sons</text:p></style:header><style:footer><text:p>17</text:p></style:footer>"
    )
    page = f"<style:master-page>{edges}</style:master-page>"
    names = f'{page_files.OFFICE_NAMES} xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    styles = (
        f"<office:document-styles {names}>"
        f"<office:master-styles>{page}{page}</office:master-styles></office:document-styles>"
    )
    made = office_files.zipped({**office_files.members(page_files.odf("text", content)), "styles.xml": styles})
    assert text(read(made, "letter.odt")) == "Header: Ada & Sons\n\nDear Bob,"


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("€#,##0.00", "2.5 €"),
        ('#,##0.00 "EUR"', "2.5 EUR"),
        ("[$€-407] #,##0.00", "2.5 €"),
        ("[$$-409]#,##0.00", "2.5 $"),
        ("[$-409]#,##0.00", "2.5"),
        ("[$-409]yyyy-mm-dd", "1900-01-01 12:00:00"),
        ("0.0%", "250%"),
    ],
)
def test_money_keeps_its_currency_and_stays_a_number(code: str, shown: str) -> None:
    made = BytesIO()
    with Workbook(made) as book:
        sheet = book.add_worksheet("Sales")
        sheet.write("A1", "Price")
        sheet.write("A2", 2.5, book.add_format({"num_format": code}))
    said = text(read(made.getvalue(), "a.xlsx"))
    assert f"| 2 | {shown} |" in said
    assert "A text" not in said


def test_so_does_money_of_an_opendocument_sheet() -> None:
    price = '<table:table-cell office:value-type="currency" office:currency="CHF" office:value="2.5"/>'
    head = '<table:table-cell office:value-type="string"><text:p>Price</text:p></table:table-cell>'
    rows = "".join(f"<table:table-row>{cell}</table:table-row>" for cell in (head, price))
    body = f'<office:spreadsheet><table:table table:name="T">{rows}</table:table></office:spreadsheet>'
    said = text(read(page_files.odf("spreadsheet", body), "a.ods"))
    assert "T!A1:A2: A number" in said
    assert "| 2 | 2.5 CHF |" in said
