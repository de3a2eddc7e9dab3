"""Makes a link of a piece of a text, in the looks that all links of ours have, to an address that only we know."""

from __future__ import annotations

import os
from functools import cache

from PySide6.QtGui import QBrush, QTextBlock, QTextCharFormat, QTextCursor

from desktop_helper.ui.theme import Theme


def mark(block: QTextBlock, start: int, end: int, address: str) -> None:
    """From one place of the paragraph to another, counted as Qt counts: in UTF-16."""
    cursor = QTextCursor(block)
    cursor.setPosition(block.position() + start)
    cursor.setPosition(block.position() + end, QTextCursor.MoveMode.KeepAnchor)
    link = QTextCharFormat()
    link.setAnchor(True)
    link.setAnchorHref(address)
    link.setForeground(QBrush(Theme.current().color("accent")))
    link.setFontUnderline(True)
    cursor.mergeCharFormat(link)


@cache
def scheme(kind: str) -> str:
    """Of the addresses of links of this kind. Another one each time: an answer cannot make up an address of ours."""
    return f"{kind}-{os.urandom(8).hex()}:"  # `secrets` brings OpenSSL, which the idle app does not need
