"""A lock between processes that the system releases when its holder dies."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def _try(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _try(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def held(path: Path, tell_that_we_wait: Callable[[], None]) -> Iterator[None]:
    """Hold the lock file `path` inside the block, after waiting for whoever holds it."""
    told = False
    while (file := _open_locked(path)) is None:
        if not told:
            tell_that_we_wait()
            told = True
        time.sleep(0.2)
    with file:
        yield


def is_held(path: Path) -> bool:
    """Whether a process holds the lock at this moment."""
    file = _open_locked(path)
    if file is not None:
        file.close()
    return file is None


def _open_locked(path: Path) -> IO[bytes] | None:
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("ab")
    try:
        _try(file)
    except OSError:
        file.close()
        return None
    return file
