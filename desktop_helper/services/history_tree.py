"""A conversation is a tree of messages; one branch of it is shown, from a first message to `conversations.head_id`.

A question that is asked again and an answer that is given again stand beside the earlier one, after the same message.
A message is always newer than the one that it follows, so ids grow along a branch. `shown_id` keeps for each message
which of those that follow it was shown last, so that whoever comes back to a branch finds it as it was left.

An answer for which tools were used is several messages: what asks for tools, what they gave, and so on to the last. To
others it is one: who names the first of them means all of them.

What is deleted keeps its rows and its place for a while. Every function works inside the transaction of its caller.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from desktop_helper.services.history_records import ROOT, Deleted

if TYPE_CHECKING:
    from sqlite3 import Connection

_NO_LIMIT = -1

_BELOW = """
    WITH RECURSIVE below (id) AS (
        SELECT ?
        UNION ALL SELECT m.id FROM below JOIN messages m ON m.parent_id = below.id AND m.id > below.id{condition}
    )
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a new message goes. `deleted`: the stamp of the deletion that it shares."""

    parent_id: int | None
    deleted: float | None = None


def tip(
    connection: Connection, conversation_id: int, until: int | None = None, before: int | None = None
) -> int | None:
    """The end of the branch that is shown; or this message, or the one before that one, if they are of it."""
    wanted = until or before
    if wanted is None:
        return _head(connection, conversation_id)
    row = _row(connection, wanted)
    if row is None or row[0] != conversation_id:
        return None
    return answer_end(connection, wanted) if until else row[1]


def path(connection: Connection, message_id: int | None, most: int | None = None) -> list[int]:
    """The branch from its first message to this one; only the last `most` of it, an answer with its tools as one."""
    found: list[tuple[int, int | None, bool]] = []
    wanted, left = message_id, most
    while wanted is not None and left != 0:
        rows = connection.execute(
            "WITH RECURSIVE path (id, parent_id, role) AS ("
            " SELECT id, parent_id, role FROM messages WHERE id = ?"
            " UNION ALL SELECT m.id, m.parent_id, m.role"
            " FROM path JOIN messages m ON m.id = path.parent_id AND m.id < path.id"
            " LIMIT ?) SELECT id, parent_id, role = 'tool' OR (role = 'assistant' AND"
            " (SELECT role FROM messages above WHERE above.id = path.parent_id) IS 'tool') FROM path ORDER BY id",
            (wanted, _NO_LIMIT if left is None else left),
        ).fetchall()
        found = rows + found
        wanted = found[0][1] if rows else None
        # What goes on with an answer is no message of its own.
        left = None if left is None else max(0, (most or 0) - sum(not goes_on for _id, _parent, goes_on in found))
        if left is None:
            break
    return [row[0] for row in found]


def answer_end(connection: Connection, message_id: int) -> int:
    """The last message of an answer that begins with this one, as it is shown; mostly the message itself."""
    while True:
        row = connection.execute(
            "SELECT c.id FROM messages m JOIN messages c ON c.parent_id = m.id AND c.id > m.id"
            " WHERE m.id = ? AND c.deleted IS NULL AND (c.role = 'tool' OR (c.role = 'assistant' AND m.role = 'tool'))"
            " ORDER BY c.id = m.shown_id DESC, c.id DESC LIMIT 1",
            (message_id,),
        ).fetchone()
        if row is None:
            return message_id
        message_id = int(row[0])


def answer_begin(connection: Connection, message_id: int) -> int:
    """The first message of the answer that this one is a part of, by which it is known to others."""
    row = connection.execute(
        "WITH RECURSIVE up (id, parent_id, role) AS ("
        " SELECT id, parent_id, role FROM messages WHERE id = ?"
        " UNION ALL SELECT m.id, m.parent_id, m.role FROM up JOIN messages m ON m.id = up.parent_id AND m.id < up.id"
        " WHERE up.role = 'tool' OR (up.role = 'assistant' AND m.role = 'tool'))"
        " SELECT min(id) FROM up",
        (message_id,),
    ).fetchone()
    return int(row[0] or message_id)


def versions(connection: Connection, conversation_id: int, parent_id: int | None, *, question: bool) -> tuple[int, ...]:
    """The questions, or the answers, that follow one message, or begin a conversation; oldest first."""
    where, value = ("parent_id = ?", parent_id) if parent_id else ("parent_id IS NULL AND conversation_id = ?", None)
    rows = connection.execute(
        f"SELECT id FROM messages WHERE {where} AND (role = 'user') = ? AND deleted IS NULL ORDER BY id",
        (value or conversation_id, question),
    ).fetchall()
    return tuple(row[0] for row in rows)


def place_for(connection: Connection, conversation_id: int, parent_id: int | None, *, question: bool) -> Place:
    """Where a new message goes: after `parent_id`, at the beginning (`ROOT`), or after what is shown last (None).

    What belongs to a deleted question is deleted with it; another question follows what is left. The end of what is
    shown also takes the place of a parent that is gone.
    """
    if parent_id == ROOT:
        return Place(None)
    row = None
    if parent_id is not None:
        parent_id = answer_end(connection, parent_id) if question else parent_id
        row = _row(connection, parent_id)
    if row is None or row[0] != conversation_id:
        return Place(_head(connection, conversation_id))
    while question and parent_id is not None and row is not None and row[2] is not None:
        parent_id = row[1]
        row = _row(connection, parent_id) if parent_id is not None else None
    return Place(parent_id, row[2] if row is not None else None)


def show_new(connection: Connection, conversation_id: int, message_id: int, parent_id: int | None) -> None:
    """Make a message that was just added the end of what is shown."""
    row = connection.execute("SELECT head_id FROM conversations WHERE id = ?", (conversation_id,)).fetchone()
    if parent_id is not None and row[0] == parent_id:
        connection.execute("UPDATE messages SET shown_id = ? WHERE id = ?", (message_id, parent_id))
        connection.execute("UPDATE conversations SET head_id = ? WHERE id = ?", (message_id, conversation_id))
    else:
        _show(connection, conversation_id, message_id)


def choose(connection: Connection, message_id: int) -> None:
    """Show the branch through this message, as far down as it was shown before."""
    row = _row(connection, message_id)
    if row is not None and row[2] is None:
        _show(connection, row[0], _leaf(connection, message_id))


def delete(connection: Connection, message_id: int, now: float) -> Deleted:
    """Mark a message and what follows it."""
    row = _row(connection, message_id)
    if row is None or row[2] is not None:
        return Deleted(message_id, now, shown=False)
    conversation_id, parent_id, _ = row
    shown = message_id in path(connection, _head(connection, conversation_id))
    question = _is_question(connection, message_id)
    beside = versions(connection, conversation_id, parent_id, question=question)
    connection.execute(
        _BELOW.format(condition="") + "UPDATE messages SET deleted = ? WHERE id IN below AND deleted IS NULL",
        (message_id, now),
    )
    if shown:
        place = beside.index(message_id)
        nearest = beside[:place][-1:] or beside[place + 1 :][:1] or (parent_id,)
        left = _newest_first_message(connection, conversation_id) if nearest[0] is None else nearest[0]
        _show(connection, conversation_id, None if left is None else _leaf(connection, left))
    return Deleted(message_id, now, shown)


def restore(connection: Connection, deleted: Deleted) -> bool:
    """Take the marks of one deletion away. False if there is nothing to restore, or nothing to restore it to."""
    row = _row(connection, deleted.message_id)
    if row is None or row[2] != deleted.stamp:
        return False
    above = _row(connection, row[1]) if row[1] is not None else None
    if above is not None and above[2] is not None:
        return False
    connection.execute(
        _BELOW.format(condition="") + "UPDATE messages SET deleted = NULL WHERE id IN below AND deleted = ?",
        (deleted.message_id, deleted.stamp),
    )
    if deleted.shown:
        choose(connection, deleted.message_id)
    return True


def deleted_rows(connection: Connection, deleted: Deleted | None, before: float) -> list[int]:
    """What goes with one deletion; with each one older than `before` if it is None. All of it is deleted already."""
    if deleted is None:
        tops = connection.execute("SELECT id FROM messages WHERE deleted < ?", (before,)).fetchall()
    else:
        tops = connection.execute(
            "SELECT id FROM messages WHERE id = ? AND deleted = ?", (deleted.message_id, deleted.stamp)
        ).fetchall()
    found: set[int] = set()
    for (message_id,) in tops:
        if message_id not in found:
            rows = connection.execute(_BELOW.format(condition="") + "SELECT id FROM below", (message_id,))
            found |= {row[0] for row in rows.fetchall()}
    return list(found)


def _head(connection: Connection, conversation_id: int) -> int | None:
    row = connection.execute("SELECT head_id FROM conversations WHERE id = ?", (conversation_id,)).fetchone()
    return None if row is None else row[0]


def _row(connection: Connection, message_id: int) -> tuple[int, int | None, float | None] | None:
    """Conversation, parent and stamp of deletion."""
    found: tuple[int, int | None, float | None] | None = connection.execute(
        "SELECT conversation_id, parent_id, deleted FROM messages WHERE id = ?", (message_id,)
    ).fetchone()
    return found


def _newest_first_message(connection: Connection, conversation_id: int) -> int | None:
    row = connection.execute(
        "SELECT max(id) FROM messages WHERE conversation_id = ? AND parent_id IS NULL AND deleted IS NULL",
        (conversation_id,),
    ).fetchone()
    return None if row[0] is None else int(row[0])


def _is_question(connection: Connection, message_id: int) -> bool:
    row = connection.execute("SELECT role = 'user' FROM messages WHERE id = ?", (message_id,)).fetchone()
    return bool(row[0])


def _show(connection: Connection, conversation_id: int, message_id: int | None) -> None:
    """Make it the end of what is shown, and have every message above it remember the way down to it."""
    branch = path(connection, message_id)
    connection.executemany(
        "UPDATE messages SET shown_id = ? WHERE id = ? AND shown_id IS NOT ?",
        [(below, above, below) for above, below in pairwise(branch)],
    )
    connection.execute("UPDATE conversations SET head_id = ? WHERE id = ?", (message_id, conversation_id))


def _leaf(connection: Connection, message_id: int) -> int:
    """The end of the branch that was shown last through this message; where none was, the newest end."""
    row = connection.execute(
        "WITH RECURSIVE shown (id) AS (SELECT ? UNION ALL"
        " SELECT c.id FROM shown JOIN messages m ON m.id = shown.id"
        " JOIN messages c ON c.id = m.shown_id AND c.parent_id = m.id AND c.id > m.id AND c.deleted IS NULL)"
        " SELECT max(id) FROM shown",
        (message_id,),
    ).fetchone()
    newest = connection.execute(
        _BELOW.format(condition=" AND m.deleted IS NULL") + "SELECT max(id) FROM below", (row[0],)
    ).fetchone()
    return int(newest[0])
