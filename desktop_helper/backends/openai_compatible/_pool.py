"""Several answers of one server at a time: each call has a line of its own, so giving one up breaks no other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from desktop_helper.backends.openai_compatible._line import CallCancelledError

if TYPE_CHECKING:
    from desktop_helper.backends.openai_compatible._server import Server


class Pool:
    """Any thread. Most of the time it holds one line, which is used again and again.

    Args:
        make: a new line; called when all others are in use.
    """

    def __init__(self, make: Callable[[], Server]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._idle: list[Server] = []
        self._used: list[Server] = []
        self._closed = False

    @contextmanager
    def lease(self) -> Iterator[Server]:
        """A line for one call. Raises `CallCancelledError` after `close`."""
        with self._lock:
            if self._closed:
                raise CallCancelledError
            server = self._idle.pop() if self._idle else self._make()
            self._used.append(server)
        try:
            yield server
        finally:
            with self._lock:
                self._used.remove(server)
                self._idle.append(server)  # after `close` it refuses every call by itself

    def close(self) -> None:
        """Give up every running call and free the connections."""
        with self._lock:
            self._closed = True
            servers = [*self._used, *self._idle]
        for server in servers:
            server.close()
