"""Makes links of the boxes in an answer; they lead to the picture."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from PySide6.QtGui import QTextCursor, QTextDocument

from desktop_helper.core.grounding import GroundedBox
from desktop_helper.core.i18n import tr
from desktop_helper.ui.link_marks import mark, scheme
from desktop_helper.ui.text_places import utf16
from desktop_helper.ui.text_safety import ZERO_WIDTH_SPACE

_ALL = "all"


def link_boxes(document: QTextDocument, source: str, boxes: Sequence[GroundedBox]) -> None:
    """Mark in a complete text what says the boxes in `source`, its Markdown; what is not found there stays as it is."""
    text = document.toPlainText()  # a character of it is a position of the document
    kept, shown = _squeezed(text)
    places, written = _squeezed(source)
    ranges: list[tuple[int, int]] = []
    numbers: list[int] = []
    for number, box in enumerate(boxes):
        begin, end = (bisect_left(places, at) for at in (box.start, box.end))
        said = written[begin:end]
        at = _find_again(shown, said, written.count(said, 0, begin))  # the same four numbers may be no box above it
        if at >= 0:
            ranges.append((kept[at], kept[at + len(said) - 1] + 1))
            numbers.append(number)
    all_of_it = QTextCursor(document)
    all_of_it.beginEditBlock()  # else Qt would lay the text out anew for each of them
    for number, (start, end) in zip(numbers, utf16(text, ranges), strict=True):
        block = document.findBlock(start)
        mark(block, start - block.position(), end - block.position(), address(number))
    all_of_it.endEditBlock()


def address(number: int | None) -> str:
    """Of one box, or of the picture with all of them."""
    return f"{_scheme()}{_ALL if number is None else number}"


def is_ours(link: str) -> bool:
    """Whether it is a link to a box, or to all."""
    return link.startswith(_scheme())


def number(link: str) -> int | None:
    """Of the box that a link of ours leads to; None if it is all of them."""
    said = link.removeprefix(_scheme())
    return int(said) if said.isdecimal() else None


def title(box: GroundedBox) -> str:
    """What a link says where it leads to."""
    return tr("Show {place}", place=box.label) if box.label else tr("Show it in the picture")


def _scheme() -> str:
    return scheme("box")


def _squeezed(text: str) -> tuple[list[int], str]:
    """A text without its spaces, and where in it each character stands that is left."""
    kept = [place for place, character in enumerate(text) if not _is_space(character)]
    return kept, "".join(text[place] for place in kept)


def _find_again(text: str, said: str, times: int) -> int:
    """Where `said` stands after it stood there so many times; -1 for nowhere."""
    at = text.find(said)
    for _ in range(times):
        if at < 0:
            break
        at = text.find(said, at + len(said))
    return at


def _is_space(character: str) -> bool:
    """What Markdown joins, and what was put in so that long words can wrap."""
    return character.isspace() or character == ZERO_WIDTH_SPACE
