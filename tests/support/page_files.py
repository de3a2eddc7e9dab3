"""Web pages, mails, notebooks, books, OpenDocument and RTF files with words that tests look for."""

from __future__ import annotations

import base64
import json
import zipfile
from email.message import EmailMessage
from io import BytesIO

from tests.support import office_files

CSV = 'Name;Größe;Datum\nBirke;21,5;2024-03-01\n"Eiche; alt";30;2024-04-02\n'.encode()

HTML = """<!DOCTYPE html><html><head><title>Tea &amp; time</title><style>p{color:red}</style>
<script>steal("secret-script")</script></head><body><h2>Kinds of tea</h2><p>Green &amp; black,
see <a href="https://example.org/tea">this page</a>.</p><ul><li>Oolong<ol><li>light<li>dark</ol></li><li>白茶</li></ul>
<table><tr><th>Kind</th><th>°C</th></tr><tr><td>Green</td><td>75</td></tr></table>
<img src="http://127.0.0.1:9/x.png" alt="a cup"><pre>let  x = 1;
done</pre><p>The end.</body></html>""".encode()

RTF = (
    rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Hidden Font;}}{\*\generator Secret;}{\info{\author Nobody}}"
    rb"\pard First \b bold\b0  line\par Caf\'e9 \u20013?\u25991?\par"
    rb"\trowd A1\cell B1\cell\row A2\cell B2\cell\row\pard last \{brace\}\par}"
)

OFFICE_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'
)

STYLE_NAMES = 'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'


def odf(kind: str, body: str, styles: str = "", **members: bytes) -> bytes:
    """An OpenDocument file of `kind`; `members` are pictures."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}", zipfile.ZIP_STORED)
        inner = f"<office:automatic-styles>{styles}</office:automatic-styles><office:body>{body}</office:body>"
        content = f"<office:document-content {OFFICE_NAMES}>{inner}</office:document-content>"
        archive.writestr("content.xml", content)
        for name, data in members.items():
            archive.writestr(f"Pictures/{name}.png", data)
    return buffer.getvalue()


def odt() -> bytes:
    """A text: heading, note, comment, list, table, picture."""
    body = (
        '<office:text><text:h text:outline-level="2">On bees</text:h><text:p>Bees<text:s text:c="2"/>hum'
        "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Loudly.</text:p></text:note-body>"
        "</text:note><office:annotation><dc:creator>Bo</dc:creator><text:p>Really?</text:p></office:annotation>.</text:p>"
        "<text:list><text:list-item><text:p>honey</text:p><text:list><text:list-item><text:p>dark</text:p>"
        "</text:list-item></text:list></text:list-item></text:list>"
        '<text:p><draw:frame><draw:image xlink:href="Pictures/red.png"/></draw:frame></text:p>'
        "<table:table><table:table-row><table:table-cell><text:p>Hive</text:p></table:table-cell><table:table-cell>"
        "<text:p>12</text:p></table:table-cell></table:table-row></table:table><text:p>Buzz.</text:p></office:text>"
    )
    return odf("text", body, red=office_files.coloured(office_files.RED))


def ods() -> bytes:
    """A sheet whose empty rows and cells are repeated a million times, as LibreOffice does."""
    body = (
        '<office:spreadsheet><table:table table:name="Bees"><table:table-row>'
        '<table:table-cell office:value-type="string">'
        '<text:p>Hives</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="12.5">'
        '<text:p>12,50 €</text:p></table:table-cell><table:table-cell table:number-columns-repeated="16000"/>'
        '</table:table-row><table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
        '<table:table-row><table:table-cell office:value-type="date" office:date-value="2026-01-02">'
        "<text:p>2 Jan</text:p>"
        "</table:table-cell></table:table-row></table:table></office:spreadsheet>"
    )
    return odf("spreadsheet", body)


def hiding_ods() -> bytes:
    """Two sheets, of which nobody is shown the first one."""
    style = (
        f'<style:style {STYLE_NAMES} style:name="ta2" style:family="table"><style:table-properties {{}}/></style:style>'
    )
    styles = style.format('table:display="false"') + style.replace("ta2", "ta1").format('table:display="true"')
    row = "<table:table-row><table:table-cell><text:p>{}</text:p></table:table-cell></table:table-row>"
    sheet = f'<table:table table:name="{{}}" table:style-name="{{}}">{row}</table:table>'
    sheets = sheet.format("Bees", "ta2", "Nobody sees this") + sheet.format("Wasps", "ta1", "Stings")
    return odf("spreadsheet", f"<office:spreadsheet>{sheets}</office:spreadsheet>", styles)


def odp() -> bytes:
    """Two slides."""
    body = (
        "<office:presentation><draw:page><draw:frame><draw:text-box><text:p>Wings</text:p></draw:text-box></draw:frame>"
        "</draw:page><draw:page><draw:frame><draw:text-box><text:p>Stings</text:p></draw:text-box></draw:frame></draw:page>"
        "</office:presentation>"
    )
    return odf("presentation", body)


def noted_odp() -> bytes:
    """A slide with what its speaker says."""
    body = (
        "<office:presentation><draw:page><draw:frame><draw:text-box><text:p>Wings</text:p></draw:text-box></draw:frame>"
        "<presentation:notes><draw:frame><draw:text-box><text:p>Flap them.</text:p></draw:text-box></draw:frame>"
        "</presentation:notes></draw:page></office:presentation>"
    )
    return odf("presentation", body)


def hiding_odp() -> bytes:
    """Two slides, of which the show leaves the first one out."""
    style = (
        f'<style:style {STYLE_NAMES} style:name="dp4" style:family="drawing-page">'
        '<style:drawing-page-properties presentation:visibility="hidden"/></style:style>'
    )
    page = "<draw:page{}><draw:frame><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame></draw:page>"
    hidden = page.format(' draw:style-name="dp4"', "Nobody sees this")
    return odf("presentation", f"<office:presentation>{hidden}{page.format('', 'Wings')}</office:presentation>", style)


def ipynb() -> bytes:
    """A notebook with text, code, printed and drawn output, and an error."""
    picture = base64.b64encode(office_files.coloured(office_files.BLUE)).decode()
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": ["forty-\n", "two\n"]},
        {"output_type": "display_data", "data": {"image/png": picture, "text/plain": ["<Figure>"]}, "metadata": {}},
        {"output_type": "error", "ename": "E", "evalue": "", "traceback": ["\x1b[31mKeyError\x1b[0m: 'bee'"]},
    ]
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Bee study\n", "by Ann"]},
        {"cell_type": "code", "metadata": {}, "source": "print(6 * 7)", "outputs": outputs, "execution_count": 1},
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def eml() -> bytes:
    """A mail with a text, an HTML version of it, a picture and an attached file."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ann <ann@example.org>", "bo@example.org", "蜂蜜 order"
    mail["Date"] = "Fri, 02 Jan 2026 10:00:00 +0000"
    mail.set_content("Dear Bo,\nten jars of honey, please.\n")
    mail.add_alternative("<p>ten jars in <b>HTML</b></p>", subtype="html")
    mail.add_attachment(office_files.coloured(office_files.RED), maintype="image", subtype="png", filename="jar.png")
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="../../invoice.pdf")
    return mail.as_bytes()


def epub(chapter: str = "<p>It was a dark and <i>stormy</i> night.</p>") -> bytes:
    """A book whose chapters stand in another order in the file than in the reading."""
    container = '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>'
    package = (
        "<package><metadata><title>Storms</title><creator>A. Writer</creator></metadata><manifest>"
        '<item id="b" href="two.xhtml"/><item id="a" href="one.xhtml"/></manifest>'
        '<spine><itemref idref="a"/><itemref idref="b"/></spine></package>'
    )
    page = "<html><body><h1>{}</h1>{}</body></html>"
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        archive.writestr("META-INF/container.xml", container)
        archive.writestr("OPS/book.opf", package)
        archive.writestr("OPS/two.xhtml", page.format("Morning", "<p>The sun rose.</p>"))
        archive.writestr("OPS/one.xhtml", page.format("Night", chapter))
    return buffer.getvalue()
