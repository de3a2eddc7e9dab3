"""Small files that are huge, deep or endless inside; what fetches, what starts programs, what asks for a password."""

from __future__ import annotations

import gzip
import struct
import zipfile
import zlib
from functools import partial
from io import BytesIO
from typing import Any

from tests.support import clip_files, office_files, page_files, sample_files
from tests.support.hostile.case import Case

TOO_LARGE = "unpacks to more than a document may hold"
HUGE = "is too large: "
CATALOG = b"1 0 obj<</Type/Catalog/Pages 2 0 R%b>>endobj\n"
PAGES = b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
TRAILER = b"trailer<</Root 1 0 R>>\n"


def pdf(page: bytes, *others: bytes, catalog: bytes = b"", pages: bytes = PAGES) -> bytes:
    """One without a table of its objects: readers put it together."""
    return b"%PDF-1.7\n" + CATALOG % catalog + pages + b"3 0 obj" + page + b"endobj\n" + b"".join(others) + TRAILER


def stream(number: int, content: bytes, more: bytes = b"") -> bytes:
    """An object with bytes in it."""
    return b"%d 0 obj<</Length %d%b>>stream\n%b\nendstream endobj\n" % (number, len(content), more, content)


PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>"


def squeezed(size: int, block: bytes = bytes(1 << 20)) -> bytes:
    """`size` bytes, packed."""
    squeeze = zlib.compressobj(9)
    pieces = [squeeze.compress(block) for _ in range(size // len(block))]
    return b"".join([*pieces, squeeze.flush()])


def huge_box() -> bytes:
    """A page of a million points, with words."""
    return pdf(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 1000000 1000000]/Contents 4 0 R>>", stream(4, b"0 0 9 9 re f"))


def calls_itself() -> bytes:
    """A form that draws itself twice."""
    return pdf(PAGE, stream(4, b"/F Do"), stream(5, b"/F Do /F Do", b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]"
               b"/Resources<</XObject<</F 5 0 R>>>>"))  # fmt: skip


def doubling() -> bytes:
    """Forms that each draw the next one ten times: ten billion dots."""
    forms = [
        stream(5 + at, b"/F Do " * 10 if at < 10 else b"0 0 1 1 re f ", b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]"
               b"/Resources<</XObject<</F %d 0 R>>>>" % (6 + at)) for at in range(11)
    ]  # fmt: skip
    return pdf(PAGE, stream(4, b"/F Do"), *forms)


def pages_in_a_circle() -> bytes:
    """A tree of pages that leads back to its root."""
    return pdf(b"<</Type/Pages/Kids[2 0 R]/Count 1/Parent 2 0 R>>")


def deep_pages() -> bytes:
    """A tree of pages 20,000 deep."""
    nodes = [
        b"%d 0 obj<</Type/Pages/Kids[%d 0 R]/Count 1/Parent %d 0 R>>endobj\n" % (at, at + 1, at - 1)
        for at in range(4, 20_000)
    ]
    last = b"20000 0 obj<</Type/Page/Parent 19999 0 R/MediaBox[0 0 600 800]>>endobj\n"
    return pdf(b"<</Type/Pages/Kids[4 0 R]/Count 1/Parent 2 0 R>>", *nodes, last)


def deep_array() -> bytes:
    """Brackets within brackets."""
    return pdf(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/X" + b"[" * 100_000 + b"]" * 100_000 + b">>")


def many_objects(count: int = 100_000) -> bytes:
    """That nobody needs."""
    others = b"".join(b"%d 0 obj<</A[(b) 1 2 3]/B %d 0 R>>endobj\n" % (at, at - 1) for at in range(10, 10 + count))
    return pdf(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 60 80]>>", others)


def many_notes(count: int = 100_000) -> bytes:
    """Each of them on the page."""
    notes = b"".join(b"%d 0 obj<</Type/Annot/Subtype/Text/Rect[0 0 9 9]>>endobj\n" % at for at in range(10, 10 + count))
    listed = b" ".join(b"%d 0 R" % at for at in range(10, 10 + count))
    return pdf(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Annots[" + listed + b"]>>", notes)


def one_page_often(times: int = 100_000) -> bytes:
    """The same page, so many times."""
    kids = b"2 0 obj<</Type/Pages/Kids[" + b"3 0 R " * times + b"]/Count %d>>endobj\n" % times
    return pdf(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 60 80]>>", pages=kids)


def many_pages(count: int = 100_000) -> bytes:
    """Small ones."""
    kids = b" ".join(b"%d 0 R" % at for at in range(10, 10 + count))
    page = b"%d 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 60 80]>>endobj\n"
    return pdf(b"<<>>", *(page % at for at in range(10, 10 + count)),
               pages=b"2 0 obj<</Type/Pages/Kids[" + kids + b"]/Count %d>>endobj\n" % count)  # fmt: skip


def lying_count() -> bytes:
    """A page that says it is two billion."""
    return pdf(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 60 80]>>",
               pages=b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 2000000000>>endobj\n")  # fmt: skip


def huge_picture(side: int = 60_000) -> bytes:
    """A page with a picture of 3.6 billion pixels."""
    image = (
        b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode"
    )
    return pdf(PAGE, stream(4, b"600 0 0 800 0 0 cm /F Do"), stream(5, squeezed(1 << 26), image % (side, side)))


def packed_five_times() -> bytes:
    """A page's content that unpacks, and unpacks, and unpacks."""
    content = b"0 0 m " * 200_000
    for _ in range(5):
        content = zlib.compress(content, 9)
    return pdf(PAGE, stream(4, content, b"/Filter[" + b"/FlateDecode" * 5 + b"]"))


def outline_in_a_circle() -> bytes:
    """Bookmarks that follow themselves."""
    mark = b"8 0 obj<</Title(a)/Parent 7 0 R/Next 8 0 R/First 8 0 R/Last 8 0 R>>endobj\n"
    root = b"7 0 obj<</Type/Outlines/First 8 0 R/Last 8 0 R/Count 1>>endobj\n"
    return pdf(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 60 80]>>", root, mark, catalog=b"/Outlines 7 0 R")


def wide_words() -> bytes:
    """Spaces between them would fill the memory."""
    return starts_programs(b"BT /F1 99999999999 Tf -300 600 Td (x y z) Tj ET ")


def starts_programs(before: bytes = b"") -> bytes:
    """On opening, scripts and programs."""
    action = b"/OpenAction<</S/Launch/F(/bin/sh)/Next<</S/JavaScript/JS(app.alert\\(1\\))>>>>"
    words = b"BT /F1 12 Tf 50 700 Td (harmless words) Tj ET"
    page = (b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
            b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>")  # fmt: skip
    return pdf(page, stream(4, before + words), catalog=action)


def gif(width: int, height: int) -> bytes:
    """One that says it is so large."""
    head = struct.pack("<HH", width, height) + b"\x80\0\0" + bytes(6)
    return b"GIF89a" + head + b"," + struct.pack("<HHHH", 0, 0, width, height) + b"\0\2\2D\1\0;"


def bmp(width: int, height: int) -> bytes:
    """One that says it is so large."""
    return b"BM" + struct.pack("<IHHIIiiHHIIiiII", 58, 0, 0, 54, 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0) + bytes(4)


def tiff(width: int, height: int, *, circle: bool = False) -> bytes:
    """One that says it is so large; or whose pages lead back to the first."""
    tags = [(256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8), (277, 3, 1),
            (278, 4, height), (279, 4, 64)]  # fmt: skip
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    return b"II*\0" + struct.pack("<I", 72) + bytes(64) + struct.pack("<H", len(tags)) + entries + struct.pack(
        "<I", 72 if circle else 0)  # fmt: skip


def jpeg(side: int = 65_500) -> bytes:
    """A sound head of a picture of four billion pixels."""
    data = sample_files.picture(64, 48, "JPEG")
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", side, side) + data[at + 4 :]


def mp4_of_many_samples() -> bytes:
    """Whose table says that it holds four billion pictures."""
    data = clip_files.clip("mp4")
    at = data.index(b"stsz") + 8
    return data[:at] + struct.pack(">II", 1, 0xFFFFFFFF) + data[at + 8 :]


def overlapping_zip(count: int = 2000, size: int = 1 << 24) -> bytes:
    """Every member is the same packed bytes: 30 GB in some kilobytes."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("0.txt", b"0" * size)
        first = archive.filelist[0]
        for at in range(1, count):
            other = zipfile.ZipInfo(f"{at}.txt")
            for name in ("CRC", "compress_size", "file_size", "header_offset", "compress_type"):
                setattr(other, name, getattr(first, name))
            archive.filelist.append(other)
            archive.NameToInfo[other.filename] = other
    return buffer.getvalue()


def nested_zip(depth: int = 30) -> bytes:
    """A zip in a zip in a zip."""
    data = office_files.zipped({"0.txt": b"0" * 1_000_000})
    for at in range(depth):
        data = office_files.zipped({f"{at}.zip": data})
    return data


def many_members(count: int = 60_000) -> bytes:
    """A zip of empty files."""
    return office_files.zipped({f"{at}.txt": b"" for at in range(count)})


def far_cells() -> bytes:
    """A sheet that says it is full, and has a value in its last cell."""
    sheet = (b'<worksheet><dimension ref="A1:XFD1048576"/><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c>'
             b"</row></sheetData></worksheet>")  # fmt: skip
    return office_files.replaced(office_files.xlsx(), "xl/worksheets/sheet1.xml", sheet)


def repeated_cells() -> bytes:
    """Seventeen billion cells of OpenDocument, in two lines."""
    body = ('<office:spreadsheet><table:table table:name="B"><table:table-row table:number-rows-repeated="1048576">'
            '<table:table-cell office:value-type="float" office:value="7" table:number-columns-repeated="16384">'
            "<text:p>7</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet>")  # fmt: skip
    return page_files.odf("spreadsheet", body)


def merged_cells() -> bytes:
    """A row of Word's that spans a billion columns, and spaces by the billion in OpenDocument."""
    row = b'<document><body><tbl><tr><tc><tcPr><gridSpan val="999999999"/></tcPr><p><r><t>x</t></r></p></tc></tr></tbl>'
    return office_files.replaced(office_files.docx(), "word/document.xml", row * 200 + b"</body></document>")


def pdfs() -> list[Case]:
    """Bombs of pages."""
    page: dict[str, Any] = {"name": "a.pdf"}
    return [
        Case("a page of a million points", huge_box, **page, pictures=1),
        Case("a form that draws itself", calls_itself, **page),
        Case("pages in a circle", pages_in_a_circle, **page),
        Case("a deep tree of pages", deep_pages, **page),
        Case("brackets in brackets", deep_array, **page),
        Case("100,000 objects", many_objects, **page, pictures=1),
        Case("100,000 notes", many_notes, **page, slow=True),
        Case("100,000 times a page", one_page_often, **page),
        Case("100,000 pages", many_pages, **page, words="has 100000 pages"),
        Case("a page that says it is two billion", lying_count, **page),
        Case("a picture of 3.6 billion pixels", huge_picture, **page),
        Case("packed five times", packed_five_times, **page),
        Case("bookmarks in a circle", outline_in_a_circle, **page, pictures=1),
        Case("words a billion points wide", wide_words, **page, words="harmless words"),
        Case("starts programs", starts_programs, **page, words="harmless words"),
        Case("content of 100 MB", partial(sample_files.endless_pdf, 100), **page, slow=True),
        Case("content of 2 GB", partial(sample_files.endless_pdf, 2000), **page, refused="could not be read within",
             slow=True),
        Case("forms by the billion", doubling, **page, slow=True),
    ]  # fmt: skip


def pictures() -> list[Case]:
    """Bombs of pixels."""
    return [
        Case("a PNG of 3.6 billion pixels", sample_files.huge_png, "a.png", refused=HUGE, slow=True),
        Case("a GIF of four billion", partial(gif, 65_535, 65_535), "a.gif", refused=HUGE),
        Case("a BMP that says so", partial(bmp, 60_000, 60_000), "a.bmp", refused=HUGE),
        Case("a BMP of negative size", partial(bmp, -5, -9), "a.bmp"),
        Case("a TIFF that says so", partial(tiff, 100_000, 100_000), "a.tif", refused=HUGE),
        Case("pages of a TIFF in a circle", partial(tiff, 8, 8, circle=True), "a.tif"),
        Case("a JPEG that says so", jpeg, "a.jpg", refused=HUGE),
        Case("an SVG that is a kilometre wide", lambda: b'<svg xmlns="http://www.w3.org/2000/svg" width="1000000000" '
             b'height="1000000000"><rect width="50" height="20"/></svg>', "a.svg"),
        Case("an SVG packed from 100 MB", lambda: gzip.compress(b"<svg>" + b" " * 100_000_000), "a.svgz",
             refused=TOO_LARGE),
        Case("an MP4 of four billion pictures", mp4_of_many_samples, "a.mp4"),
    ]  # fmt: skip


def archives() -> list[Case]:
    """Bombs of zips and sheets."""
    return [
        Case("a zip of 30 GB", overlapping_zip, "a.zip"),
        Case("a zip in a zip in a zip", nested_zip, "a.zip"),
        Case("a zip of 60,000 files", many_members, "a.zip", refused=TOO_LARGE, slow=True),
        Case("a gzip of 256 MB", lambda: _gzip(1 << 28), "a.log.gz", refused=TOO_LARGE, slow=True),
        Case("a gzip in a gzip", lambda: gzip.compress(gzip.compress(b"x" * 9999)), "a.gz.gz"),
        Case("a cell at the end of the world", far_cells, "a.xlsx"),
        Case("seventeen billion cells", repeated_cells, "a.ods", words="7"),
        Case("a span of a billion columns", merged_cells, "a.docx"),
        Case("a document of 150 MB in 150 kB", lambda: office_files.replaced(office_files.docx(), "word/document.xml",
             bytes(150_000_000)), "a.docx", refused=TOO_LARGE, slow=True),
        Case("a table of a million columns", lambda: b"," * 1_000_000 + b"\nx", "a.csv"),
        Case("brackets of JSON", lambda: b"[" * 500_000, "a.ipynb"),
        Case("braces of RTF", lambda: b"{\\rtf1" + b"{" * 500_000, "a.rtf"),
        Case("lists of HTML", lambda: b"<ul><li>" * 100_000, "a.html", slow=True),
        Case("parts of a mail", lambda: b"From: a@b\nSubject: x\nContent-Type: multipart/mixed; boundary=x\n\n"
             + b"--x\nContent-Type: multipart/mixed; boundary=x\n\n" * 3000, "a.eml", slow=True),
    ]  # fmt: skip


def _gzip(size: int) -> bytes:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    pieces = [squeeze.compress(bytes(1 << 20)) for _ in range(size >> 20)]
    return b"".join([*pieces, squeeze.flush()])
