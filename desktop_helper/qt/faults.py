"""Exceptions that nobody caught, in slots, event handlers and threads: they are logged, and the app lives on."""

from __future__ import annotations

import logging
import sys
import threading
import time
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal

from desktop_helper.services.faults import fault
from desktop_helper.services.paths import Paths

QUIET_S = 5.0  # a fault in a paint event comes with every frame, and one in what shows it would never end

_log = logging.getLogger(__name__)


class Faults(QObject):
    """Takes Python's hooks until `close`.

    Signals:
        found: a `HelperError` for the user, on the thread that made this object; not more often than every `QUIET_S`.
    """

    found = Signal(object)
    _caught = Signal(object)

    def __init__(self, paths: Paths, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._paths = paths
        self._told_at = float("-inf")
        self._hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
        self._caught.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread
        sys.unraisablehook = self._on_unraisable

    def close(self) -> None:
        """Give the hooks back."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._hooks

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, Exception):
            self._hooks[0](kind, error, trace)
            return
        _log.error("nobody caught", exc_info=error)
        self._caught.emit(error)

    def _on_thread(self, args: threading.ExceptHookArgs) -> None:
        if isinstance(args.exc_value, Exception):
            _log.error("nobody caught on a thread", exc_info=args.exc_value)
            self._caught.emit(args.exc_value)

    def _on_unraisable(self, args: sys.UnraisableHookArgs) -> None:
        """Python ignores these; so does the user."""
        _log.error("could not be raised", exc_info=args.exc_value)

    def _tell(self, error: BaseException) -> None:
        now = time.monotonic()
        if now - self._told_at >= QUIET_S:
            self._told_at = now
            self.found.emit(fault(error, self._paths))
