"""What multiplies itself, fetches, starts programs, asks for a password, or is called what it is not."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Callable
from functools import partial

from tests.support import office_files, page_files, sample_files
from tests.support.hostile.bombs import starts_programs
from tests.support.hostile.case import Case

DAMAGED = "is damaged and cannot be read to its end"
PROTECTED = "is protected with a password"
MAIN: dict[str, tuple[Callable[[], bytes], str]] = {
    "a.docx": (office_files.docx, "word/document.xml"),
    "a.xlsx": (office_files.xlsx, "xl/workbook.xml"),
    "a.pptx": (office_files.pptx, "ppt/presentation.xml"),
    "a.odt": (page_files.odt, "content.xml"),
    "a.epub": (page_files.epub, "OPS/book.opf"),
}
LAUGHS = '<!DOCTYPE a [<!ENTITY b0 "ha">{}]><svg xmlns="http://www.w3.org/2000/svg"><text>&b20;</text></svg>'.format(
    "".join(f'<!ENTITY b{at} "{f"&b{at - 1};" * 10}">' for at in range(1, 21))
).encode()
QUADRATIC = (b'<!DOCTYPE a [<!ENTITY b "' + b"x" * 100_000 + b'">]><svg xmlns="http://www.w3.org/2000/svg"><text>'
             + b"&b;" * 50_000 + b"</text></svg>")  # fmt: skip
PARAMETER = (b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>'
             b'<svg xmlns="http://www.w3.org/2000/svg"><text>x</text></svg>')  # fmt: skip
FETCHES = (
    b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b'<svg xmlns="http://www.w3.org/2000/svg"><text>&x;</text></svg>'
)


def entities() -> list[Case]:
    """In every kind of XML."""
    kinds = (("billion laughs", LAUGHS), ("quadratic laughs", QUADRATIC), ("a DTD elsewhere", PARAMETER),
             ("a file of this machine", FETCHES))  # fmt: skip
    inside = [
        Case(f"{title} in {name}", partial(_replaced, name, content), name, refused=DAMAGED)
        for title, content in kinds
        for name in MAIN
    ]
    return inside + [Case(f"{title} in a.svg", lambda content=content: content, "a.svg") for title, content in kinds]  # type: ignore[misc]


def _replaced(name: str, content: bytes) -> bytes:
    make, member = MAIN[name]
    return office_files.replaced(make(), member, content)


def macros() -> list[Case]:
    """Programs in documents: nothing of them runs, nothing of them is sent."""
    code = b'Sub AutoOpen()\nShell "cmd"\nEnd Sub'
    script = b'<html><body onload="x()"><script>steal()</script><p>harmless</p></body></html>'
    drawing = (b'<svg xmlns="http://www.w3.org/2000/svg" width="60" height="60"><script>steal()</script>'
               b'<image href="file:///etc/passwd"/><rect width="60" height="60"/></svg>')  # fmt: skip
    return [
        Case("macros of Word", lambda: office_files.replaced(office_files.docx(), "word/vbaProject.bin", code),
             "a.docm", absent="AutoOpen", words="marmalade"),
        Case("macros of Excel", lambda: office_files.replaced(office_files.xlsx(), "xl/vbaProject.bin", code),
             "a.xlsm", absent="AutoOpen", words="item 1"),
        Case("macros of PowerPoint", lambda: office_files.replaced(office_files.pptx(), "ppt/vbaProject.bin", code),
             "a.pptm", absent="AutoOpen", words="Zebra"),
        Case("macros of OpenDocument", lambda: office_files.replaced(page_files.odt(), "Basic/Module1.xml", code),
             "a.odt", words="On bees"),
        Case("a page with scripts", lambda: script, "a.html", words="harmless", absent="steal()"),
        Case("a drawing with scripts", lambda: drawing, "a.svg"),
        Case("a PDF that starts programs", starts_programs, "a.pdf", words="harmless words"),
        Case("a link to another document", lambda: office_files.replaced(office_files.docx(),
             "word/_rels/settings.xml.rels", b'<Relationships><Relationship Id="r1" TargetMode="External" '
             b'Type="x/attachedTemplate" Target="http://127.0.0.1:9/evil.dotm"/></Relationships>'), "a.docx",
             words="marmalade"),
    ]  # fmt: skip


def passwords() -> list[Case]:
    """Files that nobody opens without one."""
    return [
        Case("a PDF", lambda: sample_files.pdf(1, password="sesame"), "a.pdf", refused=PROTECTED),
        Case("a document", lambda: office_files.ole2("EncryptedPackage"), "a.docx", refused=PROTECTED),
        Case("a workbook", lambda: office_files.ole2("EncryptedPackage"), "a.xlsx", refused=PROTECTED),
        Case("a presentation", lambda: office_files.ole2("EncryptedPackage"), "a.pptx", refused=PROTECTED),
        Case("members of a document", lambda: encrypted(office_files.docx()), "a.docx", refused=PROTECTED),
        Case("an OpenDocument file", lambda: office_files.replaced(page_files.odt(), "META-INF/manifest.xml",
             b"<m><encryption-data/></m>"), "a.odt", refused=PROTECTED),
        Case("a zip", lambda: encrypted(office_files.zipped({"a.txt": b"words", "b.txt": b"words"})), "a.zip",
             refused=PROTECTED),
        Case("an old document", lambda: office_files.ole2("WordDocument"), "a.doc"),
        Case("an unknown old file", lambda: office_files.ole2("Quill96"), "a.doc", refused="old format"),
    ]  # fmt: skip


def encrypted(data: bytes) -> bytes:
    """A zip whose members say that they are."""
    changed = bytearray(data)
    at = changed.find(b"PK\x01\x02")
    while at >= 0:
        changed[at + 8] |= 1
        at = changed.find(b"PK\x01\x02", at + 4)
    return bytes(changed)


def lies() -> list[Case]:
    """Numbers in heads that lead nowhere."""
    png = sample_files.picture()
    end = struct.pack(">I", 0xFFFFFFFF)
    text = sample_files.png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(64_000_000), 9))
    profile = sample_files.png_chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(64_000_000), 9))
    return [
        Case("a chunk of 4 GB in a PNG", lambda: png[:33] + end + png[37:], "a.png"),
        Case("a comment of 64 MB in a PNG", lambda: png[:33] + text + png[33:], "a.png"),
        Case("a profile of 64 MB in a PNG", lambda: png[:33] + profile + png[33:], "a.png"),
        Case("a WAVE file of no length", lambda: b"RIFF\xff\xff\xff\xffWAVEfmt \xff\xff\xff\xff", "a.wav"),
        Case("a Matroska file of no length", lambda: b"\x1a\x45\xdf\xa3" + b"\x01" + b"\xff" * 7 + b"x" * 99, "a.mkv"),
        Case("an MP4 box of no length", lambda: b"\0\0\0\x18ftypisom\0\0\0\0isomiso2" + end + b"moov", "a.mp4"),
        Case("a mail with a thousand headers", lambda: b"From: a@b\n" + b"X-A: b\n" * 100_000 + b"\nhi", "a.eml"),
        Case("a picture in a mail that is none", lambda: b"From: a@b\nSubject: x\nContent-Type: image/png\n"
             b"Content-Transfer-Encoding: base64\n\n" + base64.b64encode(b"nothing"), "a.eml"),
        Case("a heading of level four billion", lambda: b'{"nbformat": 3, "worksheets": [{"cells": [{"cell_type": '
             b'"heading", "level": 4294967296, "source": "deep"}]}]}', "a.ipynb", words="###### deep"),
        Case("words only in the name", lambda: b"just words", "a.png", refused="is not a picture"),
        Case("half a character", lambda: "报告".encode("gbk")[:-1] + b"\n" * 70, "a.txt"),
    ]  # fmt: skip
