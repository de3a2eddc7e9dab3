"""Finds a conversation and reads its end, or what is around a message, off the UI thread, and has it shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.qt.background import Background
from desktop_helper.services.container import Services
from desktop_helper.services.history_records import StoredMessage
from desktop_helper.ui.transcript import PAGE

Find = Callable[[], int | None]


@dataclass(frozen=True, slots=True)
class Opened:
    """What was read of a conversation: messages up to its end, or up to one in it, and what follows that.

    `number` is None if there is no conversation.
    """

    number: int | None
    messages: list[StoredMessage]
    below: list[StoredMessage] = field(default_factory=list)


class Opening:
    """One at a time; the last one that is wanted counts. All methods belong to the UI thread.

    Args:
        services: for the history.
        background: reads.
        show: takes what was read.
        failed: takes why it cannot be read.
    """

    def __init__(
        self,
        services: Services,
        background: Background,
        show: Callable[[Opened], None],
        failed: Callable[[HelperError], None],
    ) -> None:
        self._services, self._background = services, background
        self._show, self._failed = show, failed
        self._running: CancelToken | None = None
        self._read: Callable[[], Opened] | None = None

    @property
    def is_running(self) -> bool:
        """Whether something will be shown."""
        return self._read is not None

    def begin(self, find: Find, message_id: int | None = None) -> None:
        """Open the conversation that `find`, called on another thread, names.

        At its end, or at one of its messages: then the branch with that one is shown.
        """
        self.cancel()
        self._read = read = partial(self._look_up, find, message_id)
        self._running = self._background.run(lambda _cancel: read(), self._done, self._fail)

    def finish(self) -> None:
        """Wait for it: a question is about to follow what it shows. Raises `HelperError(STORAGE)`."""
        read = self._read
        if read is not None:
            self.cancel()
            self._done(read())

    def cancel(self) -> None:
        """Something else is shown."""
        if self._running is not None:
            self._running.cancel()
        self._running = self._read = None

    def _look_up(self, find: Find, message_id: int | None) -> Opened:
        number, history = find(), self._services.history
        if number is None:
            return Opened(None, [])
        if message_id is not None:
            history.choose(message_id)
            messages = history.messages(number, until=message_id, last=PAGE, media=False)
            if messages:  # it was not deleted meanwhile
                return Opened(number, messages, history.messages(number, after=message_id, media=False))
        return Opened(number, history.messages(number, last=PAGE, media=False))

    def _done(self, opened: Opened) -> None:
        self._running = self._read = None
        self._show(opened)

    def _fail(self, error: HelperError) -> None:
        self._running = self._read = None
        self._failed(error)
