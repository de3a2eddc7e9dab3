"""Drawings in SVG: what they look like, and their source if it is short."""

from __future__ import annotations

import gzip
import re
from importlib.util import find_spec
from io import BytesIO

from desktop_helper.attachments import _errors, image
from desktop_helper.attachments._encoding import decode
from desktop_helper.core import notes
from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.child import ChildDied, ChildProcess, ChildTimeout, child_argv
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.messages import FilePart, MediaPart
from desktop_helper.core.protocols import AttachmentHandler, ConvertOptions

GZIP = b"\x1f\x8b"
MAX_BYTES = 30_000_000
MAX_SOURCE = 20_000  # characters that go beside the picture
TIME_LIMIT_S = 20.0
MEMORY_LIMIT = 3 * 1024**3 // 2
PAINTER = "desktop_helper.qt.svg_side"
_HEAD = re.compile(
    rb"(\xef\xbb\xbf)?\s*(<\?xml[^>]*>|<!--.*?-->|<!DOCTYPE[^>\[]*(\[[^\]]*\])?\s*>|\s)*<(\w+:)?svg[\s>]", re.DOTALL
)


def _matches(head: bytes, name: str) -> bool:
    packed = head.startswith(GZIP) and name.lower().endswith(".svgz")
    return packed or _HEAD.match(head) is not None


def _convert(data: bytes, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    if not data:
        raise _errors.empty(name)
    from desktop_helper.attachments._svg_clean import cleaned  # brings HTTP and mail, which nobody else needs here
    from desktop_helper.attachments._xml import EntitiesDeclared

    source = _unpacked(data, name)
    try:
        drawing = cleaned(source)
    except EntitiesDeclared as error:
        raise _errors.unreadable(
            tr("{name} declares entities, which are not read: they may lead elsewhere or grow without end.", name=name),
            tr("Save it as plain SVG, or attach a picture of it."),
        ) from error
    except Exception as error:  # expat's, and ours for what is not safe
        raise _errors.damaged(name) from error
    text = decode(source, name)
    picture = _drawn(drawing, options.max_image_tokens)
    if picture is None:
        return _undrawn(name, source, text)
    parts = image.first(picture, name, options)
    if len(text) <= MAX_SOURCE:
        title = tr("{name}, source", name=name)
        return (*parts, FilePart(source, "text/plain", title, text))
    count = f"{len(text):,}"
    said = tr("{name} is drawn; its source of {count} characters is left out.", name=name, count=count)
    return notes.note(name, said), *parts


def _unpacked(data: bytes, name: str) -> bytes:
    if not data.startswith(GZIP):
        source = data
    else:
        try:
            with gzip.GzipFile(fileobj=BytesIO(data)) as file:
                source = file.read(MAX_BYTES + 1)
        except Exception as error:  # zlib's, gzip's
            raise _errors.damaged(name) from error
    if len(source) > MAX_BYTES:
        raise _errors.unreadable(
            tr("{name} unpacks to more than a document may hold.", name=name),
            tr("Attach a smaller one, or a picture of the part that matters."),
        )
    return source


def _drawn(drawing: bytes, max_tokens: int) -> bytes | None:
    """A PNG from the process that draws; None if there is none, or it cannot."""
    if find_spec("PySide6") is None:
        return None
    try:
        with ChildProcess(child_argv(PAINTER), memory_limit=MEMORY_LIMIT) as painter:
            painter.send({"type": "draw", "max_tokens": max_tokens}, drawing)
            frame = painter.receive(TIME_LIMIT_S)
            return frame.payloads[0] if frame.type == "done" and frame.payloads else None
    except (ChildDied, ChildTimeout, HelperError):
        return None


def _undrawn(name: str, source: bytes, text: str) -> tuple[MediaPart, ...]:
    """The source, or its beginning."""
    said = tr("{name} could not be drawn here; its source is attached instead.", name=name)
    if len(text) > MAX_SOURCE:
        text, limit = text[:MAX_SOURCE], f"{MAX_SOURCE:,}"
        said = sentences(
            said, tr("{name} is long; only its first {limit} characters are attached.", name=name, limit=limit)
        )
    return notes.note(name, said), FilePart(source, "text/plain", name, text)


HANDLER = AttachmentHandler(
    name="svg",
    title=lambda: tr("pictures"),
    suffixes=(".svg", ".svgz"),
    matches=_matches,
    convert=_convert,
    availability=lambda: AVAILABLE,
    priority=2,  # above pages in HTML, which may begin with a drawing as well
)
