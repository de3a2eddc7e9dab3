"""Manuals (`large_documents`) as files of every kind that has no pages of its own: each section is a stretch of it."""

from __future__ import annotations

import csv
import gzip
import html
import io
import json
import zipfile
from collections.abc import Callable
from email.message import EmailMessage

from tests.support import office_files, page_files
from tests.support.large_documents import Manual


def _sections(manual: Manual) -> list[tuple[str, list[str]]]:
    """Title and lines of each."""
    return [(page.split("\n")[0], page.split("\n")[1:-1]) for page in manual.pages]


def txt(manual: Manual) -> bytes:
    """As a scanner's software writes it: a line for each sentence."""
    return "\n\n".join("\n".join([title, "", *lines]) for title, lines in _sections(manual)).encode()


def gbk(manual: Manual) -> bytes:
    """The same in an encoding of old."""
    return txt(manual).decode().encode("gb18030")


def md(manual: Manual) -> bytes:
    """Markdown with headings."""
    return "\n\n".join("\n\n".join([f"## {title}", *lines]) for title, lines in _sections(manual)).encode()


def py(manual: Manual) -> bytes:
    """A program whose facts stand in comments."""
    pieces = []
    for number, (title, lines) in enumerate(_sections(manual), 1):
        body = "\n".join(f"    # {line}\n    steps.append({place})" for place, line in enumerate(lines))
        pieces.append(f'def section_{number}(steps: list[int]) -> None:\n    """{title}"""\n{body}\n')
    return "\n\n".join(pieces).encode()


def log(manual: Manual) -> bytes:
    """Lines that begin with a time."""
    lines = [line for title, lines in _sections(manual) for line in (title, *lines)]
    return "".join(
        f"2026-03-{at // 5000 + 1:02} {at // 60 % 24:02}:{at % 60:02} INFO {line}\n" for at, line in enumerate(lines)
    ).encode()


def gz(manual: Manual) -> bytes:
    """The same, packed."""
    return gzip.compress(log(manual), mtime=0)


def webpage(manual: Manual) -> bytes:
    """One long page."""
    pieces = [
        f"<h2>{html.escape(title)}</h2>" + "".join(f"<p>{html.escape(line)}</p>" for line in lines)
        for title, lines in _sections(manual)
    ]
    return f"<!doctype html><html><body><h1>Manual</h1>{''.join(pieces)}</body></html>".encode()


def eml(manual: Manual) -> bytes:
    """A mail with all of it as its text."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ann <ann@example.org>", "bo@example.org", "The manual"
    mail.set_content(txt(manual).decode())
    return mail.as_bytes()


def ipynb(manual: Manual) -> bytes:
    """A notebook: a heading, and cells of code that print."""
    cells: list[dict[str, object]] = []
    for title, lines in _sections(manual):
        cells.append({"cell_type": "markdown", "metadata": {}, "source": [f"## {title}"]})
        output = {"output_type": "stream", "name": "stdout", "text": "\n".join(lines[len(lines) // 2 :])}
        source = "\n".join(f"# {line}" for line in lines[: len(lines) // 2])
        cells.append({"cell_type": "code", "metadata": {}, "source": source, "outputs": [output]})
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}).encode()


def _rows(manual: Manual) -> list[list[object]]:
    rows: list[list[object]] = [["Section", "Instruction", "Remark"]]
    for number, (_title, lines) in enumerate(_sections(manual), 1):
        rows += [[number, lines[at], lines[at + 1] if at + 1 < len(lines) else ""] for at in range(0, len(lines), 2)]
    return rows


def table(manual: Manual) -> bytes:
    """A row for each instruction."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows(_rows(manual))
    return buffer.getvalue().encode("utf-8-sig")


def xlsx(manual: Manual) -> bytes:
    """The same, in two sheets, by XlsxWriter."""
    from xlsxwriter import Workbook

    buffer, rows = io.BytesIO(), _rows(manual)
    with Workbook(buffer, {"in_memory": True}) as book:
        for name, part in (("First half", rows[: len(rows) // 2]), ("Rest", [rows[0], *rows[len(rows) // 2 :]])):
            sheet = book.add_worksheet(name)
            for at, row in enumerate(part):
                sheet.write_row(at, 0, row)
    return buffer.getvalue()


def ods(manual: Manual) -> bytes:
    """The same as OpenDocument."""
    rows = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{html.escape(str(cell))}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for row in _rows(manual)
    )
    body = f'<office:spreadsheet><table:table table:name="All">{rows}</table:table></office:spreadsheet>'
    return page_files.odf("spreadsheet", body)


def docx(manual: Manual) -> bytes:
    """By python-docx, with headings."""
    from docx import Document

    document = Document()
    for title, lines in _sections(manual):
        document.add_heading(title, 2)
        for line in lines:
            document.add_paragraph(line)
    return office_files.saved(document.save)


def odt(manual: Manual) -> bytes:
    """As OpenDocument."""
    pieces = [
        f'<text:h text:outline-level="2">{html.escape(title)}</text:h>'
        + "".join(f"<text:p>{html.escape(line)}</text:p>" for line in lines)
        for title, lines in _sections(manual)
    ]
    return page_files.odf("text", f"<office:text>{''.join(pieces)}</office:text>")


def rtf(manual: Manual) -> bytes:
    """Without headings: this format has none."""

    def coded(text: str) -> str:
        return "".join(
            f"\\u{ord(letter) if ord(letter) < 0x8000 else ord(letter) - 0x10000}?" if ord(letter) > 126 else letter
            for letter in text
        )

    lines = [coded(line) for title, lines in _sections(manual) for line in (title, *lines)]
    return ("{\\rtf1\\ansi\\deff0 " + "\\par\n".join(lines) + "\\par}").encode()


def epub(manual: Manual) -> bytes:
    """A file for each chapter."""
    buffer = io.BytesIO()
    sections = _sections(manual)
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        root = "<container><rootfiles><rootfile full-path='book.opf'/></rootfiles></container>"
        archive.writestr("META-INF/container.xml", root)
        items = "".join(f"<item id='c{at}' href='c{at}.xhtml'/>" for at in range(len(sections)))
        spine = "".join(f"<itemref idref='c{at}'/>" for at in range(len(sections)))
        metadata = "<metadata><title>The manual</title></metadata>"
        archive.writestr("book.opf", f"<package>{metadata}<manifest>{items}</manifest><spine>{spine}</spine></package>")
        for at, (title, lines) in enumerate(sections):
            body = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
            archive.writestr(f"c{at}.xhtml", f"<html><body><h1>{html.escape(title)}</h1>{body}</body></html>")
    return buffer.getvalue()


def pptx(manual: Manual) -> bytes:
    """By python-pptx: a slide for each section."""
    from pptx import Presentation

    show = Presentation()
    for title, lines in _sections(manual):
        slide = show.slides.add_slide(show.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = "\n".join(lines)
    return office_files.saved(show.save)


def odp(manual: Manual) -> bytes:
    """As OpenDocument."""
    pages = [
        f"<draw:page><text:p>{html.escape(title)}</text:p>"
        + "".join(f"<text:p>{html.escape(line)}</text:p>" for line in lines)
        + "</draw:page>"
        for title, lines in _sections(manual)
    ]
    return page_files.odf("presentation", f"<office:presentation>{''.join(pages)}</office:presentation>")


KINDS: dict[str, Callable[[Manual], bytes]] = {
    "manual.txt": txt,
    "old.txt": gbk,
    "manual.md": md,
    "manual.py": py,
    "manual.log": log,
    "manual.log.gz": gz,
    "manual.html": webpage,
    "manual.eml": eml,
    "manual.ipynb": ipynb,
    "manual.csv": table,
    "manual.xlsx": xlsx,
    "manual.ods": ods,
    "manual.docx": docx,
    "manual.odt": odt,
    "manual.rtf": rtf,
    "manual.epub": epub,
    "manual.pptx": pptx,
    "manual.odp": odp,
}
