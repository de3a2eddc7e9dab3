"""`read_parts`: more of a large document that has no pages: lines, sections, slides, rows of sheets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.documents import Unit
from desktop_helper.core.pages import written
from desktop_helper.core.tools import Subject, Tool, ToolPlug, ToolResult
from desktop_helper.tools._arguments import described, document_of, document_parameter, of_unit, told_of_part, wrong

NAME = "read_parts"


def _offer(subject: Subject) -> Tool | None:
    documents = of_unit(subject, Unit.PART)
    if not documents:
        return None

    def run(arguments: Mapping[str, Any], cancel: CancelToken) -> ToolResult:
        document, wanted = document_of(documents, arguments), arguments.get("parts", "")
        if isinstance(wanted, list | tuple):
            wanted = ",".join(map(str, wanted))
        if not str(wanted).strip():
            raise wrong('Say which parts in `parts`, for example "12" or "3-5".')
        found = subject.read_parts(document, str(wanted), cancel)
        pieces = [told_of_part(document, number, found.count, name, text) for number, name, text in found.parts]
        if found.left:
            pieces.append(f"(Parts {written(found.left)} were left out: that is too much at once. Ask for fewer.)")
        return ToolResult("\n\n".join(pieces))

    properties: dict[str, object] = {
        "parts": {
            "type": "string",
            "description": 'Numbers of parts, for example "12" or "3-5, 9"; or a place: "lines 1200-1350", '
            '"Sheet1!A40:H60", "slide 7".',
        },
        **document_parameter(documents),
    }
    return Tool(
        NAME,
        f"Read parts of the attached document {described(documents)}, of which only some parts are shown. "
        "It has no pages; its parts have numbers, as in [part 12 of 90: lines 1200–1350].",
        {"type": "object", "properties": properties, "required": ["parts"]},
        run,
    )


TOOL = ToolPlug(name=NAME, availability=lambda: AVAILABLE, offer=_offer)
