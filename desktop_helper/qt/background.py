"""Work off the user interface's thread, with the result brought back to it.

    background.run(lambda cancel: backend.probe(cancel), done=show_sentence, failed=show_error)

The functions `done` and `failed` run on the thread that made the `Background`. After `cancel` on the returned token, or
after `close`, neither is called.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

T = TypeVar("T")
log = logging.getLogger(__name__)


class Background(QObject):
    """Runs each piece of work on a thread of its own: they are few, and mostly wait."""

    _ready = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._results: list[Callable[[], None]] = []
        self._running: dict[threading.Thread, CancelToken] = {}
        self._ready.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[[CancelToken], T],
        done: Callable[[T], None],
        failed: Callable[[HelperError], None],
    ) -> CancelToken:
        """Call `work` on another thread. It should look at the token it gets."""
        cancel = CancelToken()

        def target() -> None:
            deliver = self._attempt(work, cancel, done, failed)
            with self._lock:
                self._running.pop(thread, None)
                self._results.append(lambda: None if cancel.cancelled else deliver())
            self._ready.emit()

        thread = threading.Thread(target=target, name="background", daemon=True)
        with self._lock:
            self._running[thread] = cancel
        thread.start()
        return cancel

    def close(self) -> None:
        """Cancel everything and wait for the threads (each stops within a second of its cancellation)."""
        with self._lock:
            running = dict(self._running)
        for cancel in running.values():
            cancel.cancel()
        for thread in running:
            thread.join(timeout=5)

    @staticmethod
    def _attempt(
        work: Callable[[CancelToken], T],
        cancel: CancelToken,
        done: Callable[[T], None],
        failed: Callable[[HelperError], None],
    ) -> Callable[[], None]:
        try:
            result = work(cancel)
        except HelperError as error:
            problem = error
            return lambda: failed(problem)
        except Exception as error:  # the edge of a thread: an exception here would vanish silently
            log.exception("background work failed")
            unexpected = HelperError(ErrorKind.WORKER, tr("Something went wrong: {what}.", what=type(error).__name__))
            return lambda: failed(unexpected)
        return lambda: done(result)

    def _deliver(self) -> None:
        with self._lock:
            results, self._results = self._results, []
        for deliver in results:
            deliver()
