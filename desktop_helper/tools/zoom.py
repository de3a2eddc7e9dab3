"""`zoom`: a part of a page or of a picture, larger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.box_notation import Size, as_read
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.documents import Unit
from desktop_helper.core.tools import Subject, Tool, ToolPlug, ToolResult
from desktop_helper.tools._arguments import (
    area_of,
    area_words,
    described,
    document_of,
    document_parameter,
    of_unit,
    pages_of,
    wrong,
)

NAME = "zoom"
_MOST_SIZES = 12  # beyond that, a model looks at the picture itself


def _offer(subject: Subject) -> Tool | None:
    documents = of_unit(subject, Unit.PAGE)
    if not documents and not subject.pictures:
        return None

    def run(arguments: Mapping[str, Any], cancel: CancelToken) -> ToolResult:
        document, number = None, 0
        if documents and arguments.get("page") is not None:
            document = document_of(documents, arguments)
            (number, *_more) = pages_of(document, arguments["page"])
        else:
            number = _number(subject, arguments)
        # "box" is what the practice model was taught, and what others write that are used to giving boxes.
        wanted = arguments.get("area", arguments.get("box"))
        area = area_of(wanted, subject.boxes, subject.read_size(document, number))
        picture = subject.closer(document, number, area, cancel)
        return ToolResult("The picture shows that part.", (picture,))

    sizes = [as_read(picture) for picture in subject.pictures] if subject.boxes.in_pixels else []
    properties: dict[str, object] = {
        "area": {
            "type": "array",
            "items": {"type": "number"},
            "description": area_words(subject.boxes, sizes[0] if len(sizes) == 1 and not documents else None),
        }
    }
    if documents:
        properties |= {"page": {"type": "integer", "description": "A page."}, **document_parameter(documents)}
    if subject.pictures:
        count = len(subject.pictures)
        properties["picture"] = {
            "type": "integer",
            "description": f"Number of a picture, 1 to {count}, in their order.{_told(sizes)}",
        }
    what = f"a page of {described(documents)}" if documents else "a picture"
    return Tool(
        NAME,
        f"Look at a part of {what} enlarged, to read small print or to see details.",
        {"type": "object", "properties": properties, "required": ["area"]},
        run,
    )


def _told(sizes: Sequence[Size]) -> str:
    """How large pictures are, as far as that is not told elsewhere."""
    if not 1 < len(sizes) <= _MOST_SIZES:
        return ""
    return f" They are {', '.join(f'{width} × {height}' for width, height in sizes)} pixels large."


def _number(subject: Subject, arguments: Mapping[str, Any]) -> int:
    try:
        number = int(arguments.get("picture", 1))
    except (TypeError, ValueError):
        number = 0
    if not 1 <= number <= len(subject.pictures):
        raise wrong(
            f"Say which page, or which picture: 1 to {len(subject.pictures)}."
            if subject.pictures
            else "Say which page."
        )
    return number


TOOL = ToolPlug(name=NAME, availability=lambda: AVAILABLE, offer=_offer)
