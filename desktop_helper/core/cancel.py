"""Cancelling work that runs on another thread."""

from __future__ import annotations

import threading
from collections.abc import Callable

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr


class CancelToken:
    """Set once, from any thread; the worker polls `cancelled` or registers a callback that unblocks it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._event = threading.Event()
        self._callbacks: list[Callable[[], None]] = []

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._event.is_set()

    def cancel(self) -> None:
        """Ask the work to stop. Callbacks run on the calling thread, each at most once."""
        with self._lock:
            self._event.set()
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()

    def on_cancel(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` on cancel (at once if that has happened). Returns a function that takes it back."""
        with self._lock:
            if not self._event.is_set():
                self._callbacks.append(callback)
                return lambda: self._forget(callback)
        callback()
        return lambda: None

    def wait(self, seconds: float) -> bool:
        """Sleep for up to `seconds`; returns True as soon as the token is cancelled."""
        return self._event.wait(seconds)

    def raise_if_cancelled(self) -> None:
        """Raise a `cancelled` error if `cancel` was called."""
        if self.cancelled:
            raise HelperError(ErrorKind.CANCELLED, tr("Stopped."))

    def _forget(self, callback: Callable[[], None]) -> None:
        with self._lock:
            if callback in self._callbacks:
                self._callbacks.remove(callback)
