"""Text files of any encoding, source code included."""

from __future__ import annotations

import mimetypes

from desktop_helper.attachments import _errors
from desktop_helper.attachments._encoding import MAX_BYTES, MAX_CHARACTERS, decode, is_text
from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import FilePart, MediaPart
from desktop_helper.core.protocols import AttachmentHandler, ConvertOptions


def _matches(head: bytes, name: str) -> bool:
    return is_text(head)


def _convert(data: bytes, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    if not data:
        raise _errors.empty(name)
    text = decode(data[: MAX_BYTES + 4], name)  # enough to see that it is too long, whatever the encoding
    if len(data) > MAX_BYTES or len(text) > MAX_CHARACTERS:
        raise _errors.unreadable(
            tr(
                "{name} is too long: a text may have at most {limit} characters.",
                name=name,
                limit=f"{MAX_CHARACTERS:,}",
            ),
            tr("Attach only the part of it that matters."),
        )
    mime = mimetypes.guess_type(name)[0] or "text/plain"
    return (FilePart(data, mime if mime.startswith("text/") else "text/plain", name, text),)


HANDLER = AttachmentHandler(
    name="text",
    title=lambda: tr("text and code"),
    suffixes=(".txt", ".md", ".json", ".xml", ".yaml", ".toml", ".ini", ".log", ".py"),
    matches=_matches,
    convert=_convert,
    availability=lambda: AVAILABLE,
    priority=-100,
)
