"""What tools have in common: models write arguments in many ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from desktop_helper.core.box_notation import BoxNotation, Size, TooSmallError
from desktop_helper.core.brought import page_heading, part_heading
from desktop_helper.core.documents import ChosenBy, Reference, Unit
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.image_parts import Area
from desktop_helper.core.pages import chosen, ranges_of
from desktop_helper.core.tools import Subject


def of_unit(subject: Subject, unit: Unit) -> tuple[Reference, ...]:
    """The documents that have pages, or those that have parts."""
    return tuple(found for found in subject.documents if found.unit is unit)


def described(documents: Sequence[Reference]) -> str:
    """The documents, for a tool's description."""
    return ", ".join(f"“{_one_line(found.name)}”{_size(found)}" for found in documents)


def document_parameter(documents: Sequence[Reference]) -> dict[str, object]:
    """The parameter that says which document; none if there is only one."""
    if len(documents) < 2:
        return {}
    names = [_one_line(found.name) for found in documents]
    return {"document": {"type": "string", "enum": names, "description": "Which document."}}


def document_of(documents: Sequence[Reference], arguments: Mapping[str, Any]) -> Reference:
    """The document that is meant. Raises `HelperError`."""
    name = str(arguments.get("document", "")).strip()
    found = [one for one in documents if not name or _one_line(one.name) == name]
    if len(found) != 1 and (name or len(documents) != 1):
        raise wrong(f"Say which document: {described(documents)}.")
    return found[0]


def pages_of(document: Reference, wanted: object) -> list[int]:
    """Page numbers, however they are written: `3-7, 9`, 3, [3, 4]. Raises `HelperError`."""
    if isinstance(wanted, list | tuple):
        wanted = ",".join(map(str, wanted))
    try:
        found = chosen(ranges_of(str(wanted)), document.pages)
    except ValueError:
        raise wrong('Write pages like "3-7, 9".') from None
    if not found:
        raise wrong(f"The document has the pages 1 to {document.pages}.")
    return found


def told_of(document: Reference, page: int, text: str) -> str:
    """What a page says, with a heading by which it is known again."""
    return f"{page_heading(_one_line(document.name), page, document.pages)}\n{text}"


def told_of_part(document: Reference, part: int, count: int, name: str, text: str) -> str:
    """What a part says, in the same way."""
    return f"{part_heading(_one_line(document.name), part, count, _one_line(name))}\n{text or '(no text)'}"


def found_in_part(document: Reference, part: int, count: int, name: str, text: str) -> str:
    """Some of what a part says."""
    named = f"({_one_line(name)})\n" if name else ""
    return f"{part_heading(_one_line(document.name), part, count)}\n{named}{text}"


def area_words(boxes: BoxNotation, read: Size | None = None) -> str:
    """How an area is written, for a tool's description; `read` is the size of the only picture that can be meant."""
    if not boxes.in_pixels:
        return f"[left, top, right, bottom] in {boxes.unit} of the width and height, 0 to {boxes.whole}."
    of = (
        "the whole picture as you see it"
        if read is None
        else f"the picture, which is {read[0]} wide and {read[1]} high"
    )
    return f"[left, top, right, bottom] in {boxes.unit} of {of}."


def area_of(wanted: object, boxes: BoxNotation, read: Size | None) -> Area:
    """Left, top, width and height as shares, of `[left, top, right, bottom]`. Raises `HelperError`.

    Args:
        wanted: what the model wrote.
        boxes: how it names places.
        read: the size of the picture as the model reads it; None if it has not seen it.
    """
    if boxes.in_pixels and read is None:
        raise wrong("You have not seen that page, so its pixels mean nothing: read it with as_pictures first.")
    try:
        return boxes.area(wanted if isinstance(wanted, list | tuple) else (), read)
    except TooSmallError:
        raise wrong("The area is too small, or its right or bottom comes before its left or top.") from None
    except (TypeError, ValueError):
        raise wrong(f"Write the area as {area_words(boxes, read)}") from None


def wrong(message: str) -> HelperError:
    """What the model did wrong, for the model."""
    return HelperError(ErrorKind.USAGE, message)


def _size(document: Reference) -> str:
    """How much there is of it; nothing where nobody has counted yet."""
    if document.unit is Unit.PAGE:
        return f" ({document.pages} pages)"
    return f" ({document.pages} parts)" if document.by is ChosenBy.QUESTION else ""


def _one_line(name: str) -> str:
    return " ".join(name.split())[:200]
