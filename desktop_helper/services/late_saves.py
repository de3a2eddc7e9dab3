"""What could not be saved when it should have been: kept in order, and saved before whatever comes next."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from desktop_helper.core.errors import ErrorKind, HelperError


class LateSaves:
    """For one history. Used from any thread."""

    def __init__(self) -> None:
        self._owed: deque[Callable[[], object]] = deque()
        self._lock = threading.RLock()
        self._settling = False

    def add(self, save: Callable[[], object]) -> None:
        """Call `save` with the next `settle`, and with each one after it that finds it still failing."""
        self._owed.append(save)

    def settle(self) -> None:
        """Save what is owed, the oldest first.

        Raises the `HelperError(STORAGE)` of the first thing that still cannot be saved; it and the rest stay owed.
        What fails for another reason is dropped: its conversation was deleted meanwhile.
        """
        if not self._owed:  # what is being saved by another thread is still in it
            return
        with self._lock:
            if self._settling:  # the thing that is owed uses the history, too
                return
            self._settling = True
            try:
                self._save_all()
            finally:
                self._settling = False

    def _save_all(self) -> None:
        while self._owed:
            try:
                self._owed[0]()
            except HelperError as error:
                if error.kind is ErrorKind.STORAGE:
                    raise
            self._owed.popleft()
