"""The list of conversations and the search in it. Every function works inside the transaction that its caller began."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from desktop_helper.core.messages import Role
from desktop_helper.services import history_tree, search_text
from desktop_helper.services.history_records import ConversationInfo, Glance, SearchHit
from desktop_helper.services.history_rows import moment
from desktop_helper.services.plain_text import plain_around

if TYPE_CHECKING:
    from sqlite3 import Connection, Row

_COLUMNS = "id, title, created, updated, messages, thumbnail, pinned"
_LONGEST_QUERY = 500  # characters; a page that is pasted there by mistake is not searched for word by word
_LISTED = "trashed IS NULL AND messages > 0"  # as in the index `conversations_listed`


def listed(connection: Connection, limit: int, offset: int, pinned: bool | None) -> list[ConversationInfo]:
    """A page of the list, the one that changed last first."""
    chosen = "" if pinned is None else f" AND pinned = {int(pinned)}"
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM conversations WHERE {_LISTED}{chosen} ORDER BY updated DESC, id DESC LIMIT ? OFFSET ?",
        (limit, offset),
    )
    return [_info(row) for row in rows]


def last_asked(connection: Connection) -> tuple[int, float] | None:
    """What `History.last_asked` promises. To have a question answered again is to ask."""
    rows = connection.execute(
        "SELECT id, updated, coalesce((SELECT created FROM messages AS m WHERE conversation_id = c.id"
        " AND deleted IS NULL AND 'user' IN (role, (SELECT role FROM messages WHERE id = m.parent_id))"
        f" ORDER BY id DESC LIMIT 1), created) FROM conversations AS c WHERE {_LISTED} ORDER BY updated DESC, id DESC"
    )
    found: tuple[int, float] | None = None
    for conversation_id, updated, asked in rows:
        if found is not None and updated <= found[1]:
            break  # nothing happened later in this one, nor in any that follows
        if found is None or asked > found[1]:
            found = conversation_id, asked
    return found


def count(connection: Connection) -> int:
    """How many conversations are listed."""
    return int(connection.execute(f"SELECT count(*) FROM conversations WHERE {_LISTED}").fetchone()[0])


def info(connection: Connection, conversation_id: int) -> ConversationInfo | None:
    """The line of one conversation; None if it is not in the list."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM conversations WHERE id = ? AND {_LISTED}", (conversation_id,)
    ).fetchone()
    return None if row is None else _info(row)


def existing(connection: Connection, ids: Sequence[int]) -> set[int]:
    """Those of these conversations that there are, also in the trash."""
    found = (connection.execute("SELECT id FROM conversations WHERE id = ?", (one,)).fetchone() for one in ids)
    return {row[0] for row in found if row is not None}


def glances(connection: Connection, ids: Sequence[int]) -> dict[int, Glance]:
    """What the rows of these conversations say; looks at two messages of each."""
    found = {}
    for conversation_id in ids:
        status = connection.execute(
            "SELECT status FROM messages WHERE conversation_id = ? ORDER BY id DESC LIMIT 1", (conversation_id,)
        ).fetchone()
        names = connection.execute(
            "SELECT name FROM parts WHERE kind <> 'text' AND message_id ="
            " (SELECT min(id) FROM messages WHERE conversation_id = ?) ORDER BY position",
            (conversation_id,),
        ).fetchall()
        if status is not None:
            found[conversation_id] = Glance(names[0][0] if names else "", max(0, len(names) - 1), status[0])
    return found


def search(connection: Connection, text: str, limit: int) -> list[SearchHit]:
    """What `History.search` promises."""
    text = text[:_LONGEST_QUERY]
    expression = search_text.match_expression(text)
    if not expression:
        return []
    hits = [_message_hit(connection, row, text) for row in _found_messages(connection, expression, limit)]
    seen = {hit.conversation_id for hit in hits}
    titles = [_title_hit(row, text) for row in _found_titles(connection, expression, limit) if row[0] not in seen]
    return sorted(hits + titles, key=lambda hit: hit.created, reverse=True)[:limit]


def _found_messages(connection: Connection, expression: str, limit: int) -> list[Row]:
    """The newest ones, without what tools gave, which nobody sees.

    CROSS JOIN keeps the index in front, so that only as many are looked at as are shown.
    """
    return connection.execute(
        "SELECT m.conversation_id, m.id, c.title, m.role, m.created,"
        " (SELECT group_concat(CASE kind WHEN 'text' THEN text ELSE name END || coalesce(' ' || words, ''), ' ') FROM"
        "  (SELECT kind, text, name, words FROM parts WHERE message_id = m.id ORDER BY position))"
        " FROM search CROSS JOIN messages m ON m.id = search.rowid"
        " CROSS JOIN conversations c ON c.id = m.conversation_id"
        " WHERE search MATCH ? AND search.rowid > 0 AND m.deleted IS NULL AND c.trashed IS NULL AND m.role <> 'tool'"
        " ORDER BY search.rowid DESC LIMIT ?",
        (expression, limit),
    ).fetchall()


def _found_titles(connection: Connection, expression: str, limit: int) -> list[Row]:
    return connection.execute(
        "SELECT c.id, c.title, c.updated FROM search CROSS JOIN conversations c ON c.id = -search.rowid"
        " WHERE search MATCH ? AND search.rowid < 0 AND c.trashed IS NULL AND c.messages > 0"
        " ORDER BY search.rowid LIMIT ?",
        (expression, limit),
    ).fetchall()


def _message_hit(connection: Connection, row: Row, text: str) -> SearchHit:
    conversation_id, message_id, title, role, created, body = row
    if role == Role.ASSISTANT.value:
        body, message_id = plain_around(body or "", text), history_tree.answer_begin(connection, message_id)
    snippet, picture = search_text.snippet(body or "", text), ""
    if role == Role.USER.value:
        picture, snippet = _in_picture(connection, message_id, text) or (picture, snippet)
    found, in_title = search_text.matches(snippet, text), search_text.matches(title, text)
    return SearchHit(conversation_id, message_id, title, snippet, Role(role), moment(created), found, in_title, picture)


def _in_picture(connection: Connection, message_id: int, text: str) -> tuple[str, str] | None:
    """The first picture in which a word of `text` can be read, and a line of that; None if the message says one, too.

    So who looks for what they asked sees their question.
    """
    parts = connection.execute(
        "SELECT kind, CASE kind WHEN 'text' THEN text ELSE name END, words FROM parts WHERE message_id = ?"
        " ORDER BY position",
        (message_id,),
    ).fetchall()
    if all(words is None for _, _, words in parts) or any(
        search_text.matches(said or "", text) for _, said, _ in parts
    ):
        return None
    found = ((name, search_text.snippet(words, text)) for _, name, words in parts if words)
    return next((hit for hit in found if search_text.matches(hit[1], text)), None)


def _title_hit(row: Row, text: str) -> SearchHit:
    conversation_id, title, updated = row
    in_title = search_text.matches(title, text)
    return SearchHit(conversation_id, None, title, "", None, moment(updated), title_matches=in_title)


def _info(row: Row) -> ConversationInfo:
    conversation_id, title, created, updated, messages, thumbnail, pinned = row
    return ConversationInfo(conversation_id, title, moment(created), moment(updated), messages, thumbnail, bool(pinned))
