"""Files packed by gzip, bzip2 or xz, such as old logs: what is inside, as if it had never been packed."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath
from typing import BinaryIO

from desktop_helper.attachments import _errors, _inside, _packed, _parts, archive
from desktop_helper.attachments._choose import all_handlers, choose
from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.documents import PageReading, PageText, Unit, of_file
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import MediaPart
from desktop_helper.core.protocols import AttachmentHandler, ConvertOptions

MAX_BYTES = 100_000_000
KINDS = ("text", "image", "svg", "csv", "html", "ipynb", "rtf", "eml", "pdf")  # what holds no more packed files
SUFFIXES = (".gz", ".bz2", ".xz")


def _matches(head: bytes, name: str) -> bool:
    return _packed.is_packed(head)


def _convert(data: bytes, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    if not data:
        raise _errors.empty(name)
    if not _packed.is_packed(data):
        raise _errors.unreadable(
            tr("{name} is not packed, as its name says.", name=name), tr("Check what kind of file it is.")
        )
    if _inside.is_packed_tar(data):
        return archive.HANDLER.convert(data, name, options)
    handler, content, inside = _content(data, name)
    parts = handler.convert(content, inside, options)
    digest = hashlib.sha256(data).hexdigest()  # of the file that there is: nobody has one of the content
    return tuple(of_file(part, digest) for part in parts)


def _page_texts(source: bytes | BinaryIO, name: str, wanted: PageReading) -> tuple[int, list[PageText]]:
    data = _parts.content(source, name)
    if _inside.is_packed_tar(data):
        return archive.page_texts(data, name, wanted)
    handler, content, inside = _content(data, name)
    if handler.page_texts is None or wanted.unit is Unit.PAGE:
        raise _errors.pageless(name)
    return handler.page_texts(content, inside, wanted)


def _content(data: bytes, name: str) -> tuple[AttachmentHandler, bytes, str]:
    """What reads the content, the content, and its name. Raises `HelperError(SOURCE)`."""
    content = _packed.unpacked(data, name, MAX_BYTES)
    if not content:
        raise _errors.empty(name)
    inside = PurePosixPath(name).stem if name.lower().endswith(SUFFIXES) else name
    handler = choose(all_handlers(), content, inside)
    if handler.name not in KINDS:
        raise _errors.unreadable(
            tr("What is packed in {name} is not read in there.", name=name), tr("Unpack it and attach what is inside.")
        )
    return handler, content, inside


HANDLER = AttachmentHandler(
    name="gzip",
    title=lambda: tr("compressed files (zip, tar, gz)"),
    suffixes=(*SUFFIXES, ".tgz", ".tbz", ".tbz2", ".txz"),
    matches=_matches,
    convert=_convert,
    availability=lambda: AVAILABLE,
    page_texts=_page_texts,
)
