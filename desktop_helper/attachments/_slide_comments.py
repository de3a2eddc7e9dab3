"""What people have remarked on a slide, which no picture of it shows. Older and newer programs write it differently."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from desktop_helper.attachments._xml import children, find
from desktop_helper.attachments._zip import Archive

MOST = 100  # of a slide
_MOST_CHARACTERS = 2_000
_AUTHORS = "ppt/commentAuthors.xml"


def comments_of(archive: Archive, slide: str) -> list[str]:
    """A line for each, answers included."""
    try:
        found = [one for one in archive.relations(slide).values() if one.kind == "comments" and one.target in archive]
        if not found:
            return []
        authors = _authors(archive)
        return [line for one in found for line in _lines(archive.xml(one.target), authors)][:MOST]
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  # a damaged one makes its reader say anything, and is no reason not to read slides
        return []


def _authors(archive: Archive) -> dict[str, str]:
    if _AUTHORS not in archive:
        return {}
    return {one.get("id", ""): one.get("name", "") for one in children(archive.xml(_AUTHORS), "cmAuthor")}


def _lines(tree: Element, authors: dict[str, str]) -> Iterator[str]:
    for comment in children(tree, "cm"):
        for one in (comment, *children(find(comment, "replyLst"), "reply")):
            said = _said(one)
            author = " ".join(authors.get(one.get("authorId", ""), "").split())[:100]
            if said:
                yield f"- {author}: {said}" if author else f"- {said}"


def _said(comment: Element) -> str:
    """Of older programs in one text, of newer ones in paragraphs."""
    texts = [*children(comment, "text"), *(piece for body in children(comment, "txBody") for piece in body.iter("t"))]
    return " ".join("".join(one.text or "" for one in texts).split())[:_MOST_CHARACTERS]
