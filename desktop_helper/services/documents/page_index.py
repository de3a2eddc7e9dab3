"""The words of one document's pages, or parts, in a SQLite file of its own.

So what is rare is rare in this document, and all of it can be deleted at once. SQLite's FTS5 ranks passages by BM25.
Each CJK character is a word, as in the history's search (`services.search_text`).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_helper.core.documents import PageText
from desktop_helper.core.errors import HelperError
from desktop_helper.services.documents import words
from desktop_helper.services.documents.passages import MOST_PASSAGES, heading_of, passages
from desktop_helper.services.search_text import index_text
from desktop_helper.services.storage_errors import storage_error

if TYPE_CHECKING:
    from sqlite3 import Connection

IN_MEMORY = Path(":memory:")
_VERSION = 2
_BODY = "body, content='', tokenize='porter unicode61 remove_diacritics 2'"
_SCHEMA = (
    # state: `text`; `scan`: nobody has read it yet; `read`: what was read in its picture.
    "CREATE TABLE pages (number INTEGER PRIMARY KEY, text TEXT NOT NULL, state TEXT NOT NULL, name TEXT NOT NULL)",
    "CREATE TABLE facts (name TEXT PRIMARY KEY, value) WITHOUT ROWID",
    "CREATE INDEX scans ON pages (number) WHERE state = 'scan'",
    f"CREATE VIRTUAL TABLE passages USING fts5 (heading, {_BODY})",
    f"CREATE VIRTUAL TABLE whole USING fts5 ({_BODY})",  # pages: a heading may name what a passage is about
    f"PRAGMA user_version = {_VERSION}",
)
_PASSAGES = MOST_PASSAGES + 1  # a passage's row is its page's number times this, and its place there
_LOOKED_AT = 20  # passages for each page that is wanted
_HEADING = 0.4  # what a word in the page's heading counts beside one in the passage
_WHOLE = 0.3  # what the page as a whole counts beside its best passage


@dataclass(frozen=True, slots=True)
class Hit:
    """A page that was found; the higher the score, the better."""

    page: int
    score: float


class PageIndex:
    """Any thread; one call at a time. A file that is damaged or of another version is begun anew.

    Args:
        path: the file, or `IN_MEMORY` for what must not be on the disk.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.closed = False
        self._lock = threading.RLock()
        self._connection = self._opened()

    @property
    def count(self) -> int:
        """How many pages the document has; 0 before that is known."""
        return int(self._fact("count") or "0")

    @count.setter
    def count(self, count: int) -> None:
        self._note("count", count)

    @property
    def origin(self) -> str:
        """Where the file is; empty if nobody knows."""
        return self._fact("origin")

    @origin.setter
    def origin(self, path: str) -> None:
        self._note("origin", path)

    @property
    def next_page(self) -> int:
        """The first one that is not there yet."""
        with self._reading() as connection:
            return int(connection.execute("SELECT coalesce(max(number), 0) + 1 FROM pages").fetchone()[0])

    @property
    def complete(self) -> bool:
        """Whether all pages are there."""
        return 0 < self.count < self.next_page

    def add(self, first: int, pages: Sequence[PageText]) -> None:
        """Pages that follow one another, and those that are there already."""
        with self._writing() as connection:
            for number, page in enumerate(pages, start=first):
                state = "scan" if page.scanned else "text"
                row = (number, page.text, state, page.name)
                added = connection.execute("INSERT OR IGNORE INTO pages VALUES (?, ?, ?, ?)", row).rowcount
                if added and not page.scanned:
                    _index(connection, number, page.text, page.heading)

    def add_read(self, number: int, text: str) -> None:
        """What was read in the picture of a page that is a scan."""
        with self._writing() as connection:
            changed = connection.execute(
                "UPDATE pages SET text = ?, state = 'read' WHERE number = ? AND state = 'scan'", (text, number)
            )
            if changed.rowcount:
                _index(connection, number, text)

    def texts(self, numbers: Iterable[int]) -> dict[int, str]:
        """What pages say, as far as it is known."""
        with self._reading() as connection:
            rows = [
                connection.execute("SELECT number, text FROM pages WHERE number = ?", (number,)).fetchone()
                for number in numbers
            ]
        return {int(row[0]): str(row[1]) for row in rows if row is not None}

    def names(self, numbers: Iterable[int]) -> dict[int, str]:
        """What parts are called; pages have no names."""
        with self._reading() as connection:
            rows = [
                connection.execute("SELECT number, name FROM pages WHERE number = ?", (number,)).fetchone()
                for number in numbers
            ]
        return {int(row[0]): str(row[1]) for row in rows if row is not None and row[1]}

    def named(self, pattern: str) -> list[tuple[int, str]]:
        """The parts whose names are like a pattern of SQL, in their order, with these names."""
        with self._reading() as connection:
            rows = connection.execute("SELECT number, name FROM pages WHERE name LIKE ? ORDER BY number", (pattern,))
            return [(int(row[0]), str(row[1])) for row in rows]

    def unread(self, most: int, near: int = 1) -> list[int]:
        """Scans that nobody has read, those from page `near` on first."""
        order = "ORDER BY number < ?, number LIMIT ?"
        with self._reading() as connection:
            rows = connection.execute(f"SELECT number FROM pages WHERE state = 'scan' {order}", (near, most))
            return [int(row[0]) for row in rows]

    def unread_count(self) -> int:
        """How many scans nobody has read."""
        with self._reading() as connection:
            return int(connection.execute("SELECT count(*) FROM pages WHERE state = 'scan'").fetchone()[0])

    def search(self, question: str, most: int) -> list[Hit]:
        """The pages that have most in common with the question, the best first; of equals the first in the document."""
        wanted = words.terms(question)
        if not wanted:
            return []
        with self._reading() as connection:
            best = _ranked(connection, "passages", f"rowid / {_PASSAGES}", wanted, most * _LOOKED_AT)
            whole = _ranked(connection, "whole", "rowid", wanted, most * _LOOKED_AT)
        hits = [Hit(page, score + _WHOLE * whole.get(page, 0.0)) for page, score in best.items()]
        return sorted(hits, key=lambda hit: (-hit.score, hit.page))[:most]

    def touch(self) -> None:
        """It was used now."""
        if self.path != IN_MEMORY:
            with suppress(OSError):
                os.utime(self.path)

    def close(self) -> None:
        """May be called twice."""
        with self._lock:
            self.closed = True
            self._connection.close()

    def delete(self) -> None:
        """Close it, and leave nothing of it. Raises `HelperError`."""
        self.close()
        try:
            self._delete()
        except OSError as error:
            raise self._failure(error) from None

    def _fact(self, name: str) -> str:
        with self._reading() as connection:
            row = connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return "" if row is None else str(row[0])

    def _note(self, name: str, value: object) -> None:
        with self._writing() as connection:
            connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._lock, self._translated():
            yield self._connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._lock, self._translated(), self._connection:
            yield self._connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        import sqlite3

        try:
            yield
        except sqlite3.Error as error:
            raise self._failure(error) from None

    def _failure(self, error: Exception) -> HelperError:
        return storage_error(self.path, OSError(str(error)))

    def _opened(self) -> Connection:
        import sqlite3

        try:
            connection = self._connected()
            if connection is not None:
                return connection
            self._delete()
            connection = self._connected()
        except (OSError, sqlite3.Error) as error:
            raise self._failure(error) from None
        if connection is None:
            raise self._failure(OSError("damaged"))
        return connection

    def _connected(self) -> Connection | None:
        """The file as it is, or with empty tables; None if it is nothing of ours."""
        import sqlite3

        if self.path != IN_MEMORY:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with suppress(FileExistsError):
                os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        connection = sqlite3.connect(self.path, timeout=5.0, check_same_thread=False)
        try:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                connection.execute("PRAGMA synchronous = OFF")  # it can be made again
                with connection:
                    for statement in _SCHEMA:
                        connection.execute(statement)
            elif version != _VERSION:
                connection.close()
                return None
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("SELECT count(*) FROM facts").fetchone()
        except sqlite3.DatabaseError:
            connection.close()
            return None
        return connection

    def _delete(self) -> None:
        for suffix in ("", "-journal", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)


def _index(connection: Connection, number: int, text: str, above: str = "") -> None:
    """`above`: what stands above it and says what it is about."""
    if whole := index_text(f"{above}\n{text}" if above else text):
        connection.execute("INSERT INTO whole (rowid, body) VALUES (?, ?)", (number, whole))
        heading = index_text(above or heading_of(text))
        rows = ((number * _PASSAGES + place, index_text(one), heading) for place, one in enumerate(passages(text)))
        connection.executemany("INSERT INTO passages (rowid, body, heading) VALUES (?, ?, ?)", rows)


def _ranked(connection: Connection, table: str, page: str, wanted: list[str], most: int) -> dict[int, float]:
    """The best score of each page among the first rows."""
    weights = f", {_HEADING}, 1.0" if table == "passages" else ""
    rows = connection.execute(
        f"SELECT {page}, -bm25({table}{weights}) FROM {table} WHERE {table} MATCH ? ORDER BY 2 DESC, rowid LIMIT ?",
        (words.expression(wanted), most),
    )
    best: dict[int, float] = {}
    for number, score in rows:
        best.setdefault(int(number), float(score))
    return best
