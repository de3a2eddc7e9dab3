"""Finds a conversation and reads its end off the UI thread, to be shown when it is there."""

from __future__ import annotations

from collections.abc import Callable

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.qt.background import Background
from desktop_helper.services.container import Services
from desktop_helper.services.history_records import StoredMessage
from desktop_helper.ui.transcript import PAGE

Find = Callable[[], int | None]
End = tuple[int | None, list[StoredMessage]]


class Opening:
    """One at a time; the last one that is wanted counts. All methods belong to the UI thread.

    Args:
        services: for the history.
        background: reads.
        show: takes the number of the conversation and its last messages.
        failed: takes why it cannot be read.
    """

    def __init__(
        self,
        services: Services,
        background: Background,
        show: Callable[[int, list[StoredMessage]], None],
        failed: Callable[[HelperError], None],
    ) -> None:
        self._services, self._background = services, background
        self._show, self._failed = show, failed
        self._running: CancelToken | None = None
        self._find: Find | None = None

    def begin(self, find: Find) -> None:
        """Open the conversation that `find`, called on another thread, names; None opens nothing."""
        self.cancel()
        self._find = find
        self._running = self._background.run(lambda _cancel: self._read(find), self._done, self._fail)

    def finish(self) -> None:
        """Wait for it: a question is about to follow what it shows. Raises `HelperError(STORAGE)`."""
        find = self._find
        if find is not None:
            self.cancel()
            self._done(self._read(find))

    def cancel(self) -> None:
        """Something else is shown."""
        if self._running is not None:
            self._running.cancel()
        self._running = self._find = None

    def _read(self, find: Find) -> End:
        number = find()
        found = [] if number is None else self._services.history.messages(number, last=PAGE, media=False)
        return number, found

    def _done(self, end: End) -> None:
        self._running = self._find = None
        number, messages = end
        if number is not None:
            self._show(number, messages)

    def _fail(self, error: HelperError) -> None:
        self._running = self._find = None
        self._failed(error)
