"""`read_pages`: more pages of a large document, as text and as pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.documents import Unit
from desktop_helper.core.pages import written
from desktop_helper.core.tools import Subject, Tool, ToolPlug, ToolResult
from desktop_helper.tools._arguments import described, document_of, document_parameter, of_unit, pages_of, told_of

NAME = "read_pages"


def _offer(subject: Subject) -> Tool | None:
    documents = of_unit(subject, Unit.PAGE)
    if not documents:
        return None

    def run(arguments: Mapping[str, Any], cancel: CancelToken) -> ToolResult:
        document = document_of(documents, arguments)
        wanted = pages_of(document, arguments.get("pages", ""))
        texts, pictures = subject.read(document, wanted, cancel, drawn=arguments.get("as_pictures") is True)
        pieces = []  # what is to be said about the pages comes first: behind them it would belong to the last one
        if pictures:
            pieces.append(f"({len(pictures)} of the pages are attached as pictures.)")
        if left := [page for page in wanted if page not in texts]:
            pieces.append(f"(Pages {written(left)} were left out: that is too much at once. Ask for fewer pages.)")
        pieces += [told_of(document, page, text or "(no text)") for page, text in sorted(texts.items())]
        return ToolResult("\n\n".join(pieces), pictures)

    properties: dict[str, object] = {
        "pages": {"type": "string", "description": 'Page numbers, for example "12" or "3-5, 9".'},
        "as_pictures": {
            "type": "boolean",
            "description": "Also show the pages as pictures: for tables, drawings and handwriting. Costs much more.",
        },
        **document_parameter(documents),
    }
    return Tool(
        NAME,
        f"Read pages of the attached document {described(documents)}, of which only some pages are shown.",
        {"type": "object", "properties": properties, "required": ["pages"]},
        run,
    )


TOOL = ToolPlug(name=NAME, availability=lambda: AVAILABLE, offer=_offer)
