"""Mails: who wrote what to whom and when, the text, the pictures, and the names of what is attached."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from desktop_helper.attachments import _errors, _office, _parts
from desktop_helper.attachments._document import Document
from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import MediaPart
from desktop_helper.core.protocols import AttachmentHandler, ConvertOptions

if TYPE_CHECKING:
    from email.message import EmailMessage

SHOWN_HEADERS = ("From", "To", "Cc", "Date", "Subject")
MAX_ATTACHMENTS = 200
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
    return _tell(data, name, Document(name, options, source=data))


def _tell(data: bytes, name: str, document: Document) -> tuple[MediaPart, ...]:
    return _office.guarded(name, lambda: _read(data, document))


def _read(data: bytes, document: Document) -> tuple[MediaPart, ...]:
    from email import message_from_bytes, policy
    from email.message import EmailMessage

    mail = message_from_bytes(data, _class=EmailMessage, policy=policy.default)
    lines = [f"{key}: {' '.join(str(mail[key]).split())}" for key in SHOWN_HEADERS if mail[key]]
    if not lines:
        raise _errors.unreadable(tr("{name} is not a mail.", name=document.name), tr("Check what kind of file it is."))
    document.text("\n".join(lines))
    _body(mail, document)
    _attached(mail, document)
    return document.parts()


def _body(mail: EmailMessage, document: Document) -> None:
    from desktop_helper.attachments._html import blocks

    body = mail.get_body(("plain", "html"))
    if body is None:
        return
    text = str(body.get_content())
    if body.get_content_subtype() == "html":
        blocks(text, document.text, lambda: document.full)
    else:
        document.text(text.replace("\r\n", "\n"))


def _attached(mail: EmailMessage, document: Document) -> None:
    """Pictures are shown. Whatever else there is, is named: it may be dropped here by itself."""
    names = []
    for part in mail.walk():
        title = " ".join((part.get_filename() or "").split())
        if part.get_content_maintype() == "image":
            content = part.get_payload(decode=True)
            document.picture(content if isinstance(content, bytes) else b"", title)
        elif title or part.get_content_disposition() == "attachment":
            size = len(part.get_payload(decode=True) or b"") if not part.is_multipart() else 0
            names.append(f"- {title or part.get_content_type()} ({part.get_content_type()}, {size:,} B)")
    if names:
        document.text(tr("Attached to this mail:"))
        document.text("\n".join(names[:MAX_ATTACHMENTS]))
        document.note(
            tr("Files attached to the mail {name} are only named: {count}.", count=len(names), name=document.name)
        )


HANDLER = AttachmentHandler(
    name="eml",
    title=lambda: tr("e-mails"),
    suffixes=(".eml",),
    matches=_matches,
    convert=_convert,
    availability=lambda: AVAILABLE,
    page_texts=_parts.texts(_tell),
)
