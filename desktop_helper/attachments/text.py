"""Text files of any encoding, source code included."""

from __future__ import annotations

import mimetypes
from pathlib import PurePath
from typing import BinaryIO

from desktop_helper.attachments import _errors, _parts
from desktop_helper.attachments._document import all_of_it, parts_to_choose
from desktop_helper.attachments._encoding import MAX_CHARACTERS, decode, is_text
from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.documents import PageReading, PageText, note
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.messages import FilePart, MediaPart
from desktop_helper.core.protocols import AttachmentHandler, ConvertOptions
from desktop_helper.core.text_tokens import text_tokens

BYTES_OF_A_CHARACTER = 4  # in no encoding that we read more
MARKED = (".md", ".markdown", ".rmd", ".qmd")


def _matches(head: bytes, name: str) -> bool:
    return is_text(head)


def _convert(data: bytes, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    if not data:
        raise _errors.empty(name)
    mime = mimetypes.guess_type(name)[0] or "text/plain"
    mime = mime if mime.startswith("text/") else "text/plain"
    text = _decoded(data, name)
    if len(text) > MAX_CHARACTERS:
        return _beginning(text, data, name, mime, options)
    whole = FilePart(data, mime, name, text)
    found = None if options.as_pictures else parts_to_choose(name, data, text_tokens(text), options, complete=True)
    return (whole,) if found is None else (all_of_it(found), whole)


def _beginning(text: str, data: bytes, name: str, mime: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    """Of a text that no model reads as a whole. The rest is looked through when a question is asked."""
    if options.as_pictures:
        raise _errors.unreadable(
            tr("{name} is too long: a model reads at most {limit} characters.", name=name, limit=f"{MAX_CHARACTERS:,}"),
            tr("Attach only the part of it that matters."),
        )
    begin = text[: text.rfind("\n", MAX_CHARACTERS // 2, MAX_CHARACTERS) + 1 or MAX_CHARACTERS]
    found = parts_to_choose(name, data, text_tokens(begin), options, complete=False)
    said = tr("{name} is long; only its first {limit} characters are attached.", name=name, limit=f"{len(begin):,}")
    if len(text) >= _parts.MAX_CHARACTERS:
        limit = f"{_parts.MAX_CHARACTERS:,}"
        said = sentences(said, tr("What comes after the first {limit} characters is not searched.", limit=limit))
    title = tr("{name}, what was left out", name=name)
    first = FilePart(begin.encode(errors="replace"), mime, name, begin)
    return (note(title, said, found), first) if found is not None else (first,)


def _decoded(data: bytes, name: str) -> str:
    """As much of it as is ever looked at."""
    return decode(data[: BYTES_OF_A_CHARACTER * _parts.MAX_CHARACTERS], name)[: _parts.MAX_CHARACTERS]


def _page_texts(source: bytes | BinaryIO, name: str, wanted: PageReading) -> tuple[int, list[PageText]]:
    text = _decoded(_parts.content(source, name), name)
    marked = PurePath(name).suffix.lower() in MARKED
    return _parts.from_page(_parts.of_lines(text, marked=marked), wanted)


HANDLER = AttachmentHandler(
    name="text",
    title=lambda: tr("text and code"),
    suffixes=(".txt", ".md", ".json", ".xml", ".yaml", ".toml", ".ini", ".log", ".py"),
    matches=_matches,
    convert=_convert,
    availability=lambda: AVAILABLE,
    priority=-100,
    page_texts=_page_texts,
)
