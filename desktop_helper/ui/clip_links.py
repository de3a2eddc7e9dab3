"""Makes links of the moments that an answer about a video speaks of; they lead to the frame."""

from __future__ import annotations

from PySide6.QtGui import QTextBlock, QTextCursor, QTextDocument

from desktop_helper.core.clip_times import mentions
from desktop_helper.core.i18n import tr
from desktop_helper.ui.link_marks import mark
from desktop_helper.ui.text_places import utf16

_SCHEME = "clip:"


def link_times(document: QTextDocument, duration: float) -> None:
    """Mark them in a text that is complete; a video of `duration` seconds has them. Doing it again changes nothing."""
    block = document.begin()
    while block.isValid():
        text = block.text()
        found = list(mentions(text, duration))
        places = utf16(text, [(mention.start, mention.end) for mention in found])
        for mention, (start, end) in zip(found, places, strict=True):
            if not _is_link(block, start):
                mark(block, start, end, f"{_SCHEME}{mention.at:.3f}")
        block = block.next()


def moment(address: str) -> float | None:
    """The second that an address of ours leads to; None for any other address."""
    if not address.startswith(_SCHEME):
        return None
    try:
        return float(address.removeprefix(_SCHEME))
    except ValueError:
        return None  # the model wrote it


def shown(address: str) -> str:
    """What a link says where it leads to."""
    return tr("Show this moment of the video") if moment(address) is not None else address


def _is_link(block: QTextBlock, place: int) -> bool:
    cursor = QTextCursor(block)
    cursor.setPosition(block.position() + place + 1)
    return cursor.charFormat().isAnchor()
