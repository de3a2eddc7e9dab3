"""Reads `vlm_helper.db`, the database of vlm-helper, GLM-V's own example app. The file is opened to be read only.

What its rows hold: `conversations (id, title, timestamp)`; `messages (conversation_id, role, content, image, video,
video_blob, pdf_images, pdf_name, ppt_images, ppt_name, timestamp)` with pictures as `data:` addresses, the pages of a
document as a JSON list of them, and times in milliseconds. Its message ids are mangled, so they are not looked at.
"""

from __future__ import annotations

import json
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.events import FinishReason, TextDelta, ThinkingDelta
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import Message, Part, Role, TextPart
from desktop_helper.core.splitter import Splitter
from desktop_helper.services.history_records import STATUS_COMPLETE, ImportedConversation, StoredMessage
from desktop_helper.services.history_rows import storable
from desktop_helper.services.importing.media import MAX_BYTES, MediaReader, from_data_url
from desktop_helper.services.importing.own_json import MAX_MESSAGES, unreadable

if TYPE_CHECKING:
    from sqlite3 import Connection

SIGNATURE = b"SQLite format 3\0"
MAX_CONVERSATIONS = 100_000
MAX_PAGES = 200
_MODEL = "vlm-helper"
_LIMIT_LENGTH = 8 * MAX_BYTES  # bytes of one row; SQLite refuses what is longer
_STEPS = 100_000  # of SQLite's machine between two looks at the clock
_QUERY_S = 60.0
_ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT, "system": Role.SYSTEM}
_COLUMNS = (
    "role",
    "content",
    "timestamp",
    "image",
    "video",
    "video_blob",
    "pdf_images",
    "pdf_name",
    "ppt_images",
    "ppt_name",
)


class AncestorFile:
    """One file. `damaged` counts the rows that could not be used so far.

    Args:
        path: the file.
        media: reads its pictures.
        cancel: stops a query, too.
    """

    def __init__(self, path: Path, media: MediaReader, cancel: CancelToken) -> None:
        self._path = path
        self._media = media
        self._cancel = cancel
        self._deadline = float("inf")
        self._selected = ""
        self.total = 0
        self.damaged = 0

    def conversations(self) -> Generator[ImportedConversation]:
        """All that can be read. Raises `HelperError(SOURCE)` if that is nothing, because it is another kind of file."""
        import sqlite3

        try:
            with self._opened() as connection:
                for row in self._rows(connection):
                    self._cancel.raise_if_cancelled()
                    found = self._conversation(connection, *row)
                    if found is None:
                        self.damaged += 1
                    else:
                        yield found
                    self._media.forget()
                self._count_lost(connection)
        except sqlite3.Error as error:
            self._cancel.raise_if_cancelled()
            raise unreadable(self._path, tr("it is damaged ({reason})", reason=str(error))) from None

    @contextmanager
    def _opened(self) -> Iterator[Connection]:
        import sqlite3

        log = self._path.with_name(self._path.name + "-wal")
        # With `immutable`, SQLite makes no files of its own beside it; what is in a log it would not see.
        mode = "mode=ro" if log.exists() and log.stat().st_size else "mode=ro&immutable=1"
        address = f"{self._path.absolute().as_uri()}?{mode}"
        with closing(sqlite3.connect(address, uri=True, timeout=1.0, isolation_level=None)) as connection:
            connection.text_factory = lambda data: data.decode("utf-8", "replace")
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LIMIT_LENGTH)
            connection.set_progress_handler(self._must_stop, _STEPS)
            for pragma in ("query_only = ON", "trusted_schema = OFF", "cell_size_check = ON"):
                connection.execute(f"PRAGMA {pragma}")
            yield connection

    def _must_stop(self) -> bool:
        return self._cancel.cancelled or time.monotonic() > self._deadline

    def _ask(self, connection: Connection, statement: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """Rows, with a limit on the time that SQLite takes for each."""
        self._deadline = time.monotonic() + _QUERY_S
        for row in connection.execute(statement, values):
            yield row
            self._deadline = time.monotonic() + _QUERY_S

    def _rows(self, connection: Connection) -> list[tuple[Any, ...]]:
        tables = {"conversations": {"id", "title", "timestamp"}, "messages": {"conversation_id", "role", "content"}}
        for table, needed in tables.items():
            kind = f"SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '{table}'"  # a view could be a trap
            if not list(self._ask(connection, kind)) or not needed <= self._columns(connection, table):
                raise unreadable(self._path, tr("it is a database of another program"))
        there = self._columns(connection, "messages")
        self._selected = ", ".join(name if name in there else "NULL" for name in _COLUMNS)
        statement = "SELECT id, title, timestamp FROM conversations ORDER BY timestamp, rowid"
        rows = list(islice(self._ask(connection, statement), MAX_CONVERSATIONS))
        self.total = len(rows)
        return rows

    def _count_lost(self, connection: Connection) -> None:
        """Messages whose conversation is not there."""
        import sqlite3

        with suppress(sqlite3.Error):  # damage in the file was counted where it was met
            lost = "SELECT count(*) FROM messages WHERE conversation_id NOT IN (SELECT id FROM conversations)"
            self.damaged += next(self._ask(connection, lost))[0]

    def _columns(self, connection: Connection, table: str) -> set[str]:
        return {row[1] for row in self._ask(connection, f"PRAGMA table_info({table})")}

    def _conversation(
        self, connection: Connection, key: object, title: object, timestamp: object
    ) -> ImportedConversation | None:
        """All of it that can be used; None if that is nothing."""
        began = _moment(timestamp)
        messages = []
        for number in self._numbers(connection, key):
            row = self._row(connection, number)
            message = self._message(dict(zip(_COLUMNS, row, strict=True)), began) if row else None
            if message is None:
                self.damaged += 1
            else:
                messages.append(message)
        if not messages:
            return None
        messages.sort(key=lambda stored: stored.created)  # here, since SQLite would have to read all of them first
        first, last = messages[0].created, messages[-1].created
        shown = storable(title) if isinstance(title, str) else ""
        return ImportedConversation(shown, first, last, False, tuple(messages))

    def _numbers(self, connection: Connection, key: object) -> list[int]:
        """The rows of a conversation, as far as they can be told."""
        import sqlite3

        found: list[int] = []
        statement = f"SELECT rowid FROM messages WHERE conversation_id = ? LIMIT {MAX_MESSAGES}"
        try:
            found.extend(row[0] for row in self._ask(connection, statement, key))
        except sqlite3.Error:
            self._cancel.raise_if_cancelled()
            self.damaged += 1
        return found

    def _row(self, connection: Connection, number: int) -> tuple[Any, ...] | None:
        """One row by itself: one that is damaged or too large costs no other. None if it cannot be read."""
        import sqlite3

        self._cancel.raise_if_cancelled()
        try:
            return next(self._ask(connection, f"SELECT {self._selected} FROM messages WHERE rowid = ?", number), None)
        except sqlite3.Error:
            self._cancel.raise_if_cancelled()
            return None

    def _message(self, row: dict[str, Any], began: datetime | None) -> StoredMessage | None:
        role, content = row["role"], row["content"]
        created = _moment(row["timestamp"]) or began
        if role not in _ROLES or not isinstance(content, str) or created is None:
            return None
        media = self._parts(row)
        thinking = ""
        if role == "assistant":
            thinking, content = _split(content)
        parts = (*media, TextPart(storable(content))) if content.strip() else tuple(media)
        if not parts and not thinking:
            return None
        answers = role == "assistant"
        return StoredMessage(
            id=0,
            message=Message(_ROLES[role], parts, storable(thinking)),
            status=FinishReason.STOP.value if answers else STATUS_COMPLETE,
            error="",
            model=_MODEL if answers else "",
            usage=None,
            created=created,
            parent_id=None,
        )

    def _parts(self, row: dict[str, Any]) -> list[Part]:
        parts: list[Part] = []
        if row["image"]:
            parts.append(self._media.picture(from_data_url(row["image"]), tr("Imported picture")))
        if row["video_blob"] or row["video"]:
            blob = row["video_blob"]
            data = blob if isinstance(blob, bytes) and len(blob) <= MAX_BYTES else from_data_url(row["video"])
            parts.append(self._media.video(data, tr("Imported video")))
        for kind in ("pdf", "ppt"):
            if row[f"{kind}_images"]:
                name = row[f"{kind}_name"]
                parts += self._pages(
                    row[f"{kind}_images"], storable(name) if isinstance(name, str) else tr("Imported document")
                )
        return parts

    def _pages(self, column: object, name: str) -> list[Part]:
        pages = _json_list(column)
        if pages is None:
            return [self._media.missing(name)]
        parts: list[Part] = []
        for number, page in enumerate(pages[: MAX_PAGES + 1], 1):
            title = tr("{name}, page {number}", name=name, number=number)
            if number > MAX_PAGES:
                parts.append(self._media.missing(title))
            else:
                parts.append(self._media.picture(from_data_url(_address(page)), title))
        return parts


def _split(content: str) -> tuple[str, str]:
    """What was thought, and the answer without its markers."""
    splitter = Splitter()
    deltas = [*splitter.feed(content), *splitter.close()]
    thinking = "".join(one.text for one in deltas if isinstance(one, ThinkingDelta))
    return thinking.strip(), "".join(one.text for one in deltas if isinstance(one, TextDelta))


def _json_list(column: object) -> Sequence[object] | None:
    try:
        found = json.loads(column) if isinstance(column, str) else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) else None


def _address(page: object) -> object:
    """The picture of a page, which some versions wrapped in an object."""
    return next((value for value in page.values() if isinstance(value, str)), None) if isinstance(page, dict) else page


def _moment(timestamp: object) -> datetime | None:
    """Milliseconds since 1970, or a text as JavaScript writes times."""
    try:
        if isinstance(timestamp, str):
            found = datetime.fromisoformat(timestamp)
            return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        if isinstance(timestamp, int | float):
            return datetime.fromtimestamp(timestamp / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    return None
