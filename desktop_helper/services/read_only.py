"""Opens a SQLite file to read it where nothing can be written, not even the files that SQLite makes beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_helper.services.history_schema import schema_version

if TYPE_CHECKING:
    from sqlite3 import Connection

_QUICKLY_S = 1.0


@contextmanager
def open_read_only(path: Path, version: int) -> Iterator[Connection | None]:
    """A connection to `path` for one look; None if that cannot be done, or if its tables are not those of `version`.

    The caller has no other connection to the file, and makes none meanwhile: closing this one drops POSIX locks.
    """
    connection = _opened(path, version)
    if connection is None:
        yield None
        return
    with closing(connection):
        yield connection


def _opened(path: Path, version: int) -> Connection | None:
    import sqlite3

    for address, first in _ways(path):
        connection = sqlite3.connect(
            address, uri=True, timeout=_QUICKLY_S, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute(first)
            if schema_version(connection) == version:
                return connection
        except sqlite3.Error:
            pass
        connection.close()
    return None


def _ways(path: Path) -> list[tuple[str, str]]:
    """Addresses, and what to say first, the most harmless one first."""
    address = path.absolute().as_uri()
    log = path.with_name(path.name + "-wal")
    # With another process that has it open, the memory that they share is there already.
    shared = (f"{address}?mode=ro", "PRAGMA query_only = ON")
    if not log.exists() or log.stat().st_size == 0:
        return [shared, (f"{address}?immutable=1", "PRAGMA query_only = ON")]
    # What a killed process left in the log is read without shared memory by who is alone.
    return [shared, (f"{address}?mode=rw", "PRAGMA locking_mode = EXCLUSIVE")]
