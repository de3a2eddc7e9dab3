"""Web pages: their text with headings, lists, tables and links; nothing is loaded and no script is run."""

from __future__ import annotations

import base64
import contextlib
from urllib.parse import unquote

from desktop_helper.attachments import _errors, _office, _parts
from desktop_helper.attachments._document import Document
from desktop_helper.attachments._encoding import decode, is_text
from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import MediaPart
from desktop_helper.core.protocols import AttachmentHandler, ConvertOptions

SUFFIXES = (".html", ".htm", ".xhtml")
STARTS = ("<!doctype html", "<html")
MAX_BYTES = 20_000_000


def _matches(head: bytes, name: str) -> bool:
    if not is_text(head):
        return False
    begin = head[:1024].replace(b"\0", b"").decode("latin-1").lstrip("ï»¿þÿ \t\r\n").lower()
    if begin.startswith("<?xml"):
        begin = begin.partition("?>")[2].lstrip()
    return name.lower().endswith(SUFFIXES) or begin.startswith(STARTS)


def _convert(data: bytes, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    if not data:
        raise _errors.empty(name)
    return _tell(data, name, Document(name, options, source=data))


def _tell(data: bytes, name: str, document: Document) -> tuple[MediaPart, ...]:
    if len(data) > MAX_BYTES:
        raise _errors.unreadable(
            tr("{name} is larger than {limit} MB.", name=name, limit=MAX_BYTES // 1_000_000),
            tr("Attach only the part of it that matters."),
        )
    source = decode(data, name)
    return _office.guarded(name, lambda: _read(source, document))


def _read(source: str, document: Document) -> tuple[MediaPart, ...]:
    from desktop_helper.attachments._html import blocks

    blocks(source, document.text, lambda: document.full, _picture, document.picture)
    return document.parts()


def _picture(address: str) -> bytes | None:
    """One that the page brings along; the others are elsewhere."""
    head, _, content = address.partition(",")
    if not head.lower().startswith("data:image/") or not head.lower().endswith(";base64"):
        return None
    with contextlib.suppress(ValueError):
        return base64.b64decode(unquote(content))
    return None


HANDLER = AttachmentHandler(
    name="html",
    title=lambda: tr("web pages"),
    suffixes=SUFFIXES,
    matches=_matches,
    convert=_convert,
    availability=lambda: AVAILABLE,
    page_texts=_parts.texts(_tell),
)
