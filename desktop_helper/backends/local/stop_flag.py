"""How a request to stop, or to answer now, reaches llama.cpp in the middle of its work."""

from __future__ import annotations

import ctypes
import sys
import threading
from typing import Any


class Stopped(Exception):
    """The turn was cancelled."""


class StopFlag:
    """Set by the thread that reads frames, looked at by the thread that works and by llama.cpp itself.

    llama.cpp asks an abort callback between the nodes of its graph, thousands of times a second. Ours is C's `strlen`:
    on a buffer whose first byte is zero it returns false, else true, without waiting for Python's lock.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turn = 0
        self._stopped_turn = 0  # the newest; turns are numbered upwards and worked on in order
        self._hurried_turn = -1
        self._buffer = ctypes.create_string_buffer(b"\0", 2)

    def begin(self, turn: int) -> None:
        """Work on `turn` now; it may have been stopped while it waited."""
        with self._lock:
            self._turn = turn
            self._buffer[0] = b"\x01" if turn == self._stopped_turn else b"\0"

    def stop(self, turn: int) -> None:
        """End `turn`, at once if it is being worked on. Any thread."""
        with self._lock:
            self._stopped_turn = max(self._stopped_turn, turn)
            if turn == self._turn:
                self._buffer[0] = b"\x01"

    def hurry(self, turn: int) -> None:
        """End the thinking of `turn`. Any thread."""
        self._hurried_turn = turn

    @property
    def answer_now(self) -> bool:
        """Whether the present turn should end its thinking."""
        return self._hurried_turn == self._turn

    @property
    def is_set(self) -> bool:
        """Whether the present turn was stopped."""
        return self._buffer[0] != b"\0"

    def check(self) -> None:
        """Raise `Stopped` if the present turn was stopped."""
        if self.is_set:
            raise Stopped

    def callback(self, kind: Any) -> tuple[Any, ctypes.c_void_p]:
        """The callback, as a ctypes function type `kind`, and the data to register it with."""
        libc = ctypes.CDLL("msvcrt") if sys.platform == "win32" else ctypes.CDLL(None)
        return ctypes.cast(libc.strlen, kind), ctypes.cast(self._buffer, ctypes.c_void_p)
