"""The size of the text, changed with Ctrl+Plus, Ctrl+Minus and Ctrl+0 wherever the user is reading."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.qt.background import Background
from desktop_helper.services.settings import TEXT_SIZES, SettingsStore
from desktop_helper.ui.announce import announce
from desktop_helper.ui.theme import Theme

STEP = 10
_KEYS = {"Ctrl++": 1, "Ctrl+=": 1, "Ctrl+-": -1, "Ctrl+0": 0}


def percent(size: int) -> str:
    """A size as it is shown."""
    return tr("{percent} %", percent=size)


def add_size_keys(window: QWidget, resize: Callable[[int], None]) -> None:
    """Call `resize` with 1, -1, or 0 for the usual size, when its key is pressed in `window`."""
    for keys, step in _KEYS.items():
        QShortcut(QKeySequence(keys), window, lambda step=step: resize(step))


class TextSize(QObject):
    """Resizes the text of every window at once, and writes it into the settings behind the user's back.

    Args:
        failed: told if the settings cannot be written; the size then holds until the app is left.
    """

    def __init__(
        self, settings: SettingsStore, background: Background, window: QWidget, failed: Callable[[HelperError], None]
    ) -> None:
        super().__init__(window)
        self._settings, self._background, self._failed = settings, background, failed
        self._window = window
        self._size = settings.current.general.text_size
        add_size_keys(window, self.change)

    def change(self, step: int) -> None:
        """The next larger (1) or smaller (-1) size, or the usual one (0)."""
        theme = Theme.current()
        size = theme.wanted.text_size + step * STEP if step else 100
        self._size = min(max(size, TEXT_SIZES[0]), TEXT_SIZES[1])
        theme.apply(replace(theme.wanted, text_size=self._size))
        announce(self._window, tr("Text size {percent} %", percent=self._size))
        self._background.run(self._save, done=_ignore, failed=self._failed)

    def _save(self, _cancel: CancelToken) -> None:
        """Whichever of several threads comes last, it is the last size that is written."""
        self._settings.update(
            lambda settings: replace(settings, general=replace(settings.general, text_size=self._size))
        )


def _ignore(_outcome: object) -> None:
    """It is on the screen already."""
