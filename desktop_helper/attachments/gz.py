"""Files packed by gzip, such as old logs: what is inside, as if it had never been packed."""

from __future__ import annotations

import hashlib
import zlib
from pathlib import PurePosixPath
from typing import BinaryIO

from desktop_helper.attachments import _errors, _parts
from desktop_helper.attachments._choose import choose
from desktop_helper.core import registry
from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.documents import PageReading, PageText, Unit, of_file
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import MediaPart
from desktop_helper.core.protocols import AttachmentHandler, ConvertOptions

GZIP = b"\x1f\x8b\x08"
MAX_BYTES = 100_000_000
KINDS = ("text", "image", "svg", "csv", "html", "ipynb", "rtf", "eml", "pdf")  # what holds no more packed files
_ANY_HEADER = 31  # of zlib's window sizes: gzip, and nothing else


def _matches(head: bytes, name: str) -> bool:
    return head.startswith(GZIP)


def _convert(data: bytes, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    if not data:
        raise _errors.empty(name)
    if not data.startswith(GZIP):
        raise _errors.unreadable(
            tr("{name} is not packed by gzip, as its name says.", name=name), tr("Check what kind of file it is.")
        )
    handler, content, inside = _inside(data, name)
    parts = handler.convert(content, inside, options)
    digest = hashlib.sha256(data).hexdigest()  # of the file that there is: nobody has one of the content
    return tuple(of_file(part, digest) for part in parts)


def _page_texts(source: bytes | BinaryIO, name: str, wanted: PageReading) -> tuple[int, list[PageText]]:
    handler, content, inside = _inside(_parts.content(source, name), name)
    if handler.page_texts is None or wanted.unit is Unit.PAGE:
        raise _errors.pageless(name)
    return handler.page_texts(content, inside, wanted)


def _inside(data: bytes, name: str) -> tuple[AttachmentHandler, bytes, str]:
    """What reads the content, the content, and its name. Raises `HelperError(SOURCE)`."""
    content = _unpacked(data, name)
    if not content:
        raise _errors.empty(name)
    inside = PurePosixPath(name).stem if name.lower().endswith(".gz") else name
    handler = choose(list(registry.discover("desktop_helper.attachments", "HANDLER")), content, inside)
    if handler.name not in KINDS:
        raise _errors.unreadable(
            tr("What is packed in {name} is not read in there.", name=name), tr("Unpack it and attach what is inside.")
        )
    return handler, content, inside


def _unpacked(data: bytes, name: str) -> bytes:
    """All members of it, one after the other; what follows them is nobody's."""
    pieces: list[bytes] = []
    room = MAX_BYTES
    while data.startswith(GZIP):
        member = zlib.decompressobj(_ANY_HEADER)
        try:
            pieces.append(member.decompress(data, room + 1))
        except zlib.error as error:
            raise _errors.damaged(name) from error
        room -= len(pieces[-1])
        if room < 0:
            raise _errors.unreadable(
                tr("{name} unpacks to more than a document may hold.", name=name),
                tr("Attach a smaller one, or a picture of the part that matters."),
            )
        if not member.eof:
            raise _errors.damaged(name)
        data = member.unused_data
    return b"".join(pieces)


HANDLER = AttachmentHandler(
    name="gzip",
    title=lambda: tr("compressed files (zip, gz)"),
    suffixes=(".gz",),
    matches=_matches,
    convert=_convert,
    availability=lambda: AVAILABLE,
    page_texts=_page_texts,
)
