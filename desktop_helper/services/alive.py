"""Tells whether the process that began something is still there.

Each process locks a file of its own. The system lets go of the lock when the process ends, however it ends, so
whoever can take the lock knows that its owner is gone. Process ids would not do: they are given out again.
"""

from __future__ import annotations

import os
import sys
import threading
import uuid
from pathlib import Path

from desktop_helper.services.storage_errors import storage_error


class AliveMark:
    """This process's own locked file in `folder`, held until `close`. Raises `HelperError(STORAGE)`."""

    def __init__(self, folder: Path) -> None:
        self.name = uuid.uuid4().hex
        self._path = folder / self.name
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise storage_error(folder, error) from None
        try:
            _lock(self._descriptor)
        except OSError as error:  # a file system without locks; the next answer will try again
            self.close()
            raise storage_error(folder, error) from None

    def close(self) -> None:
        """Let go: from now on the owner counts as gone."""
        os.close(self._descriptor)
        _remove(self._path)


class Writers:
    """Who writes into a history: the mark of this process, made when it is asked for, and those of all others.

    May be used from any thread.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mark: AliveMark | None = None
        self._lock = threading.Lock()

    def own(self) -> str:
        """The name of this process. Raises `HelperError(STORAGE)`."""
        with self._lock:
            if self._mark is None:
                self._mark = AliveMark(self._folder)
            return self._mark.name

    def is_alive(self, name: str) -> bool:
        """Whether the process of this name still runs."""
        mark = self._mark
        return (mark is not None and name == mark.name) or is_alive(self._folder, name)

    def close(self) -> None:
        """This process writes no more. May be called twice."""
        with self._lock:
            if self._mark is not None:
                self._mark.close()
                self._mark = None


def is_alive(folder: Path, name: str) -> bool:
    """Whether the owner of the mark `name` still runs. Cleans up after one that does not."""
    path = folder / name
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        _lock(descriptor)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    _remove(path)
    return False


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return  # Windows refuses while another process looks at it; that one removes it then.


def _lock(descriptor: int) -> None:
    """Take the lock of an open file or raise OSError at once."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
