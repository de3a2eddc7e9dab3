"""Work off the user interface's thread, with the result brought back to it.

    background.run(lambda cancel: backend.probe(cancel), done=show_sentence, failed=show_error)

The functions `done` and `failed` run on the thread that made the `Background`. After `cancel` on the returned token
neither is called; `close` cancels everything.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

T = TypeVar("T")
log = logging.getLogger(__name__)

CLOSE_S = 2.0  # what does not stop within a second of its cancellation, such as a keyring that hangs, stays behind


class Background(QObject):
    """Runs each piece of work on a thread of its own: they are few, and mostly wait."""

    _ready = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._results: deque[tuple[CancelToken, Callable[[], None]]] = deque()
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
                del self._running[thread]
                if not cancel.cancelled:  # else there may be nothing left to emit from
                    self._results.append((cancel, deliver))
                    self._ready.emit()

        thread = threading.Thread(target=target, name="background", daemon=True)
        with self._lock:
            self._running[thread] = cancel
        thread.start()
        return cancel

    def tell(self, cancel: CancelToken, call: Callable[[], None]) -> None:
        """From a piece of work, with the token that it got: have `call` called where its result will be, before that.

        Any thread. Like the result, it is dropped after `cancel`.
        """
        with self._lock:
            if not cancel.cancelled:
                self._results.append((cancel, call))
                self._ready.emit()

    def close(self) -> None:
        """Cancel everything, also results that wait to be delivered, and wait up to `CLOSE_S` for the threads."""
        with self._lock:
            running = dict(self._running)
            self._results.clear()
        for cancel in running.values():
            cancel.cancel()
        deadline = time.monotonic() + CLOSE_S
        for thread in running:
            thread.join(max(0.0, deadline - time.monotonic()))

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
        """Called once for each result, so that an exception in one does not swallow the next."""
        with self._lock:
            if not self._results:
                return
            cancel, deliver = self._results.popleft()
        if not cancel.cancelled:
            deliver()
