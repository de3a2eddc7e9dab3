"""`zoom`: a part of a page or of a picture, larger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop_helper.core.availability import AVAILABLE
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


def _offer(subject: Subject) -> Tool | None:
    documents = of_unit(subject, Unit.PAGE)
    if not documents and not subject.pictures:
        return None

    def run(arguments: Mapping[str, Any], cancel: CancelToken) -> ToolResult:
        # "box" is what the practice model was taught, and what others write that are used to giving boxes.
        area = area_of(arguments.get("area", arguments.get("box")), subject.scale)
        if documents and arguments.get("page") is not None:
            document = document_of(documents, arguments)
            (page, *_more) = pages_of(document, arguments["page"])
            picture = subject.closer(document, page, area, cancel)
        else:
            picture = subject.closer(None, _number(subject, arguments), area, cancel)
        return ToolResult("The picture shows that part.", (picture,))

    properties: dict[str, object] = {
        "area": {
            "type": "array",
            "items": {"type": "number"},
            "description": area_words(subject.scale),
        }
    }
    if documents:
        properties |= {"page": {"type": "integer", "description": "A page."}, **document_parameter(documents)}
    if subject.pictures:
        count = len(subject.pictures)
        properties["picture"] = {
            "type": "integer",
            "description": f"Number of a picture, 1 to {count}, in their order.",
        }
    what = f"a page of {described(documents)}" if documents else "a picture"
    return Tool(
        NAME,
        f"Look at a part of {what} enlarged, to read small print or to see details.",
        {"type": "object", "properties": properties, "required": ["area"]},
        run,
    )


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
