"""Notifications through the tray icon."""

from __future__ import annotations

import re

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QSystemTrayIcon

MAX_CHARACTERS = 240
SHOW_MS = 8_000

# Notification servers on Linux read simple HTML, and some render it: what a model or a file wrote must stay text.
_LOOKALIKES = str.maketrans({"<": "‹", ">": "›", "&": "＆"})
# Control characters, and those that reorder or hide text.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")


def plain(text: str, limit: int = MAX_CHARACTERS) -> str:
    """`text` on one line, without markup and without characters that play tricks, cut to `limit`."""
    flat = " ".join(_UNSEEN.sub(" ", text).split()).translate(_LOOKALIKES)
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"


def notify(tray: QSystemTrayIcon, title: str, text: str) -> bool:
    """Show a notification; False where there is no tray to show it."""
    if not (tray.isSystemTrayAvailable() and tray.isVisible() and tray.supportsMessages()):
        return False
    tray.showMessage(plain(title, 80), plain(text), QIcon(tray.icon()), SHOW_MS)
    return True
