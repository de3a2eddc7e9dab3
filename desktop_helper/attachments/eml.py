"""Mails: who wrote what to whom and when, the text and its pictures, and what is attached, as files of an archive."""

from __future__ import annotations

import re
from typing import BinaryIO

from desktop_helper.attachments import _errors, _inside, _mail, _parts, archive
from desktop_helper.attachments._document import Document
from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.documents import PageReading, PageText
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import MediaPart
from desktop_helper.core.protocols import AttachmentHandler, ConvertOptions

_HEADER = re.compile(
    rb"(?:From|To|Subject|Date|Received|Return-Path|Delivered-To|Message-ID|MIME-Version|Content-Type|X-[\w-]+|DKIM-Signature)"
    rb":[^\n]*\n(?:[ \t][^\n]*\n)*",
    re.IGNORECASE,
)


def _matches(head: bytes, name: str) -> bool:
    """A name is enough for text; else a file must begin with two headers, and be sent by someone."""
    if name.lower().endswith(".eml"):
        return bool(head) and b"\0" not in head
    first = _HEADER.match(head)
    return bool(first and _HEADER.match(head, first.end()) and re.search(rb"(?im)^from:.*@", head))


def _convert(data: bytes, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    if not data:
        raise _errors.empty(name)
    inside = _inside.opened(data, name)
    if inside.members:
        return archive.parts(inside, options)
    document = Document(name, options, source=data)
    _errors.guarded(name, lambda: _mail.tell(data, document))
    return document.parts()


def _page_texts(source: bytes | BinaryIO, name: str, wanted: PageReading) -> tuple[int, list[PageText]]:
    data = _parts.content(source, name)
    inside = _inside.opened(data, name)
    return archive.part_texts(inside, wanted) if inside.members else _mail.texts(data, name, wanted)


HANDLER = AttachmentHandler(
    name="eml",
    title=lambda: tr("e-mails"),
    suffixes=(".eml",),
    matches=_matches,
    convert=_convert,
    availability=lambda: AVAILABLE,
    page_texts=_page_texts,
)
