"""What tools brought for an answer: pictures of pages, and what pages or parts say, as parts like those of a question.

Tools put a heading before the text of each page (`page_heading`) and of each part (`part_heading`), so that the model
knows how to name it, and so that what is stored of a tool tells by itself what it brought.
"""

from __future__ import annotations

import re

from desktop_helper.core.document_places import page_of
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import FilePart, MediaPart, Message, Role

_HEADING = re.compile(r"(?:\A|(?<=\n\n))\[(?P<name>[^\n]+, page [0-9]{1,7} of [0-9]{1,7})\]$", re.MULTILINE)

_PART = re.compile(
    r"(?:\A|(?<=\n\n))\[(?P<name>[^\n]+?), part (?P<number>[0-9]{1,7}) of (?P<count>[0-9]{1,7})"
    r"(?:: (?P<label>[^\n]*))?\]$",
    re.MULTILINE,
)


def page_heading(document: str, page: int, count: int) -> str:
    """What stands above the text of a page in what a tool gives back."""
    return f"[{document}, page {page} of {count}]"


def part_heading(document: str, part: int, count: int, label: str = "") -> str:
    """The same for a part of a document without pages. A `label` says which lines or cells follow: all of the part."""
    return f"[{document}, part {part} of {count}: {label}]" if label else f"[{document}, part {part} of {count}]"


def brought(result: Message) -> tuple[MediaPart, ...]:
    """Pages and parts in what a tool gave back: pictures, and a text as it goes with a question. Nothing of others."""
    if result.role is not Role.TOOL:
        return ()
    return (*result.media, *(_text_of_pages(result.text) or _text_of_parts(result.text)))


def _text_of_pages(text: str) -> tuple[FilePart, ...]:
    """All of one document: what a page says may look like a heading, but hardly like one of the same document."""
    heads = [(found, page) for found in _HEADING.finditer(text) if (page := page_of(found["name"])) is not None]
    heads = [(found, page) for found, page in heads if page[::2] == heads[0][1][::2]]
    if not heads:
        return ()
    name = heads[0][1][0]
    ends = [*(found.start() for found, _page in heads[1:]), len(text)]
    pieces = []
    for (found, (_name, number, count)), end in zip(heads, ends, strict=True):
        heading = tr("page {page} of {count}", page=number, count=count)
        pieces.append(f"[{heading}]\n{text[found.end() : end].strip()}")
    pages = "\n\n".join(pieces)
    return (FilePart(pages.encode(), "text/plain", tr("{name}, text of the pages", name=name), pages),)


def _text_of_parts(text: str) -> tuple[FilePart, ...]:
    """The same for parts."""
    heads = list(_PART.finditer(text))
    heads = [found for found in heads if found.group("name", "count") == heads[0].group("name", "count")]
    if not heads:
        return ()
    ends = [*(found.start() for found in heads[1:]), len(text)]
    pieces = []
    for found, end in zip(heads, ends, strict=True):
        heading = tr("part {part} of {count}", part=int(found["number"]), count=int(found["count"]))
        heading = f"{heading}: {found['label']}" if found["label"] else heading
        pieces.append(f"[{heading}]\n{text[found.end() : end].strip()}")
    parts, name = "\n\n".join(pieces), heads[0]["name"]
    return (FilePart(parts.encode(), "text/plain", tr("{name}, parts of the text", name=name), parts),)
