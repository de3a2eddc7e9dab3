"""Conversations from elsewhere as rows. Every function works inside the transaction that its caller began."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from desktop_helper.core.messages import TextPart
from desktop_helper.services import history_rows
from desktop_helper.services.history_records import ImportedConversation, StoredMessage

if TYPE_CHECKING:
    from sqlite3 import Connection

_SAME_MOMENT_S = 0.001


def candidates(connection: Connection, record: ImportedConversation) -> list[int]:
    """Conversations that began in the same moment."""
    began = record.created.timestamp()
    rows = connection.execute(
        "SELECT id FROM conversations WHERE trashed IS NULL AND created BETWEEN ? AND ?",
        (began - _SAME_MOMENT_S, began + _SAME_MOMENT_S),
    ).fetchall()
    return [conversation_id for (conversation_id,) in rows]


def is_known(record: ImportedConversation, there: Sequence[StoredMessage]) -> bool:
    """Whether `there` begins with the messages of `record`. What the model thought may have been left out of either."""
    if len(there) < len(record.messages):
        return False
    return all(_key(ours) == _key(theirs) for ours, theirs in zip(there, record.messages, strict=False))


def insert(connection: Connection, record: ImportedConversation) -> int:
    """Rows for all of it. Returns the id. Its dates are its own; `history_rules` heed today's, too."""
    began, changed = record.created.timestamp(), record.updated.timestamp()
    cursor = connection.execute("INSERT INTO conversations (created, updated) VALUES (?, ?)", (began, changed))
    conversation_id = int(cursor.lastrowid or 0)
    parent: int | None = None
    for stored in record.messages:
        parent = _insert_message(connection, conversation_id, parent, stored)
    title = record.title.strip() or next(map(history_rows.title_of, (one.message for one in record.messages)), "")
    history_rows.set_title(connection, conversation_id, " ".join(title.split()))
    connection.execute(
        "UPDATE conversations SET updated = ?, pinned = ?, imported = ? WHERE id = ?",
        (changed, record.pinned, time.time(), conversation_id),
    )
    return conversation_id


def _insert_message(connection: Connection, conversation_id: int, parent: int | None, stored: StoredMessage) -> int:
    message = stored.message
    new = history_rows.NewMessage(
        conversation_id,
        parent,
        message.role,
        stored.status,
        message.thinking,
        message.tool_calls,
        message.call_id,
        model=stored.model,
    )
    message_id = history_rows.insert_message(connection, new)
    connection.execute(
        "UPDATE messages SET created = ?, thinking_s = ?, error = ?, usage = ?, notices = ? WHERE id = ?",
        (
            stored.created.timestamp(),
            stored.thinking_s,
            history_rows.storable(stored.error),
            json.dumps(asdict(stored.usage)) if stored.usage else None,
            json.dumps([history_rows.storable(notice) for notice in stored.notices], ensure_ascii=False),
            message_id,
        ),
    )
    history_rows.insert_parts(connection, message_id, message.parts)
    return message_id


def _key(stored: StoredMessage) -> tuple[object, ...]:
    # Not what is in them: a picture that is imported is decoded and written anew, so its bytes may be others.
    parts = tuple(part.text if isinstance(part, TextPart) else (part.name,) for part in stored.message.parts)
    return stored.message.role, round(stored.created.timestamp(), 3), parts
