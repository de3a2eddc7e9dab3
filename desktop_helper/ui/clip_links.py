"""Makes links of the moments that an answer about a video speaks of; they lead to the frame."""

from __future__ import annotations

from PySide6.QtGui import QBrush, QTextBlock, QTextCharFormat, QTextCursor, QTextDocument

from desktop_helper.core.clip_times import mentions
from desktop_helper.core.i18n import tr
from desktop_helper.ui.theme import Theme

_SCHEME = "clip:"


def link_times(document: QTextDocument, duration: float) -> None:
    """Mark them in a text that is complete; a video of `duration` seconds has them. Doing it again changes nothing."""
    block = document.begin()
    while block.isValid():
        for mention in mentions(block.text(), duration):
            _mark(block, mention.start, mention.end, f"{_SCHEME}{mention.at:.3f}")
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


def _mark(block: QTextBlock, start: int, end: int, address: str) -> None:
    cursor = QTextCursor(block)
    cursor.setPosition(block.position() + start + 1)
    if cursor.charFormat().isAnchor():
        return
    cursor.setPosition(block.position() + start)
    cursor.setPosition(block.position() + end, QTextCursor.MoveMode.KeepAnchor)
    link = QTextCharFormat()
    link.setAnchor(True)
    link.setAnchorHref(address)
    link.setForeground(QBrush(Theme.current().color("accent")))
    link.setFontUnderline(True)
    cursor.mergeCharFormat(link)
