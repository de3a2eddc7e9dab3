"""`search_document`: finds the pages of a large document that have to do with some words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.tools import Subject, Tool, ToolPlug, ToolResult
from desktop_helper.tools._arguments import described, document_of, document_parameter, told_of, wrong

NAME = "search_document"


def _offer(subject: Subject) -> Tool | None:
    if not subject.documents:
        return None

    def run(arguments: Mapping[str, Any], cancel: CancelToken) -> ToolResult:
        document, words = document_of(subject, arguments), str(arguments.get("query", "")).strip()
        if not words:
            raise wrong("Say what to look for in `query`.")
        found, unread = subject.search(document, words, cancel)
        lines = [] if found else ["Nothing was found. Try other words: those that stand in the document."]
        if unread:
            lines.append(f"({unread} scanned pages could not be searched; look at them with read_pages.)")
        lines += [told_of(document, passage.page, passage.text) for passage in found]
        return ToolResult("\n\n".join(lines))

    query = {"type": "string", "description": "Words that the page will contain, in the document's language."}
    return Tool(
        NAME,
        f"Search the attached document {described(subject)}, of which only some pages are shown. Returns page numbers "
        "and the lines that were found there. Use it when the pages that you see do not answer the question.",
        {"type": "object", "properties": {"query": query, **document_parameter(subject)}, "required": ["query"]},
        run,
    )


TOOL = ToolPlug(name=NAME, availability=lambda: AVAILABLE, offer=_offer)
