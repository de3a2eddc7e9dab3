"""Word, Excel and PowerPoint files by python-docx, openpyxl, XlsxWriter and python-pptx."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import partial
from io import BytesIO
from typing import Any

from tests.support import office_files
from tests.support.corpus import pictures
from tests.support.corpus.entry import Entry
from tests.support.office_files import BLUE, RED, saved

LONG = 1200


def letter() -> bytes:
    """Headers, a link, a footnote-like list, a nested table, breaks, and what is deleted."""
    from docx import Document
    from docx.enum.text import WD_BREAK

    document = Document()
    document.sections[0].header.paragraphs[0].text = "Letterhead"
    document.add_heading("致：王先生", 1)
    paragraph = document.add_paragraph("Dear Mr Wang,")
    paragraph.add_run().add_break(WD_BREAK.LINE)
    paragraph.add_run("thank you for 42 boxes of tea.").bold = True
    document.add_page_break()
    outer = document.add_table(1, 2)
    outer.cell(0, 0).text = "outer"
    inner = outer.cell(0, 1).add_table(1, 1)
    inner.cell(0, 0).text = "inner cell"
    wide = document.add_table(2, 3)
    wide.cell(0, 0).merge(wide.cell(0, 2)).text = "merged"
    for at in range(3):
        wide.cell(1, at).text = f"c{at}"
    document.add_picture(BytesIO(pictures.saved(pictures.chart, "PNG")))
    document.add_paragraph("Yours, Ann")
    return saved(document.save)


def long_docx() -> bytes:
    """More than fits."""
    from docx import Document

    document = Document()
    for number in range(LONG):
        document.add_paragraph(f"Paragraph {number}: " + "the quick brown fox jumps over the lazy dog. " * 9)
    return saved(document.save)


def many_pictures() -> bytes:
    """More pictures than are sent, one of them twice."""
    from docx import Document

    document = Document()
    for number in [*range(24), 0]:
        document.add_picture(BytesIO(office_files.coloured((number * 10, 100, 50))))
    document.add_paragraph("after the pictures")
    return saved(document.save)


def types() -> bytes:
    """Every type of cell, by openpyxl."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = "Typen 类型"
    sheet.append(["text", 42, 3.5, True, date(2026, 11, 29), datetime(2026, 11, 29, 13, 5), time(7, 30), None, "=1/0"])
    sheet.append([None, -1e-9, 1e20, False, "ä|b", "two\nlines", 0.125, "last", ""])
    sheet["G2"].number_format = "0.0%"
    sheet["Z50"] = "far away"
    sheet.merge_cells("A4:C5")
    sheet["A4"] = "merged"
    book.create_sheet("empty")
    return saved(book.save)


def figures() -> bytes:
    """Formulas with results, formats, a chart and pictures, by XlsxWriter."""
    from xlsxwriter import Workbook

    buffer = BytesIO()
    with Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Hay")
        sheet.write_row("A1", ["Month", "Tons"])
        for at, (month, tons) in enumerate((("January", 19.2), ("February", 21.4), ("March", 16.7)), 1):
            sheet.write(at, 0, month)
            sheet.write(at, 1, tons)
        sheet.write_formula("B5", "=SUM(B2:B4)", None, 57.3)
        sheet.write_datetime("A7", datetime(2026, 1, 2), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_rich_string("A8", "rich ", book.add_format({"bold": True}), "text")
        chart: Any = book.add_chart({"type": "column"})
        chart.add_series({"categories": "=Hay!$A$2:$A$4", "values": "=Hay!$B$2:$B$4"})
        sheet.insert_chart("D2", chart)
        sheet.insert_image("D20", "red.png", {"image_data": BytesIO(office_files.coloured(RED))})
        book.add_worksheet("Second").write("C3", "corner")
    return buffer.getvalue()


def slides() -> bytes:
    """Groups, a hidden slide, Chinese, a line chart and a pie, pictures and notes."""
    from pptx import Presentation
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    show = Presentation()
    first = show.slides.add_slide(show.slide_layouts[6])
    group = first.shapes.add_group_shape()
    group.shapes.add_textbox(Inches(1), Inches(1), Inches(3), Inches(1)).text_frame.text = "within a group"
    first.shapes.add_textbox(Inches(1), Inches(3), Inches(3), Inches(1)).text_frame.text = "季度总结"
    first.notes_slide.notes_text_frame.text = "Greet everybody."
    for kind, title in ((XL_CHART_TYPE.LINE, "Course"), (XL_CHART_TYPE.PIE, "Shares")):
        slide = show.slides.add_slide(show.slide_layouts[5])
        slide.shapes.title.text = title
        data: Any = CategoryChartData()
        data.categories = ["East", "West", "North"]
        data.add_series("Hay", (19.2, 21.4, 16.7))
        slide.shapes.add_chart(kind, Inches(1), Inches(2), Inches(6), Inches(4), data)
    hidden = show.slides.add_slide(show.slide_layouts[5])
    hidden.shapes.title.text = "Nobody sees this"
    hidden._element.set("show", "0")
    hidden.shapes.add_picture(BytesIO(office_files.coloured(BLUE)), Inches(1), Inches(2))
    return saved(show.save)


def entries() -> list[Entry]:
    """All of them."""
    chart = pictures.QUARTERS
    return [
        Entry("report.docx", "python-docx", office_files.docx, pictures=2, spots=((0.5, 0.5, RED),),
              later=((1, ((0.5, 0.5, BLUE),)),),
              words=("Quarterly report", "1,234,567 EUR", "Check this figure", "第三季度", "Apples", "1. Plan", "42",
                     "marmalade")),
        Entry("letter.docx", "python-docx", letter, pictures=1, spots=chart,
              words=("致：王先生", "Dear Mr Wang,", "42 boxes", "outer", "inner cell", "merged", "c0", "c2",
              "Yours, Ann")),
        Entry("long.docx", "python-docx", long_docx, words=("Paragraph 0:", "Paragraph 800:"),
              absent=("Paragraph 1190:",),
              notes=("only its first 400,000 characters",)),
        Entry("pictures.docx", "python-docx", many_pictures, pictures=20, words=("[picture 20]", "[picture 1]",
              "after the"),
              notes=("4 were left out",)),
        Entry("orders.xlsx", "openpyxl", office_files.xlsx,
              words=("Orders!A1:E5", "item 1", "0.3", "2024-02-02", "Timing", "2025-12-31 23:59:58", "25%")),
        Entry("types.xlsx", "openpyxl", types, words=("Typen 类型", "42", "3.5", "TRUE", "2026-11-29", "merged",
              "far away")),
        Entry("sums.xlsx", "XlsxWriter", office_files.calculated_xlsx, words=("40", "42"), pictures=1,
              spots=((0.5, 0.5, RED),)),
        Entry("hay.xlsx", "XlsxWriter", figures, pictures=1, spots=((0.5, 0.5, RED),),
              words=("Month", "January", "19.2", "57.3", "2026-01-02", "rich text", "Second", "corner")),
        Entry("many rows.xlsx", "openpyxl", partial(office_files.xlsx, 2_000), words=("item 1", "item 900",
              "item 1999")),
        Entry("zebra.pptx", "python-pptx", office_files.pptx, pictures=1, spots=((0.5, 0.5, RED),),
              words=("Slide 1: Zebra plan", "Buy hay", "Speak slowly.", "Slide 2: Figures", "17", "Hay in tons",
              "21.4")),
        Entry("summary.pptx", "python-pptx", slides, pictures=1, spots=((0.5, 0.5, BLUE),),
              words=("within a group", "季度总结", "Greet everybody.", "Course", "16.7", "Shares", "North",
                     "(hidden): Nobody sees this")),
    ]  # fmt: skip
