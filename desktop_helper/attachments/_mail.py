"""Mails that nobody has checked: what one says itself, and the files that are attached to it."""

from __future__ import annotations

import contextlib
import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from desktop_helper.attachments import _encoding, _errors, _parts
from desktop_helper.attachments._document import Document
from desktop_helper.attachments._members import Found, Member, shown
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr

if TYPE_CHECKING:
    from email.message import EmailMessage, Message

SHOWN_HEADERS = ("From", "To", "Cc", "Date", "Subject")
MAX_NAMED = 200  # attached files
_SAME_AGAIN = ("multipart/alternative", "multipart/related")  # what belongs to the text or says it in another form
_CONTENT_ID = re.compile(rb"cid:([^\"'\s>)]+)")
# Programs name an encoding and write a larger one, in which all of the smaller one means the same.
_LARGER = {
    **dict.fromkeys(("gb2312", "gb_2312-80", "gbk", "x-gbk"), "gb18030"),
    **dict.fromkeys(("shift_jis", "shift-jis", "x-sjis"), "cp932"),
    **dict.fromkeys(("ks_c_5601-1987", "euc-kr"), "cp949"),
    **dict.fromkeys(("iso-8859-1", "latin1"), "cp1252"),
    "big5": "big5hkscs",
}
_OF_ASCII = ("", "ascii", "us-ascii")  # also said of what is none
_SMALL_CHINESE = re.compile(rb"=\?gb(?:2312|k)(\?[bq]\?[^?\s]*\?=)", re.IGNORECASE)  # words of headers


def found(data: bytes, name: str) -> Found:
    """The files that are attached. Raises `HelperError` or whatever a broken mail makes of itself."""
    return Found([_member(part, path) for part, path in _sorted(parsed(data)).attached])


def tell(data: bytes, document: Document) -> int:
    """What the mail says: who wrote to whom, the text, the pictures in it, and what is attached, which is counted."""
    mail = parsed(data)
    lines = [f"{key}: {' '.join(str(mail[key]).split())}" for key in SHOWN_HEADERS if mail[key]]
    if not lines:
        raise _errors.unreadable(tr("{name} is not a mail.", name=document.name), tr("Check what kind of file it is."))
    document.text("\n".join(lines))
    if _breaks_off(mail):
        document.note(tr("{name} breaks off before its end: some of it may be missing.", name=document.name))
    parts = _sorted(mail)
    for part in parts.texts:
        _tell_text(part, document)
    for part in parts.pictures:
        document.picture(_content(part), _title(part))
    if parts.attached:
        document.text(tr("Attached to this mail:"))
        named = (
            f"- {path} ({part.get_content_type()}, {len(_content(part)):,} B)"
            for part, path in parts.attached[:MAX_NAMED]
        )
        document.text("\n".join(named))
    return len(parts.attached)


texts = _parts.texts(lambda data, name, document: _errors.guarded(name, lambda: tell(data, document)))


def parsed(data: bytes) -> EmailMessage:
    """The mail."""
    from email import message_from_bytes, policy
    from email.message import EmailMessage

    return message_from_bytes(_SMALL_CHINESE.sub(rb"=?gb18030\1", data), _class=EmailMessage, policy=policy.default)


def _breaks_off(mail: EmailMessage) -> bool:
    """Whether one of its parts has no end."""
    from email.errors import CloseBoundaryNotFoundDefect, StartBoundaryNotFoundDefect

    ends = CloseBoundaryNotFoundDefect, StartBoundaryNotFoundDefect
    waiting: list[Message] = [mail]
    while waiting:
        part = waiting.pop()
        if any(isinstance(defect, ends) for defect in part.defects):
            return True
        waiting += _inner(part) if part.get_content_maintype() == "multipart" else []
    return False


@dataclass(slots=True)
class _Sorted:
    texts: list[Message] = field(default_factory=list)
    pictures: list[Message] = field(default_factory=list)  # that its text shows
    attached: list[tuple[Message, str]] = field(default_factory=list)  # with paths, each once


def _sorted(mail: EmailMessage) -> _Sorted:
    """What each part of it is for."""
    body = mail.get_body(("plain", "html"))
    leaves = list(_leaves(mail))
    pages = (_content(part) for part, kind, _within in leaves if kind == "text/html")
    inside = {number for page in pages for number in _CONTENT_ID.findall(page)}
    made = _Sorted([body] if body is not None else [])
    taken: set[str] = set()
    for part, kind, within in leaves:
        if part is body:
            continue
        title = _title(part)
        named = bool(title) or part.get_content_disposition() == "attachment"
        if kind.startswith("image/") and (not named or _content_id(part) in inside):
            made.pictures.append(part)
        elif named or not kind.startswith("text/"):
            made.attached.append((part, _path(part, title, taken)))
        elif within not in _SAME_AGAIN:  # some programs go on behind what is attached
            made.texts.append(part)
    return made


def _leaves(mail: Message) -> Iterator[tuple[Message, str, str]]:
    """Its parts in their order, with their kinds, and what kind of a whole they are in. A mail in it is one part."""
    waiting = [(mail, "")]
    while waiting:
        part, within = waiting.pop()
        kind = part.get_content_type()
        if kind.startswith("multipart/") and (inner := _inner(part)):
            waiting += [(one, kind) for one in reversed(inner)]
        else:
            yield part, kind, within


def _inner(part: Message) -> list[Message]:
    """The parts that it consists of, if it does."""
    from email.message import Message

    inner = part.get_payload() if part.is_multipart() else []  # texts would be decoded, whatever they claim to be
    return [one for one in inner if isinstance(one, Message)] if isinstance(inner, list) else []


def _tell_text(part: Message, document: Document) -> None:
    from desktop_helper.attachments._html import blocks

    text = _decoded(_content(part), part.get_content_charset(""), document.name)
    if part.get_content_subtype() == "html":
        blocks(text, document.text, lambda: document.full)
    else:
        document.text(text.replace("\r\n", "\n"))


def _decoded(data: bytes, charset: str, name: str) -> str:
    """In the encoding that it is said to have; in the likeliest one, if nobody knows that or it cannot be true."""
    if charset not in _OF_ASCII:
        with contextlib.suppress(LookupError, ValueError):
            return data.decode(_LARGER.get(charset, charset), errors="replace")
    try:
        return _encoding.decode(data, name)
    except HelperError:  # e.g. with a zero byte in it
        return data.decode(errors="replace")


def _content(part: Message) -> bytes:
    """Its bytes; of mails in it, which are no bytes yet, how they would be sent."""
    if inner := _inner(part):
        return b"\n".join(one.as_bytes() for one in inner)
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _title(part: Message) -> str:
    return " ".join((part.get_filename() or "").split())


def _content_id(part: Message) -> bytes:
    return str(part.get("Content-ID", "")).strip("<> ").encode(errors="replace")


def _path(part: Message, title: str, taken: set[str]) -> str:
    """A name that no other file of the mail has."""
    name = PurePosixPath(title.replace("\\", "/")).name or _made_up(part)
    stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix
    path, number = shown(name), 1
    while path in taken:
        number += 1
        path = shown(f"{stem} ({number}){suffix}")
    taken.add(path)
    return path


def _made_up(part: Message) -> str:
    """For one that has no name."""
    if part.get_content_type() == "message/rfc822" and (inner := _inner(part)):
        subject = " ".join(str(inner[0]["Subject"] or "").split()).replace("/", "_")
        return f"{subject or 'mail'}.eml"
    return f"file{mimetypes.guess_extension(part.get_content_type()) or ''}"


def _member(part: Message, path: str) -> Member:
    return Member(path, len(_content(part)), lambda most: _content(part)[:most])
