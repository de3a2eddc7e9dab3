"""A SQLite file used by several threads and processes at once, with errors that a user can read.

One connection writes and one reads, so that a window never waits for the thread that saves an answer. Every commit is
flushed to disk, but for those that say they need not be (`durable=False`): these survive the death of the process, and
the next durable commit makes them survive a power cut as well.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.services.history_schema import Migration, check_not_newer, migrate, schema_version
from desktop_helper.services.read_only import open_read_only
from desktop_helper.services.storage_errors import disk_full, is_full, not_writable, storage_error

if TYPE_CHECKING:
    from sqlite3 import Connection
    from sqlite3 import Error as SqliteError

BUSY_TIMEOUT_S = 15.0
_DAMAGED = ("SQLITE_NOTADB", "SQLITE_CORRUPT")

FileIdentity = tuple[int, int]  # what stays the same when a file is renamed


class Database:
    """Opens on first use.

    Args:
        path: the file; its folder is created.
        migrations: see `history_schema`.
        on_open: called once with the writing connection, outside a transaction, when the file is open and up to date.
    """

    def __init__(
        self, path: Path, migrations: Sequence[Migration], on_open: Callable[[Connection], None] = lambda _: None
    ) -> None:
        self.path = path
        self._migrations = migrations
        self._on_open = on_open
        self._write_lock = threading.RLock()
        self._read_lock = threading.RLock()
        self._writer: Connection | None = None
        self._reader: Connection | None = None
        self._durable = True
        self._closed = False
        self._file: FileIdentity | None = None  # the one that was opened last

    @property
    def file(self) -> FileIdentity | None:
        """Which file is written, told after a `write` has begun: another one has other rows under the same ids."""
        return self._file

    @contextmanager
    def write(self, *, durable: bool = True, file: FileIdentity | None = None) -> Iterator[Connection]:
        """A transaction that holds the write lock from its start. Raises `HelperError(STORAGE)`.

        Args:
            durable: flush it to disk, and look whether the open file is still the one at `path`.
            file: the only one that is meant; None for the one that is there.
        """
        with self._translated(), self._write_lock:
            connection = self._open_writer()
            if durable:
                self._check_still_there()
            if file is not None and file != self._file:
                raise self._replaced()
            if durable != self._durable:
                connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
                self._durable = durable
            with _transaction(connection, "BEGIN IMMEDIATE"):
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view of what was committed, also on a full disk. Raises `HelperError(STORAGE)`."""
        with self._translated(), self._locked_reader() as connection, _transaction(connection, "BEGIN"):
            yield connection

    def close(self) -> None:
        """Close the file for good. May be called twice."""
        with self._write_lock, self._read_lock:
            self._closed = True
            self._disconnect()

    def _open_writer(self) -> Connection:
        if self._writer is None:
            if self._closed:
                raise HelperError(ErrorKind.STORAGE, tr("The history is closed because Desktop Helper is quitting."))
            connection = self._connect()
            try:
                check_not_newer(self.path, schema_version(connection), len(self._migrations))
                _use_wal(connection)
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute("PRAGMA secure_delete = ON")  # A deleted conversation is gone from the file, too.
                migrate(connection, self.path, self._migrations)
                self._on_open(connection)
            except BaseException:
                connection.close()
                raise
            self._durable = True
            self._writer = connection
        return self._writer

    @contextmanager
    def _locked_reader(self) -> Iterator[Connection]:
        while True:
            with self._read_lock:
                if self._reader is not None:
                    yield self._reader
                    return
            # Always in this order, and the file must exist and be up to date before it can be read.
            with self._write_lock, self._read_lock:
                if not self._opened_for_reading():
                    with open_read_only(self.path, len(self._migrations)) as connection:
                        if connection is None:
                            raise disk_full(self.path)
                        yield connection
                    return
                if self._reader is None:  # another thread may have been quicker
                    self._check_still_there()
                    self._reader = self._connect()
                    self._reader.execute("PRAGMA query_only = ON")

    def _opened_for_reading(self) -> bool:
        """Open the file as ever. False if only a full disk prevents it, on which one can still read."""
        import sqlite3

        try:
            self._open_writer()
        except sqlite3.Error as error:
            if not self._means_full(error):
                raise
            return False
        return True

    def _check_still_there(self) -> None:
        """Another process may have put the file aside because it is damaged; nobody would look for new rows there."""
        try:
            there = _identity(self.path)
        except OSError as error:
            raise storage_error(self.path, error) from None
        if there != self._file:
            with self._read_lock:
                self._disconnect()
            raise self._replaced()

    def _connect(self) -> Connection:
        import sqlite3

        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _create_private(self.path)
            self._file = _identity(self.path)
        except OSError as error:
            raise storage_error(self.path, error) from None
        return sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)

    def _disconnect(self) -> None:
        for connection in (self._reader, self._writer):
            if connection is not None:
                connection.close()
        self._reader = self._writer = None

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn SQLite's errors into ours, after the locks are free again."""
        import sqlite3

        file = self._file
        try:
            yield
        except sqlite3.Error as error:
            raise self._failure(error, file or self._file) from None

    def _failure(self, error: SqliteError, file: FileIdentity | None) -> HelperError:
        name = getattr(error, "sqlite_errorname", "") or ""
        if name in _DAMAGED:
            return self._set_aside(file)
        if self._means_full(error):
            return disk_full(self.path)
        if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")):
            return not_writable(self.path)
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return HelperError(
                ErrorKind.STORAGE,
                tr("The history {path} is in use by another program.", path=self.path),
                tr("Close that program and try again."),
                retry=True,
            )
        return HelperError(
            ErrorKind.STORAGE,
            tr("The history {path} cannot be used: {reason}.", path=self.path, reason=str(error)),
            tr("Check the disk, or set DESKTOP_HELPER_HOME to another folder."),
        )

    def _means_full(self, error: SqliteError) -> bool:
        name = getattr(error, "sqlite_errorname", "") or ""
        if name == "SQLITE_FULL":
            return True
        return name.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN")) and is_full(self.path.parent)

    def _set_aside(self, damaged: FileIdentity | None) -> HelperError:
        """Rename the damaged file, so that the next use starts a new one and nothing is lost."""
        with self._write_lock, self._read_lock:
            self._disconnect()
            try:
                aside = self._renamed() if _identity(self.path) == damaged else None
            except OSError as error:
                return storage_error(self.path, error)
        if aside is None:  # another thread or process has done it, and the file there now is its new one
            return self._replaced()
        return _damaged(aside)

    def _replaced(self) -> HelperError:
        """What to say when the file that was open is no longer the one at `path`."""
        aside = max(damaged_files(self.path), default=None)
        if aside is not None:
            return _damaged(aside)
        return HelperError(
            ErrorKind.STORAGE,
            tr("The history {path} was moved or deleted while it was open.", path=self.path),
            tr("A new history starts now."),
        )

    def _renamed(self) -> Path:
        aside = damaged_path(self.path)
        for suffix in ("-wal", "-shm", ""):
            part = self.path.with_name(self.path.name + suffix)
            if part.exists():
                part.rename(aside.with_name(aside.name + suffix))
        return aside


def _damaged(aside: Path) -> HelperError:
    return HelperError(
        ErrorKind.STORAGE,
        tr("The history file was damaged, so it was renamed to {path}.", path=aside),
        tr("A new history starts now; keep that file if you want to have it repaired."),
    )


def _identity(path: Path) -> FileIdentity | None:
    with contextlib.suppress(FileNotFoundError):
        status = path.stat()
        return status.st_dev, status.st_ino
    return None


def _create_private(path: Path) -> None:
    """SQLite would make the file readable for all.

    Only a file that is not there yet is opened: closing any descriptor of a database drops the POSIX locks that this
    process holds on it, another process then takes itself for the last one, and deletes the log under our feet
    (https://www.sqlite.org/howtocorrupt.html, section 2.2).
    """
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def damaged_path(path: Path) -> Path:
    """A free name for a damaged file, beside it."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    names = (f"{path.stem}.damaged-{stamp}{extra}{path.suffix}" for extra in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(found for name in names if not (found := path.with_name(name)).exists())


def damaged_files(path: Path) -> list[Path]:
    """Damaged files that were set aside before."""
    return sorted(path.parent.glob(f"{path.stem}.damaged-*{path.suffix}"))


@contextmanager
def _transaction(connection: Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _use_wal(connection: Connection) -> None:
    """Switch to the write-ahead log. SQLite does not wait for another process that does the same, so we do."""
    import sqlite3

    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
