"""Makes links of the places in documents that an answer speaks of; they lead into the viewer."""

from __future__ import annotations

from PySide6.QtGui import QTextBlock, QTextCharFormat, QTextCursor, QTextDocument, QTextTable

from desktop_helper.core.i18n import tr
from desktop_helper.core.library import Library, Spot
from desktop_helper.ui.link_marks import mark, scheme
from desktop_helper.ui.text_places import utf16
from desktop_helper.ui.theme import Theme


def link_places(document: QTextDocument, library: Library) -> list[Spot]:
    """Mark them in a text that is complete. Returns where the links lead to, by their numbers."""
    spots: list[Spot] = []
    code = Theme.current().mono_families()
    all_of_it = QTextCursor(document)
    all_of_it.beginEditBlock()  # else Qt would lay the text out anew for each of them
    block = document.begin()
    while block.isValid():
        text = block.text()
        found = [] if not text.strip() or _in_code(block) else list(library.links(text))
        places = utf16(text, [(mention.start, mention.end) for mention, _spot in found])
        for (_mention, spot), (start, end) in zip(found, places, strict=True):
            if _may_be_link(block, start, end, code):
                mark(block, start, end, f"{_scheme()}{len(spots)}")
                spots.append(spot)
        block = block.next()
    all_of_it.endEditBlock()
    return spots


def number(address: str) -> int | None:
    """Of a link of ours; None for any other address."""
    said = address.removeprefix(_scheme())
    return int(said) if said != address and said.isdecimal() else None


def title(spot: Spot) -> str:
    """What a link says where it leads to."""
    return tr("Show {place}", place=spot.part.name)


def _scheme() -> str:
    return scheme("place")


def _in_code(block: QTextBlock) -> bool:
    """Whether it is a line of a code block, which has a frame of its own, as only tables have besides."""
    frame = QTextCursor(block).currentFrame()
    return frame != block.document().rootFrame() and not isinstance(frame, QTextTable)


def _may_be_link(block: QTextBlock, start: int, end: int, code: list[str]) -> bool:
    """Not within another link, and in code only if it is all of it."""
    within = [_format(block, place) for place in (start, end - 1)]
    if any(one.isAnchor() for one in within):
        return False
    if not any(_is_code(one, code) for one in within):
        return True
    return not any(_is_code(_format(block, place), code) for place in (start - 1, end))


def _format(block: QTextBlock, place: int) -> QTextCharFormat:
    """Of the character at that place of the paragraph."""
    if not 0 <= place < block.length() - 1:
        return QTextCharFormat()
    cursor = QTextCursor(block)
    cursor.setPosition(block.position() + place + 1)
    return cursor.charFormat()


def _is_code(style: QTextCharFormat, families: list[str]) -> bool:
    return bool(style.fontFamilies() == families)
