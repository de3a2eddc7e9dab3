"""What people have remarked on a slide, which no picture of it shows. Older and newer programs write it differently."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from desktop_helper.attachments._omitted import Omitted, shortened
from desktop_helper.attachments._xml import children, find
from desktop_helper.attachments._zip import Archive
from desktop_helper.core.i18n import tr

MOST = 100  # of a slide
_MOST_CHARACTERS = 2_000
_AUTHORS = "ppt/commentAuthors.xml"


def comments_of(archive: Archive, slide: str, number: int, omitted: Omitted) -> list[str]:
    """A line for each, answers included; `omitted` has what cannot be read, and more than goes, of slide `number`."""
    told: list[str] = []
    what = tr("comments on slide {number}", number=number)
    with omitted.spared(what):
        found = [one.target for one in archive.relations(slide).values() if one.kind == "comments"]
        authors = _authors(archive, omitted) if found else {}
        for path in found:
            with omitted.spared(what):
                told += _lines(archive.xml(path), authors)
    if len(told) > MOST:
        omitted.beyond(tr("{part} after the first {most}", part=what, most=MOST))
    return told[:MOST]


def _authors(archive: Archive, omitted: Omitted) -> dict[str, str]:
    found: dict[str, str] = {}
    if _AUTHORS in archive:
        with omitted.spared(tr("who wrote the comments")):
            found = {one.get("id", ""): one.get("name", "") for one in children(archive.xml(_AUTHORS), "cmAuthor")}
    return found


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
    return shortened(" ".join("".join(one.text or "" for one in texts).split()), _MOST_CHARACTERS)
