"""Standard input as something to ask about: `cat notes.txt | desktop-helper ask "Sum it up."`.

An open pipe does not say whether anybody will ever write to it: whoever started us may have passed on its own. So
without `--file -` a pipe is given a moment to show its first bytes and then left alone; a terminal is never read. A
file is read only from its beginning: a place further on is that of a shell's loop, whose lines must not vanish here.
"""

from __future__ import annotations

import os
import select
import stat
import sys
import time

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

PATIENCE_S = 0.5  # beside a question: what is piped in may be meant for somebody else
QUESTION_PATIENCE_S = 5.0  # without one: there is nothing else to do
MAX_BYTES = 256 * 1024 * 1024  # as for files
SOURCE = ("file", "-")
_NAMES = ("-", "/dev/stdin", "/dev/fd/0")
_BLOCK = 1 << 20
_LOOK_S = 0.1


def is_meant(source: tuple[str, object]) -> bool:
    """Whether `source` is `--file -`."""
    return source[0] == "file" and source[1] in _NAMES


class StandardInput:
    """Reads it at most once.

    Attributes:
        silent: whether a pipe was left alone, since nothing came through it in time.
    """

    def __init__(self, cancel: CancelToken) -> None:
        self._cancel = cancel
        self._data: bytes | None = None
        self.silent = False

    def read(self) -> bytes:
        """All of it, however long it takes to come. Raises `HelperError`."""
        if self._data is None:
            descriptor = _descriptor()
            if descriptor is None or os.isatty(descriptor):
                message = tr("Nothing is piped into standard input.")
                raise HelperError(ErrorKind.USAGE, message, tr("Pipe something into it, or name a file."))
            self._data = self._all(descriptor)
        return self._data

    def offered(self, patience_s: float) -> bytes:
        """What is there without being asked for; empty if it is nothing, or was read before. Raises `HelperError`."""
        descriptor = _descriptor()
        if self._data is not None or descriptor is None or not self._has_something(descriptor, patience_s):
            return b""
        return self.read()

    def _has_something(self, descriptor: int, patience_s: float) -> bool:
        status = os.fstat(descriptor)
        if stat.S_ISREG(status.st_mode):
            return status.st_size > 0 and os.lseek(descriptor, 0, os.SEEK_CUR) == 0
        if sys.platform == "win32" or not (stat.S_ISFIFO(status.st_mode) or stat.S_ISSOCK(status.st_mode)):
            return False
        deadline = time.monotonic() + patience_s
        while not _is_ready(descriptor):
            self._cancel.raise_if_cancelled()
            if time.monotonic() >= deadline:
                self.silent = True
                return False
        return True

    def _all(self, descriptor: int) -> bytes:
        data = bytearray()
        try:
            while True:
                self._cancel.raise_if_cancelled()
                if not _is_ready(descriptor):
                    continue
                block = os.read(descriptor, _BLOCK)
                if not block:
                    return bytes(data)
                data += block
                if len(data) > MAX_BYTES:
                    raise HelperError(
                        ErrorKind.SOURCE,
                        tr("{name} is larger than {limit} MB.", name=name(), limit=MAX_BYTES // (1024 * 1024)),
                    )
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise HelperError(ErrorKind.SOURCE, tr("{name} cannot be opened: {why}.", name=name(), why=why)) from error


def name() -> str:
    """What the model and the user read."""
    return tr("Standard input")


def _descriptor() -> int | None:
    """None if it is closed, or replaced by something that is no file."""
    try:
        descriptor = sys.stdin.fileno() if sys.stdin is not None else None
        if descriptor is not None:
            os.fstat(descriptor)
    except (OSError, ValueError):
        return None
    return descriptor


def _is_ready(descriptor: int) -> bool:
    """Whether a read would not block; waits a little for that. On Windows `select` knows only sockets."""
    return sys.platform == "win32" or bool(select.select([descriptor], [], [], _LOOK_S)[0])
