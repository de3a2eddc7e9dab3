"""Searches as the user types: after a pause, on another thread, and only for the text that stands there now."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.qt.background import Background
from desktop_helper.services.history_records import SearchHit

PAUSE_MS = 120
LIMIT = 100

Search = Callable[[str, int], Sequence[SearchHit]]


class Finder(QObject):
    """One search at a time: typing fast does not fill the machine with searches that nobody waits for.

    Signals:
        found: the text that was looked for and a list of `SearchHit`. Never for a text that was changed meanwhile.
        failed: text and error.
    """

    found = Signal(str, list)
    failed = Signal(str, object)

    def __init__(self, search: Search, background: Background) -> None:
        super().__init__()
        self._search, self._background = search, background
        self._wanted = ""
        self._running: CancelToken | None = None
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._begin)

    def look_for(self, text: str) -> None:
        """Nothing is found for an empty text."""
        self._wanted = " ".join(text.split())
        if self._wanted:
            self._pause.start()
        else:
            self._pause.stop()

    def close(self) -> None:
        """Nothing arrives any more."""
        self._wanted = ""
        self._pause.stop()
        if self._running is not None:
            self._running.cancel()

    def _begin(self) -> None:
        text = self._wanted
        if self._running is not None or not text:
            return
        self._running = self._background.run(
            lambda _cancel: list(self._search(text, LIMIT)),
            lambda hits: self._end(text, lambda: self.found.emit(text, hits)),
            lambda error: self._end(text, lambda: self._tell(text, error)),
        )

    def _tell(self, text: str, error: HelperError) -> None:
        self.failed.emit(text, error)

    def _end(self, text: str, tell: Callable[[], None]) -> None:
        self._running = None
        if text == self._wanted:
            tell()
        elif not self._pause.isActive():
            self._begin()
