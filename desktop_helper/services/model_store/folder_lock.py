"""One download into a folder at a time, over all processes. The lock goes when the process does."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

LOCK_FILE = ".lock"


@contextmanager
def folder_locked(folder: Path) -> Iterator[None]:
    """Hold the lock of `folder`, which exists. Raises `HelperError(STORAGE)` if another process or thread has it."""
    descriptor = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            _lock(descriptor)
        except OSError:
            raise HelperError(
                ErrorKind.STORAGE,
                tr("The model “{name}” is being downloaded or removed already.", name=folder.name),
                tr("Wait for that, or stop it first."),
            ) from None
        yield
    finally:
        os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
