"""Small files of every kind, sound and hostile, made in memory."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from PIL import Image

PDF_HEAD = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R>>endobj\n"
)


def picture(width: int = 64, height: int = 48, kind: str = "PNG", mode: str = "RGB", **options: object) -> bytes:
    """A picture with something in it."""
    image = Image.linear_gradient("L").resize((width, height)).convert(mode)
    return encoded(image, kind, **options)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    """`image` as a file."""
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def decoded(data: bytes) -> Image.Image:
    """The picture in `data`, with its pixels."""
    image = Image.open(BytesIO(data))
    image.load()
    return image


def png_chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk with its checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def huge_png(side: int = 60_000) -> bytes:
    """A sound PNG of `side` x `side` black pixels: 450 MB of zeros in 440 kB."""
    squeeze = zlib.compressobj(9)
    missing = (side // 8 + 1) * side
    pieces = []
    while missing:
        size = min(missing, 1 << 20)
        pieces.append(squeeze.compress(bytes(size)))
        missing -= size
    pixels = b"".join([*pieces, squeeze.flush()])
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", pixels) + png_chunk(b"IEND", b"")


def pdf(pages: int = 1, width: float = 595, height: float = 842, password: str = "") -> bytes:
    """A PDF with a line of text on each page."""
    import pymupdf

    with pymupdf.open() as document:
        for number in range(1, pages + 1):
            document.new_page(width=width, height=height).insert_text((72, 72), f"This is page {number}.")
        if not password:
            return bytes(document.tobytes())
        return bytes(document.tobytes(encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw=password, owner_pw=password))


def endless_pdf(megabytes: int) -> bytes:
    """A page whose content inflates to `megabytes`."""
    squeeze = zlib.compressobj(9)
    block = b"0 0 m " * 175_000
    content = b"".join([squeeze.compress(block) for _ in range(megabytes)] + [squeeze.flush()])
    head = b"4 0 obj<</Length %d/Filter/FlateDecode>>stream\n" % len(content)
    return PDF_HEAD + head + content + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n"
