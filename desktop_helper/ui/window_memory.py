"""Remembers where the chat window was, how large, and whether it was pinned."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QGuiApplication

from desktop_helper.core.errors import HelperError
from desktop_helper.services.settings import SettingsStore
from desktop_helper.ui.chat_window import ChatWindow


class WindowMemory:
    """Restores at once; `save` when the app quits or the window is moved for good."""

    def __init__(self, settings: SettingsStore, window: ChatWindow) -> None:
        self._settings = settings
        self._window = window
        wanted = settings.current.window
        window.resize(wanted.width, wanted.height)
        if wanted.x is None or wanted.y is None or not _reachable(QPoint(wanted.x, wanted.y)):
            window.place_at_lower_right()
        else:
            window.move(wanted.x, wanted.y)
        self.restore_pin()

    def restore_pin(self) -> None:
        """Pin the window, or not, as the settings say."""
        pinned = self._settings.current.window.pinned
        self._window.set_pinned(pinned)
        self._window.header.pin.setChecked(pinned)

    def save(self) -> None:
        """Write the place. A settings file that cannot be written is no reason to keep the app from quitting."""
        place: QRect = self._window.geometry()
        pinned = self._window.header.pin.isChecked()
        try:
            self._settings.update(
                lambda settings: replace(
                    settings,
                    window=replace(
                        settings.window,
                        x=place.x(),
                        y=place.y(),
                        width=place.width(),
                        height=place.height(),
                        pinned=pinned,
                    ),
                )
            )
        except HelperError:
            return


def _reachable(corner: QPoint) -> bool:
    """Whether the header would be on some screen (one may have been unplugged)."""
    return QGuiApplication.screenAt(corner + QPoint(40, 20)) is not None
