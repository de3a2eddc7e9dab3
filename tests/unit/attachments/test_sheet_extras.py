"""What lies over the cells of a workbook is told: comments in full, charts by name and the places of their figures."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from types import ModuleType

import pytest

from desktop_helper.attachments import _sheet_extras, odf, xlsx
from desktop_helper.attachments._document import Document
from desktop_helper.attachments._zip import Archive
from desktop_helper.core import office_program
from desktop_helper.core.messages import FilePart, is_note
from desktop_helper.core.protocols import ConvertOptions
from tests.support import office_files


@cache
def workbook() -> bytes:
    """By XlsxWriter: a comment, a chart on a sheet, and one on a sheet of its own."""
    from xlsxwriter import Workbook

    buffer = BytesIO()
    with Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Sales")
        sheet.write_column("A1", ["North", "South"])
        sheet.write_column("B1", [7, 9])
        sheet.write_comment("B2", "Too low, says the boss.", {"author": "Ann"})
        for target in (sheet, book.add_chartsheet("Picture")):
            chart = book.add_chart({"type": "column"})
            chart.add_series({"categories": "=Sales!$A$1:$A$2", "values": "=Sales!$B$1:$B$2"})
            chart.set_title({"name": "Sales of apples"})
            if target is sheet:
                sheet.insert_chart("D2", chart)
            else:
                target.set_chart(chart)
    return buffer.getvalue()


def told(data: bytes, kind: ModuleType = xlsx) -> tuple[str, str]:
    """What is sent, and what the user is told."""
    parts = [one for one in kind.HANDLER.convert(data, "a.xlsx", ConvertOptions()) if isinstance(one, FilePart)]
    words, notes = (("\n".join(one.text for one in parts if is_note(one) is wanted)) for wanted in (False, True))
    return words, notes


def test_comments_and_charts_stand_below_their_cells() -> None:
    said, notes = told(workbook())
    wanted = [
        "| 2 | South | 9 |",
        "Comments:\n\n- B2 (Ann): Too low, says the boss.",
        "Chart: Sales of apples\nIts figures: Sales!A1:A2, Sales!B1:B2",
        "## Picture\n\nChart: Sales of apples",
    ]
    places = [said.find(one) for one in wanted]
    assert -1 not in places, (wanted[places.index(-1)], said)
    assert places == sorted(places)
    assert notes == "Charts of a.xlsx are named, not drawn."


def test_text_boxes_are_told() -> None:
    from xlsxwriter import Workbook

    buffer = BytesIO()
    with Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Sales")
        sheet.write("A1", "North")
        sheet.insert_textbox("D2", "Figures are\nprovisional.")
        sheet.insert_textbox("D9", "")
    said, notes = told(buffer.getvalue())
    assert said.endswith("| 1 | North |\n\nText box: Figures are\nprovisional.")
    assert notes == ""
    broken = office_files.replaced(buffer.getvalue(), "xl/drawings/drawing1.xml", b"<broken")
    said, notes = told(broken)
    assert "North" in said
    assert notes == "Parts of a.xlsx cannot be read and were left out: text boxes in Sales."


def test_who_has_libreoffice_is_told_how_to_see_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office_program, "program", lambda: "/usr/bin/soffice")
    assert told(workbook())[1] == "Charts of a.xlsx are named, not drawn: choose pages of it to see them."


def test_a_workbook_without_them_says_nothing() -> None:
    said, notes = told(office_files.calculated_xlsx())
    assert "Chart" not in said
    assert "Comments" not in said
    assert notes == ""


def test_answers_to_comments_are_told_once() -> None:
    copied = "[Threaded comment] Your version of Excel allows you to read this threaded comment. Comment: Why?"
    old = f'<comments xmlns="x"><authors><author/></authors><commentList><comment ref="A1" authorId="0"><text><t>{copied}</t></text></comment></commentList></comments>'  # noqa: E501
    new = '<ThreadedComments xmlns="x"><threadedComment ref="A1"><text>Why?</text></threadedComment><threadedComment ref="A1"><text>Because.</text></threadedComment></ThreadedComments>'  # noqa: E501
    kinds = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
    relations = f'<Relationships xmlns="y"><Relationship Id="1" Type="z/comments" Target="../c.xml"/><Relationship Id="2" Type="{kinds}" Target="../t.xml"/></Relationships>'  # noqa: E501
    made = office_files.zipped({"xl/worksheets/_rels/s.xml.rels": relations, "xl/c.xml": old, "xl/t.xml": new})
    document = Document("a.xlsx", ConvertOptions())
    assert not _sheet_extras.tell(Archive(made, "a.xlsx"), "xl/worksheets/s.xml", document, "Sales")
    (said,) = document.parts()
    assert isinstance(said, FilePart)
    assert said.text == "Comments:\n\n- A1: Why?\n- A1: Because."


@pytest.mark.parametrize(
    ("member", "lost", "kept"),
    [
        ("xl/charts/chart1.xml", "charts in Sales", "Comments:\n\n- B2 (Ann)"),
        ("xl/comments1.xml", "comments in Sales", "Chart: Sales of apples"),
    ],
)
@pytest.mark.parametrize("share", [0.0, 0.5, 0.95])
def test_damaged_ones_spoil_no_cells_and_are_told(member: str, lost: str, kept: str, share: float) -> None:
    said, notes = told(office_files.cut(workbook(), member, share))
    assert "| 2 | South | 9 |" in said
    assert kept in said
    assert f"Parts of a.xlsx cannot be read and were left out: {lost}." in notes


def test_more_than_goes_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sheet_extras, "MOST_CHARTS", 0)
    said, notes = told(workbook())
    assert "Chart" not in said
    left_out = "charts in Sales after the first 0, charts in Picture after the first 0"
    assert notes == f"a.xlsx holds more than goes; left out: {left_out}."


def test_sheets_that_are_not_there_are_told() -> None:
    said, notes = told(office_files.without(workbook(), "xl/worksheets/sheet1.xml"))
    assert "Chart: Sales of apples" in said
    assert "left out: sheet Sales." in notes


SHEET = (
    '<document-content><body><spreadsheet><table name="Sales"><shapes><frame><object href="./Object 1"'
    ' notify-on-update-of-ranges="Sales.$B$1:Sales.$B$2"/></frame></shapes>'
    '<table-row number-rows-repeated="2"><table-cell number-columns-repeated="3"/></table-row>'
    '<table-row><table-cell number-columns-repeated="2"/><table-cell value-type="float" value="9">'
    "<annotation><creator>Ann</creator><date>2026-11-29</date><p>Too low,</p><p>says the boss.</p></annotation>"
    "<p>9</p></table-cell></table-row></table></spreadsheet></body></document-content>"
)
TITLE = "<title><p>Sales of apples</p></title>"
CHART = f"<document-content><body><chart><chart>{TITLE}</chart></chart></body></document-content>"


def open_document(chart: str) -> bytes:
    mimetype = "application/vnd.oasis.opendocument.spreadsheet"
    return office_files.zipped({"mimetype": mimetype, "content.xml": SHEET, "Object 1/content.xml": chart})


def test_those_of_open_document_are_told_in_the_same_way() -> None:
    said, notes = told(open_document(CHART), odf)
    assert "| 3 | 9 |" in said
    assert "Comments:\n\n- C3 (Ann): Too low, says the boss." in said
    assert "Chart: Sales of apples\nIts figures: Sales.B1:Sales.B2" in said
    assert notes == "Charts of a.xlsx are named, not drawn."


@pytest.mark.parametrize("length", [0, len(CHART) // 2, len(CHART) - 1])
def test_damaged_charts_of_open_document_spoil_no_cells_and_are_told(length: int) -> None:
    said, notes = told(open_document(CHART[:length]), odf)
    assert "| 3 | 9 |" in said
    assert "says the boss." in said
    assert notes == "Parts of a.xlsx cannot be read and were left out: charts in Sales."
