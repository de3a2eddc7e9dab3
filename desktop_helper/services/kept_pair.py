"""Two kept child processes, of which the second one is there only while the first one has much to do."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.child import ChildProcess
from desktop_helper.services.kept_child import KeptChild

PATIENCE_S = 0.4  # most files are read by then, and what waits behind them needs no other process
_LOOK_S = 0.05  # for `cancel`, while waiting


class KeptPair:
    """Does two pieces of work at a time, in the order in which they came; may be used from any thread.

    The second process is started when work has waited and the first one has been busy for `patience_s`, which is what
    becomes of a small file behind a large one. Neither of them gets more than one piece of work at a time.

    Args:
        first: does whatever it has time for.
        second: takes what would have to wait; it should be kept for a short time only.
        patience_s: how long the first one may be busy with one piece of work before the second one helps.
    """

    def __init__(self, first: KeptChild, second: KeptChild, *, patience_s: float = PATIENCE_S) -> None:
        self._first, self._second = first, second
        self._patience_s = patience_s
        self._changed = threading.Condition()  # guards the two below
        self._waiting: deque[object] = deque()
        self._busy: dict[KeptChild, float] = {}  # since when
        self._closing = CancelToken()

    def warm(self, hint: dict[str, Any] | None = None) -> None:
        """As `KeptChild.warm`, for the first one."""
        self._first.warm(hint)

    @contextmanager
    def at_work(self, cancel: CancelToken) -> Iterator[ChildProcess]:
        """As `KeptChild.at_work`, in whichever of both has time first."""
        kept = self._taken(cancel)
        try:
            with kept.at_work(cancel) as child:
                yield child
        finally:
            with self._changed:
                del self._busy[kept]
                self._changed.notify_all()

    def close(self) -> None:
        """End both, and the work that they do. May be called twice."""
        self._closing.cancel()
        for kept in (self._first, self._second):
            kept.close()

    def _taken(self, cancel: CancelToken) -> KeptChild:
        """One that nobody else has until it is given back. Raises `HelperError(CANCELLED)`."""
        ticket = object()
        with self._changed:
            self._waiting.append(ticket)
            try:
                while (kept := self._free(ticket)) is None:
                    self._changed.wait(_LOOK_S)
                    cancel.raise_if_cancelled()
                    self._closing.raise_if_cancelled()
                self._busy[kept] = time.monotonic()
                return kept
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()

    def _free(self, ticket: object) -> KeptChild | None:
        if self._waiting[0] is not ticket:
            return None
        since = self._busy.get(self._first)
        if since is None:
            return self._first
        if self._second in self._busy or time.monotonic() - since < self._patience_s:
            return None
        return self._second
