"""Diagrams of Office, which calls them SmartArt: what stands in their shapes is in a part of its own."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from desktop_helper.attachments._xml import children, find
from desktop_helper.attachments._zip import Archive, Relation


def texts(archive: Archive, relations: Mapping[str, Relation], element: Element) -> list[str]:
    """What each diagram in an element says, a line for each shape. Raises whatever a broken part makes of itself."""
    found = []
    for one in element.iter("relIds"):
        relation = relations.get(one.get("r:dm", ""))
        if relation is not None and relation.target in archive:
            shapes = children(find(archive.xml(relation.target), "ptLst"), "pt")
            found.append("\n".join(f"- {said}" for shape in shapes if (said := _said(shape))))
    return found


def _said(shape: Element) -> str:
    paragraphs = ("".join(piece.text or "" for piece in one.iter("t")) for one in shape.iter("p"))
    return " ".join(" ".join(paragraphs).split())
