"""PDF files by PyMuPDF and Pillow, and drawings in SVG. Those by other producers lie beside `kept.py`."""

from __future__ import annotations

import gzip
from functools import partial
from io import BytesIO
from typing import Any

from PIL import Image

from desktop_helper.core.pages import ranges_of
from desktop_helper.core.protocols import ConvertOptions
from tests.support import sample_files
from tests.support.corpus import pictures
from tests.support.corpus.entry import Entry, Spot

A4 = (595, 842)
RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)
CORNER: tuple[Spot, ...] = ((0.02, 0.02, RED),)


def marked(**options: Any) -> bytes:
    """Two pages with a red corner, words and numbers in two scripts."""
    import pymupdf

    with pymupdf.open() as document:
        for number in (1, 2):
            page = _with_corner(document.new_page(width=A4[0], height=A4[1]))
            page.insert_text((72, 100), f"Invoice {number}: 1,234.50 EUR", fontsize=14)
            page.insert_text((72, 140), "发票号码 20261129", fontname="china-s", fontsize=14)
        return bytes(document.tobytes(**options))


def _with_corner(page: Any) -> Any:
    page.draw_rect((0, 0, 60, 60), color=(1, 0, 0), fill=(1, 0, 0))
    return page


def turned(angle: int) -> bytes:
    """A page that is shown turned."""
    import pymupdf

    with pymupdf.open() as document:
        page = _with_corner(document.new_page(width=A4[0], height=A4[1]))
        page.insert_text((72, 100), "turned page")
        page.set_rotation(angle)
        return bytes(document.tobytes())


def cropped() -> bytes:
    """Of which only the middle is shown."""
    import pymupdf

    with pymupdf.open() as document:
        page = document.new_page(width=600, height=600)
        page.draw_rect((200, 200, 400, 400), color=(0, 0, 1), fill=(0, 0, 1))
        page.set_cropbox(pymupdf.Rect(200, 200, 400, 400))
        return bytes(document.tobytes())


def mixed() -> bytes:
    """Pages of three sizes, one with small print."""
    import pymupdf

    with pymupdf.open() as document:
        for width, height, size in ((595, 842, 12), (1191, 842, 24), (420, 298, 5)):
            page = document.new_page(width=width, height=height)
            page.insert_text((40, 60), f"size {size} " * 6, fontsize=size)
        return bytes(document.tobytes())


def form() -> bytes:
    """Filled in, with a note and a link."""
    import pymupdf

    with pymupdf.open() as document:
        page = document.new_page(width=A4[0], height=A4[1])
        page.insert_text((72, 90), "Name:")
        field = pymupdf.Widget()
        field.field_type, field.field_name = pymupdf.PDF_WIDGET_TYPE_TEXT, "name"
        field.field_value, field.rect = "Ann Miller", pymupdf.Rect(120, 75, 300, 95)
        page.add_widget(field)
        page.add_highlight_annot((72, 80, 110, 95))
        page.insert_link({"kind": pymupdf.LINK_URI, "from": pymupdf.Rect(72, 200, 200, 220), "uri": "https://e.org"})
        return bytes(document.tobytes())


def attached() -> bytes:
    """With a file inside that nobody opens."""
    import pymupdf

    with pymupdf.open() as document:
        _with_corner(document.new_page(width=A4[0], height=A4[1])).insert_text((72, 100), "see the attachment")
        document.embfile_add("secret.txt", b"do not send this")
        return bytes(document.tobytes())


def scanned(pages: int = 1) -> bytes:
    """By Pillow: pictures and nothing else."""
    first, *others = [pictures.chart().resize((640, 480)) for _ in range(pages)]
    buffer = BytesIO()
    first.save(buffer, "PDF", save_all=True, append_images=others, resolution=72)
    return buffer.getvalue()


def black_and_white() -> bytes:
    """By Pillow, as a fax."""
    buffer = BytesIO()
    image = Image.new("1", (800, 600), 1)
    image.paste(0, (0, 0, 400, 600))
    image.save(buffer, "PDF")
    return buffer.getvalue()


def rubbish_before() -> bytes:
    """As a printer's port writes it."""
    return b"\x1b%-12345X@PJL JOB\r\n" + marked()


DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100" viewBox="0 0 200 100">{}'
    '<rect width="100" height="100" fill="#e61e1e"/><text x="110" y="50">柱状图</text></svg>'
)
STYLED = DRAWING.format("<style>.b{fill:#283cdc}</style><rect class='b' x='100' y='60' width='100' height='40'/>")
FADED = DRAWING.format(
    '<defs><linearGradient id="g"><stop offset="0" stop-color="#00ff00"/><stop offset="1" stop-color="#0000ff"/>'
    '</linearGradient></defs><rect x="100" width="100" height="30" fill="url(#g)"/>'
)


def _drawings() -> list[Entry]:
    red: tuple[Spot, ...] = ((0.25, 0.5, (230, 30, 30)),)
    blue: tuple[Spot, ...] = (*red, (0.75, 0.85, (40, 60, 220)))
    drawn: dict[str, Any] = {"pictures": 1, "needs": ("PySide6",)}
    return [
        Entry("bars.svg", "by hand", partial(DRAWING.format("").encode), words=("柱状图",), spots=red, **drawn),
        Entry("styled.svg", "as Inkscape", partial(STYLED.encode), spots=blue, **drawn),
        Entry("faded.svg", "as a chart library", partial(FADED.encode), spots=red, **drawn),
        Entry("packed.svgz", "gzip", lambda: gzip.compress(STYLED.encode(), mtime=0), spots=blue, **drawn),
    ]


def _papers() -> list[Entry]:
    said = ("Invoice 1: 1,234.50 EUR", "发票号码 20261129", "Invoice 2")
    whole: dict[str, Any] = {"words": said, "pictures": 2, "spots": CORNER}
    locked: dict[str, Any] = {"user_pw": "sesame", "owner_pw": "owner"}
    second = ConvertOptions(pages=ranges_of("2"))
    return [
        Entry("plain.pdf", "MuPDF", marked, **whole),
        Entry("squeezed.pdf", "MuPDF", partial(marked, garbage=4, deflate=True, use_objstms=1), **whole),
        Entry("readable.pdf", "MuPDF", partial(marked, ascii=True, expand=255, pretty=True), **whole),
        Entry("second.pdf", "MuPDF", marked, words=("Invoice 2",), absent=("Invoice 1",), pictures=1, options=second,
              notes=("attached is page 2, as chosen",)),
        *(Entry(f"locked {kind}.pdf", "MuPDF", partial(marked, encryption=kind, **locked), **whole,
                options=ConvertOptions(password="sesame")) for kind in (2, 3, 4, 5)),
        Entry("owned.pdf", "MuPDF", partial(marked, encryption=5, owner_pw="owner"), **whole),
        Entry("turned 90.pdf", "MuPDF", partial(turned, 90), pictures=1, spots=((0.98, 0.02, RED),),
              words=("turned page",)),
        Entry("turned 180.pdf", "MuPDF", partial(turned, 180), pictures=1, spots=((0.98, 0.98, RED),)),
        Entry("turned 270.pdf", "MuPDF", partial(turned, 270), pictures=1, spots=((0.02, 0.98, RED),)),
        Entry("cropped.pdf", "MuPDF", cropped, pictures=1, spots=tuple((at, at, BLUE) for at in (0.05, 0.5, 0.95))),
        Entry("mixed.pdf", "MuPDF", mixed, pictures=3, words=("size 12", "size 24", "size 5 size 5")),
        Entry("form.pdf", "MuPDF", form, pictures=1, words=("Name:",)),
        Entry("attached.pdf", "MuPDF", attached, pictures=1, words=("see the attachment",), absent=("do not send",)),
        Entry("scan.pdf", "Pillow", scanned, pictures=1, spots=pictures.QUARTERS, within=28),
        Entry("scans.pdf", "Pillow", partial(scanned, 3), pictures=3, spots=pictures.QUARTERS, within=28),
        Entry("fax.pdf", "Pillow", black_and_white, pictures=1, spots=((0.25, 0.5, (0, 0, 0)), (0.75, 0.5, WHITE))),
        Entry("printed.pdf", "MuPDF", rubbish_before, **whole),
        Entry("long.pdf", "MuPDF", partial(sample_files.pdf, 30), pictures=20, words=("page 1.", "page 20."),
              notes=("has 30 pages; only the first 20",)),
    ]  # fmt: skip


def entries() -> list[Entry]:
    """All of them."""
    return [*_papers(), *_drawings()]
