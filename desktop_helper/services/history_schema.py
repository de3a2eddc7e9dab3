"""The tables of the history and how older files become the present form.

A change of the tables is a new entry at the end of `MIGRATIONS`; entries that were released never change.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

if TYPE_CHECKING:
    from sqlite3 import Connection

Migration = Sequence[str]

_FIRST: Migration = (
    """
    CREATE TABLE conversations (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        title TEXT NOT NULL DEFAULT '',
        created REAL NOT NULL,  -- seconds since 1970, UTC
        updated REAL NOT NULL
    )
    """,
    "CREATE INDEX conversations_by_update ON conversations (updated, id)",
    """
    CREATE TABLE messages (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        conversation_id INTEGER NOT NULL REFERENCES conversations ON DELETE CASCADE,
        parent_id INTEGER REFERENCES messages ON DELETE CASCADE,  -- so that a conversation may branch
        role TEXT NOT NULL CHECK (role IN ('system', 'user', 'assistant', 'tool')),
        thinking TEXT NOT NULL DEFAULT '',
        tool_calls TEXT NOT NULL DEFAULT '[]',  -- JSON: [[call id, name, arguments], ...]
        call_id TEXT NOT NULL DEFAULT '',
        status TEXT NOT NULL,
        writer TEXT NOT NULL DEFAULT '',  -- the process that writes an open answer (services.alive)
        error TEXT NOT NULL DEFAULT '',
        model TEXT NOT NULL DEFAULT '',
        usage TEXT,  -- JSON object
        created REAL NOT NULL
    )
    """,
    "CREATE INDEX messages_by_conversation ON messages (conversation_id, id)",
    "CREATE INDEX messages_by_parent ON messages (parent_id)",
    "CREATE INDEX open_answers ON messages (id) WHERE status = 'open'",
    """
    CREATE TABLE parts (
        message_id INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
        position INTEGER NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('text', 'image', 'file')),
        text TEXT,  -- of a file: NULL if it is the file's bytes as UTF-8
        sha256 TEXT,  -- the blob of an image or a file
        mime TEXT,
        name TEXT,
        size INTEGER,
        width INTEGER,
        height INTEGER,
        tokens INTEGER,
        PRIMARY KEY (message_id, position)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX parts_by_blob ON parts (sha256) WHERE sha256 IS NOT NULL",
    # What an open answer has so far. Adding a row costs the same however long the answer is.
    """
    CREATE TABLE chunks (
        message_id INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
        seq INTEGER NOT NULL,
        thinking TEXT NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (message_id, seq)
    ) WITHOUT ROWID
    """,
    # Contentless: the words are made in Python (services.search_text), and the texts are already in `parts`.
    "CREATE VIRTUAL TABLE search USING fts5 (body, names, content='', tokenize='unicode61 remove_diacritics 2')",
    # A row for each thing that `History.maintain` has to do.
    "CREATE TABLE chores (name TEXT PRIMARY KEY) WITHOUT ROWID",
)

_NOTICES: Migration = (
    "ALTER TABLE messages ADD COLUMN notices TEXT NOT NULL DEFAULT '[]'",  # JSON: what was said about an answer
)

_BRANCHES: Migration = (
    "ALTER TABLE conversations ADD COLUMN head_id INTEGER",  # the message that ends the branch which is shown
    "ALTER TABLE messages ADD COLUMN shown_id INTEGER",  # the one of those that follow it which was shown last
    "ALTER TABLE messages ADD COLUMN deleted REAL",  # when; the row goes when that cannot be undone any more
    "CREATE INDEX first_messages ON messages (conversation_id) WHERE parent_id IS NULL",
    "CREATE INDEX deleted_messages ON messages (deleted) WHERE deleted IS NOT NULL",
    # Only the first message had none; one that lost it follows what was said before it.
    """
    UPDATE messages SET parent_id = (
        SELECT max(id) FROM messages AS before
        WHERE before.conversation_id = messages.conversation_id AND before.id < messages.id
    )
    WHERE parent_id IS NULL OR parent_id >= id OR conversation_id <> (
        SELECT conversation_id FROM messages AS parent WHERE parent.id = messages.parent_id
    )
    """,
    "UPDATE conversations SET head_id = (SELECT max(id) FROM messages WHERE conversation_id = conversations.id)",
)

MIGRATIONS: tuple[Migration, ...] = (_FIRST, _NOTICES, _BRANCHES)


def schema_version(connection: Connection) -> int:
    """The number of migrations that the file has been through."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def check_not_newer(path: Path, found: int, known: int) -> None:
    """Refuse a file of a later version: writing to it could lose what only that version understands."""
    if found > known:
        raise HelperError(
            ErrorKind.STORAGE,
            tr("The history {path} was written by a newer version of Desktop Helper.", path=path),
            tr("Update Desktop Helper; the file was not changed."),
        )


def migrate(connection: Connection, path: Path, migrations: Sequence[Migration]) -> None:
    """Bring the file to the last version, one transaction for each step, with a copy of an existing file first.

    Another process may do the same at the same time: each step looks again under the write lock.
    """
    found = schema_version(connection)
    check_not_newer(path, found, len(migrations))
    for version in range(found, len(migrations)):
        connection.execute("BEGIN IMMEDIATE")
        try:
            if schema_version(connection) == version:
                if version == found > 0:
                    _back_up(path, backup_path(path, found))
                for statement in migrations[version]:
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {version + 1}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def backup_path(path: Path, version: int) -> Path:
    """Where the copy of a file of `version` is kept before it is changed."""
    return path.with_name(f"{path.stem}.backup-v{version}{path.suffix}")


def _back_up(path: Path, target: Path) -> None:
    """Copy the file as it is; the caller holds its write lock, so nothing changes meanwhile."""
    import sqlite3
    import tempfile

    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
    os.close(descriptor)
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(name)) as copy:
            source.backup(copy)
        os.replace(name, target)
    finally:
        Path(name).unlink(missing_ok=True)
