"""`search_document`: finds the pages or parts of a large document that have to do with some words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.documents import Reference, Unit
from desktop_helper.core.tools import Passage, Subject, Tool, ToolPlug, ToolResult
from desktop_helper.tools._arguments import described, document_of, document_parameter, found_in_part, told_of, wrong

NAME = "search_document"
_UNITS = {Unit.PAGE: "pages", Unit.PART: "parts"}


def _offer(subject: Subject) -> Tool | None:
    if not subject.documents:
        return None

    def run(arguments: Mapping[str, Any], cancel: CancelToken) -> ToolResult:
        document, words = document_of(subject.documents, arguments), str(arguments.get("query", "")).strip()
        if not words:
            raise wrong("Say what to look for in `query`.")
        found, unread = subject.search(document, words, cancel)
        lines = [] if found else ["Nothing was found. Try other words: those that stand in the document."]
        if unread:
            how = "; look at them with read_pages" if document.unit is Unit.PAGE else ""
            lines.append(f"({unread} scanned pages could not be searched{how}.)")
        lines += [_told(document, passage) for passage in found]
        return ToolResult("\n\n".join(lines))

    units = " and ".join(_UNITS[unit] for unit in dict.fromkeys(found.unit for found in subject.documents))
    query = {"type": "string", "description": "Words that will stand there, in the document's language."}
    properties = {"query": query, **document_parameter(subject.documents)}
    return Tool(
        NAME,
        f"Search the attached document {described(subject.documents)}, of which only some {units} are shown. "
        f"Returns the numbers of {units} and the lines that were found there. "
        "Use it when what you see does not answer the question.",
        {"type": "object", "properties": properties, "required": ["query"]},
        run,
    )


def _told(document: Reference, passage: Passage) -> str:
    if document.unit is Unit.PAGE:
        return told_of(document, passage.page, passage.text)
    return found_in_part(document, passage.page, passage.count, passage.name, passage.text)


TOOL = ToolPlug(name=NAME, availability=lambda: AVAILABLE, offer=_offer)
