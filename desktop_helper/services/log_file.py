"""The log of the app and its commands: what a user does not need to read and a developer does.

It never holds what was asked, shown or answered, nor a key: of an exception it gets the types and the places, not the
exceptions' own texts, which may quote any of these.
"""

from __future__ import annotations

import copy
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from desktop_helper.core.errors import stack

LIMIT = 1024 * 1024  # bytes; what was before is kept beside it as `.1`

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class LogFile(logging.Handler):
    """Appends to a file that several processes share, so it is opened for each record: they are few."""

    def __init__(self, path: Path) -> None:
        super().__init__(logging.INFO)
        self._path = path
        self.setFormatter(_Formatter("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record. A disk that refuses it must not be the reason for one more fault."""
        with suppress(Exception):
            self._append(self.format(record) + "\n")

    def _append(self, text: str) -> None:
        if self._path.exists() and self._path.stat().st_size > LIMIT:
            self._path.replace(self._path.with_name(self._path.name + ".1"))
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace") as log:
            log.write(text)


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        record = copy.copy(record)
        record.exc_text = None  # what another handler left there has the words too
        return super().format(record)

    def formatException(self, ei: _ExcInfo) -> str:
        return stack(ei[1]) if ei[1] is not None else ""


@contextmanager
def logging_to(path: Path) -> Iterator[LogFile]:
    """Write warnings of every package, and what our own consider worth knowing, to `path` while the block lasts."""
    handler = LogFile(path)
    ours = logging.getLogger("desktop_helper")
    level = ours.level
    ours.setLevel(logging.INFO)
    logging.getLogger().addHandler(handler)
    try:
        yield handler
    finally:
        logging.getLogger().removeHandler(handler)
        ours.setLevel(level)
