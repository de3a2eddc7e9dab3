"""Office documents as real programs write them, with words, numbers and colours that tests look for."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from io import BytesIO

from PIL import Image

from tests.support import sample_files

RED = (220, 20, 30)
BLUE = (20, 40, 210)


def coloured(colour: tuple[int, int, int]) -> bytes:
    """A picture of one colour."""
    return sample_files.encoded(Image.new("RGB", (80, 60), colour), "PNG")


@cache
def docx() -> bytes:
    """By python-docx: headings, lists, a table, a comment, two pictures."""
    from docx import Document

    document = Document()
    document.add_heading("Quarterly report", 0)
    document.add_heading("Sales", 1)
    first = document.add_paragraph("Revenue grew to ")
    run = first.add_run("1,234,567 EUR")
    first.add_run(" in 第三季度.")
    document.add_comment(run, text="Check this figure", author="Ann")
    for item in ("Apples", "Pears"):
        document.add_paragraph(item, style="List Bullet")
    for item in ("Plan", "Build"):
        document.add_paragraph(item, style="List Number")
    document.add_picture(BytesIO(coloured(RED)))
    table = document.add_table(rows=2, cols=2)
    for at, text in enumerate(("Region", "Units", "North | East", "42")):
        table.cell(at // 2, at % 2).text = text
    document.add_paragraph("Between the pictures.")
    document.add_picture(BytesIO(coloured(BLUE)))
    document.add_paragraph("The last line: marmalade.")
    return saved(document.save)


@cache
def xlsx(rows: int = 3) -> bytes:
    """By openpyxl: types, a formula that nobody calculated, a hidden sheet."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = "Orders"
    sheet.append(["Item", "Count", "Price", "Ordered", "Paid"])
    for number in range(1, rows + 1):
        sheet.append([f"item {number}", number * 7, 0.1 + 0.2, date(2024, 2, number % 28 + 1), number % 2 == 0])
    sheet.append(["Total", f"=SUM(B2:B{rows + 1})"])
    other = book.create_sheet("Timing")
    other["C5"] = datetime(2025, 12, 31, 23, 59, 58)
    other["D6"] = 0.25
    other["D6"].number_format = "0%"
    other.sheet_state = "hidden"
    return saved(book.save)


@cache
def calculated_xlsx() -> bytes:
    """By XlsxWriter, which writes what a formula came to, and pictures."""
    from xlsxwriter import Workbook

    buffer = BytesIO()
    with Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Sum")
        sheet.write_row("A1", ["a", "b"])
        sheet.write_row("A2", [40, 2])
        sheet.write_formula("C2", "=A2+B2", None, 42)
        sheet.insert_image("E2", "red.png", {"image_data": BytesIO(coloured(RED))})
    return buffer.getvalue()


@cache
def pptx() -> bytes:
    """By python-pptx: two slides with title, text, picture, table, chart and notes."""
    from pptx import Presentation
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    show = Presentation()
    first = show.slides.add_slide(show.slide_layouts[1])
    first.shapes.title.text = "Zebra plan"
    frame = first.placeholders[1].text_frame
    frame.text = "Buy hay"
    frame.add_paragraph().text = "Paint stripes"
    frame.paragraphs[1].level = 1
    first.shapes.add_picture(BytesIO(coloured(RED)), Inches(1), Inches(1))
    first.notes_slide.notes_text_frame.text = "Speak slowly."
    second = show.slides.add_slide(show.slide_layouts[5])
    second.shapes.title.text = "Figures"
    table = second.shapes.add_table(2, 2, Inches(1), Inches(1), Inches(4), Inches(1)).table
    for at, text in enumerate(("Year", "Zebras", "2031", "17")):
        table.cell(at // 2, at % 2).text = text
    data = CategoryChartData()
    data.categories = ["East", "West"]
    data.add_series("Hay in tons", (19.2, 21.4))
    second.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(3), Inches(4), Inches(3), data)
    second.shapes.add_picture(BytesIO(coloured(RED)), Inches(5), Inches(1))  # the same picture again
    return saved(show.save)


def saved(save: Callable[[BytesIO], object]) -> bytes:
    """What a writer's `save` writes."""
    buffer = BytesIO()
    save(buffer)
    return buffer.getvalue()


def zipped(members: dict[str, bytes | str]) -> bytes:
    """A zip with these parts, in this order."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def replaced(data: bytes, member: str, content: bytes) -> bytes:
    """The same archive with another `member`."""
    return zipped({**members(data), member: content})


def without(data: bytes, member: str) -> bytes:
    """The same archive without `member`, which its other parts still refer to."""
    return zipped({name: content for name, content in members(data).items() if name != member})


def cut(data: bytes, member: str, share: float) -> bytes:
    """The same archive with only the beginning of `member`."""
    whole = members(data)[member]
    return zipped({**members(data), member: whole[: int(len(whole) * share)]})


def members(data: bytes) -> dict[str, bytes | str]:
    """The parts of an archive, in their order."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def ole2(stream: str) -> bytes:
    """The head of an old Office file whose directory lists `stream`."""
    directory = (stream + "\0").encode("utf-16-le")
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + directory.ljust(128, b"\0") + bytes(1024)
