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
from desktop_helper.services.search_text import index_text

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

_FIRST_PICTURE = (
    "SELECT sha256 FROM parts JOIN messages m ON m.id = message_id"
    " WHERE m.conversation_id = {} AND m.deleted IS NULL AND kind = 'image' AND sha256 IS NOT NULL"
    " ORDER BY m.id, position LIMIT 1"
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

# What the list of conversations shows stands in its own rows: counting messages for it would read all of them.
_ARCHIVE: Migration = (
    "ALTER TABLE conversations ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE conversations ADD COLUMN trashed REAL",  # when the user deleted it; NULL if not
    "ALTER TABLE conversations ADD COLUMN messages INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE conversations ADD COLUMN thumbnail TEXT",  # the sha256 of the first picture
    "ALTER TABLE conversations ADD COLUMN title_words TEXT NOT NULL DEFAULT ''",  # what the index holds for the title
    "ALTER TABLE parts ADD COLUMN words TEXT",  # what can be read in a picture
    f"""
    UPDATE conversations SET
        messages = (SELECT count(*) FROM messages WHERE conversation_id = conversations.id AND deleted IS NULL),
        thumbnail = ({_FIRST_PICTURE.format("conversations.id")})
    """,
    """
    CREATE INDEX conversations_listed ON conversations (updated, id, pinned)
        WHERE trashed IS NULL AND messages > 0
    """,
    "CREATE INDEX conversations_by_creation ON conversations (created)",
    "CREATE INDEX conversations_trashed ON conversations (trashed) WHERE trashed IS NOT NULL",
    """
    CREATE TRIGGER message_added AFTER INSERT ON messages WHEN new.deleted IS NULL BEGIN
        UPDATE conversations SET messages = messages + 1 WHERE id = new.conversation_id;
    END
    """,
    f"""
    CREATE TRIGGER message_deleted AFTER DELETE ON messages BEGIN
        UPDATE conversations SET
            messages = messages - (old.deleted IS NULL),
            thumbnail = CASE WHEN thumbnail IS NOT NULL THEN ({_FIRST_PICTURE.format("old.conversation_id")}) END
            WHERE id = old.conversation_id;
    END
    """,
    f"""
    CREATE TRIGGER message_marked AFTER UPDATE OF deleted ON messages
        WHEN (old.deleted IS NULL) <> (new.deleted IS NULL) BEGIN
        UPDATE conversations SET
            messages = messages + (new.deleted IS NULL) - (old.deleted IS NULL),
            thumbnail = ({_FIRST_PICTURE.format("new.conversation_id")})
            WHERE id = new.conversation_id;
    END
    """,
    """
    CREATE TRIGGER picture_added AFTER INSERT ON parts WHEN new.kind = 'image' BEGIN
        UPDATE conversations SET thumbnail = new.sha256 WHERE thumbnail IS NULL
            AND id = (SELECT conversation_id FROM messages WHERE id = new.message_id AND deleted IS NULL);
    END
    """,
    # The index again, with one for the beginnings of words: who types sees hits from the second letter on.
    "DROP TABLE search",
    """
    CREATE VIRTUAL TABLE search
        USING fts5 (body, names, content='', prefix='2 3', tokenize='unicode61 remove_diacritics 2')
    """,
    """
    INSERT INTO search (rowid, body, names) SELECT id,
        index_text((SELECT group_concat(text, ' ') FROM
            (SELECT text FROM parts WHERE message_id = messages.id AND kind = 'text' ORDER BY position))),
        index_text((SELECT group_concat(name, ' ') FROM
            (SELECT name FROM parts WHERE message_id = messages.id AND kind <> 'text' ORDER BY position)))
        FROM messages WHERE status <> 'open'
    """,
    # Titles are in the index of the messages, under the negative number of their conversation.
    """
    CREATE TRIGGER title_changed AFTER UPDATE OF title_words ON conversations
        WHEN new.title_words <> old.title_words BEGIN
        INSERT INTO search (search, rowid, body, names)
            SELECT 'delete', -old.id, old.title_words, '' WHERE old.title_words <> '';
        INSERT OR IGNORE INTO chores (name) SELECT 'purge words' WHERE old.title_words <> '';
        INSERT INTO search (rowid, body, names)
            SELECT -new.id, new.title_words, '' WHERE new.title_words <> '';
    END
    """,
    """
    CREATE TRIGGER title_deleted AFTER DELETE ON conversations WHEN old.title_words <> '' BEGIN
        INSERT INTO search (search, rowid, body, names) VALUES ('delete', -old.id, old.title_words, '');
        INSERT OR IGNORE INTO chores (name) VALUES ('purge words');
    END
    """,
    "UPDATE conversations SET title_words = index_text(title)",
)

_THINKING_TIME: Migration = (
    "ALTER TABLE messages ADD COLUMN thinking_s REAL",  # how long an answer was thought about; NULL: not known
)

_MOMENTS: Migration = (
    "ALTER TABLE parts ADD COLUMN moment TEXT",  # JSON: where in a video the picture stands (`core.messages.Moment`)
)

_UNREAD: Migration = (
    # Pictures in which nobody has looked for text. `words` is empty where there was none.
    """
    CREATE INDEX unread_pictures ON parts (message_id)
        WHERE kind = 'image' AND words IS NULL AND sha256 IS NOT NULL
    """,
)

_IMPORTED: Migration = (
    "ALTER TABLE conversations ADD COLUMN imported REAL",  # when it came from a file; NULL: it began here
)

MIGRATIONS: tuple[Migration, ...] = (
    *(_FIRST, _NOTICES, _BRANCHES, _ARCHIVE, _THINKING_TIME, _MOMENTS, _UNREAD),
    _IMPORTED,
)


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

    Another process may do the same at the same time: each step looks again under the write lock. The steps may call
    `index_text` of `services.search_text`.
    """
    found = schema_version(connection)
    check_not_newer(path, found, len(migrations))
    if found < len(migrations):
        connection.create_function("index_text", 1, lambda text: index_text(text or ""), deterministic=True)
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
