"""Books in EPUB: the text and pictures of their chapters, in the order of reading."""

from __future__ import annotations

import posixpath
from functools import partial
from xml.etree.ElementTree import Element

from desktop_helper.attachments import _errors, _office
from desktop_helper.attachments._document import Document
from desktop_helper.attachments._xml import children, find
from desktop_helper.attachments._zip import Archive, resolved
from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import AttachmentHandler

MIME = b"application/epub+zip"


def _matches(head: bytes, name: str) -> bool:
    return _office.looks_like(head, name, MIME, (".epub",))


def read(archive: Archive, document: Document) -> None:
    """Tell `document` what the chapters say."""
    from desktop_helper.attachments._html import blocks

    if "META-INF/encryption.xml" in archive and "META-INF/rights.xml" in archive:
        raise _errors.unreadable(
            tr(
                "{name} is copy-protected and can only be read by the program that it was bought for.",
                name=document.name,
            ),
            tr("Take pictures of the pages that matter."),
        )
    root = find(archive.xml("META-INF/container.xml"), "rootfiles", "rootfile")
    path = "" if root is None else root.get("full-path", "")
    package = archive.xml(path)
    files = {one.get("id", ""): one.get("href", "") for one in children(find(package, "manifest"), "item")}
    _about(document, find(package, "metadata"))
    spine = [files.get(one.get("idref", ""), "") for one in children(find(package, "spine"), "itemref")]
    chapters = [member for href in spine if (member := resolved(posixpath.dirname(path), href)) in archive]
    for number, href in enumerate(spine, 1):
        if not href or resolved(posixpath.dirname(path), href) not in archive:
            document.omitted.unread(tr("chapter {number}", number=number))
    for number, chapter in enumerate(chapters, 1):
        if document.full:
            break
        message = tr(
            "Reading {name}, chapter {number} of {count}", name=document.name, number=number, count=len(chapters)
        )
        document.progress(message, (number - 1) / len(chapters))
        document.begin("")
        source = archive.read(chapter).decode("utf-8", errors="replace")
        folder = posixpath.dirname(chapter)
        blocks(
            source,
            document.text,
            lambda: document.full,
            partial(_picture, archive, folder),
            document.picture,
        )


def _picture(archive: Archive, folder: str, address: str) -> bytes | None:
    member = resolved(folder, address)
    return archive.read(member) if member in archive else None


def _about(document: Document, metadata: Element | None) -> None:
    known = [(one.text or "").strip() for tag in ("title", "creator") for one in children(metadata, tag)]
    document.text(" · ".join(filter(None, known)))


HANDLER = AttachmentHandler(
    name="epub",
    title=lambda: tr("e-books"),
    suffixes=(".epub",),
    matches=_matches,
    convert=_office.convert,
    availability=lambda: AVAILABLE,
    page_texts=_office.page_texts,
)
