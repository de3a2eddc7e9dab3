"""Messages to rows and back. Every function works inside the transaction that its caller began."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from desktop_helper.core.clips import fields_of, grouped, moment_of, name_of
from desktop_helper.core.events import UsageReported
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import FilePart, ImagePart, Message, Moment, Part, Role, TextPart, ToolCall
from desktop_helper.services import history_tree
from desktop_helper.services.blobs import BlobStore
from desktop_helper.services.history_errors import no_conversation
from desktop_helper.services.history_records import STATUS_INTERRUPTED, STATUS_OPEN, StoredMessage
from desktop_helper.services.search_text import index_text

if TYPE_CHECKING:
    from sqlite3 import Connection, Row

M = TypeVar("M", ImagePart, FilePart)

_TITLE_LENGTH = 60
_LONGEST_QUESTION = 20_000  # characters of one that is offered again
_REPEATS = 3  # as many messages are looked at for each question that is wanted: many are asked more than once
Clip = tuple[ImagePart, ...]
"""The frames of a video, in order, without their bytes."""

_PART_COLUMNS = "message_id, position, kind, text, sha256, mime, name, size, width, height, tokens, moment"


@dataclass(frozen=True, slots=True)
class NewMessage:
    """The columns of a message that do not come from its parts. `parent_id`: see `history_tree.place_for`."""

    conversation_id: int
    parent_id: int | None
    role: Role
    status: str
    thinking: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    call_id: str = ""
    writer: str = ""
    model: str = ""


def storable(text: str) -> str:
    """`text` without lone surrogates, which UTF-8 cannot hold; a server that splits a pair makes such."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def check_there(connection: Connection, conversation_id: int) -> None:
    """Raises `HelperError(USAGE)` if there is no such conversation, or if it is in the trash."""
    found = connection.execute("SELECT 1 FROM conversations WHERE id = ? AND trashed IS NULL", (conversation_id,))
    if found.fetchone() is None:
        raise no_conversation(conversation_id)


def is_trashed(connection: Connection, conversation_id: int) -> bool:
    """Whether the user deleted the conversation, and it may still come back."""
    row = connection.execute("SELECT trashed FROM conversations WHERE id = ?", (conversation_id,)).fetchone()
    return row is not None and row[0] is not None


def set_title(connection: Connection, conversation_id: int, title: str) -> None:
    """The title and, by a trigger, its words in the search index."""
    title = storable(title)
    connection.execute(
        "UPDATE conversations SET title = ?, title_words = ? WHERE id = ?", (title, index_text(title), conversation_id)
    )


def set_first_title(connection: Connection, conversation_id: int, question: Message) -> None:
    """A title of the question's words, if there is none yet."""
    row = connection.execute("SELECT title FROM conversations WHERE id = ?", (conversation_id,)).fetchone()
    if not row[0]:
        set_title(connection, conversation_id, title_of(question))


def insert_message(connection: Connection, new: NewMessage) -> int:
    """A row for the message itself, which is shown from now on. Returns its id; the conversation has changed now.

    Raises `HelperError(USAGE)` if there is no such conversation, or if it is in the trash.
    """
    now = time.time()
    check_there(connection, new.conversation_id)
    connection.execute("UPDATE conversations SET updated = ? WHERE id = ?", (now, new.conversation_id))
    place = history_tree.place_for(connection, new.conversation_id, new.parent_id, question=new.role is Role.USER)
    cursor = connection.execute(
        "INSERT INTO messages (conversation_id, parent_id, deleted, role, thinking, tool_calls, call_id, status,"
        " writer, model, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            new.conversation_id,
            place.parent_id,
            place.deleted,
            new.role.value,
            storable(new.thinking),
            _calls_to_json(new.tool_calls),
            new.call_id,
            new.status,
            new.writer,
            storable(new.model),
            now,
        ),
    )
    message_id = int(cursor.lastrowid or 0)
    if place.deleted is None:
        history_tree.show_new(connection, new.conversation_id, message_id, place.parent_id)
    return message_id


def insert_parts(connection: Connection, message_id: int, parts: tuple[Part, ...]) -> None:
    """The parts of a message, in order, and its words for the search."""
    placeholders = ", ".join("?" * len(_PART_COLUMNS.split(", ")))
    rows = [(message_id, position, *_part_to_row(part)) for position, part in enumerate(parts)]
    connection.executemany(f"INSERT INTO parts ({_PART_COLUMNS}) VALUES ({placeholders})", rows)
    _put_into_index(connection, message_id)


def searchable(connection: Connection, message_id: int) -> tuple[str, str]:
    """What the search index holds for a message: the words of its text parts, and of its media's names and pictures."""
    rows = connection.execute(
        "SELECT kind, text, name, words FROM parts WHERE message_id = ? ORDER BY position", (message_id,)
    ).fetchall()
    texts = "\n".join(text for kind, text, _, _ in rows if kind == "text")
    names = "\n".join(f"{name}\n{words or ''}" for kind, _, name, words in rows if kind != "text")
    return index_text(texts), index_text(names)


def set_picture_words(connection: Connection, sha256: str, words: str) -> None:
    """What can be read in a picture, for the search, in every message that shows it."""
    shown = "SELECT DISTINCT message_id FROM parts WHERE sha256 = ? AND kind = 'image'"
    for (message_id,) in connection.execute(shown, (sha256,)).fetchall():
        indexed = _take_from_index(connection, message_id)
        connection.execute(
            "UPDATE parts SET words = ? WHERE message_id = ? AND sha256 = ?", (storable(words), message_id, sha256)
        )
        if indexed:
            _put_into_index(connection, message_id)


def unread_pictures(connection: Connection, limit: int) -> list[tuple[str, int]]:
    """See `History.unread_pictures`. What is deleted, or in the trash, waits until it is back."""
    rows = connection.execute(
        "SELECT sha256, max(message_id) FROM parts INDEXED BY unread_pictures"
        " JOIN messages m ON m.id = parts.message_id JOIN conversations c ON c.id = m.conversation_id"
        " WHERE kind = 'image' AND words IS NULL AND sha256 IS NOT NULL AND m.deleted IS NULL AND c.trashed IS NULL"
        " GROUP BY sha256 ORDER BY max(message_id) DESC LIMIT ?",
        (limit,),
    )
    return [(sha256, message_id) for sha256, message_id in rows]


def forget_words(connection: Connection, message_id: int) -> None:
    """Take a message out of the search index, and in time out of its file."""
    if _take_from_index(connection, message_id):
        connection.execute("INSERT OR IGNORE INTO chores (name) VALUES ('purge words')")


def forget_messages(connection: Connection, message_ids: Sequence[int]) -> tuple[list[str], list[Clip]]:
    """Delete rows for good. Returns their media, which others may show too, and videos that no other one shows."""
    media: set[str] = set()
    clips: list[tuple[str | None, Clip]] = []
    # The newest first: SQLite follows a chain of foreign keys no deeper than a thousand rows.
    for message_id in sorted(message_ids, reverse=True):
        forget_words(connection, message_id)
        parts = connection.execute("SELECT sha256 FROM parts WHERE message_id = ?", (message_id,)).fetchall()
        media |= {sha256 for (sha256,) in parts if sha256 is not None}
        clips += _clips(connection, message_id)
        connection.execute("DELETE FROM messages WHERE id = ?", (message_id,))
    return list(media), [clip for sha256, clip in clips if not _is_shown(connection, sha256, clip)]


def _clips(connection: Connection, message_id: int) -> list[tuple[str | None, Clip]]:
    """The videos in a message, each with the sha256 of its first frame, if that is kept."""
    rows = connection.execute(
        "SELECT sha256, mime, width, height, name, tokens, moment FROM parts"
        " WHERE message_id = ? AND moment IS NOT NULL ORDER BY position",
        (message_id,),
    ).fetchall()
    frames = [
        ImagePart(b"", mime, width, height, name, tokens, _moment(moment))
        for _sha256, mime, width, height, name, tokens, moment in rows
    ]
    kept = {id(frame): row[0] for frame, row in zip(frames, rows, strict=True)}
    groups = (tuple(part for part in group if isinstance(part, ImagePart)) for group in grouped(frames))
    return [(kept[id(clip[0])], clip) for clip in groups if clip]


def _is_shown(connection: Connection, sha256: str | None, clip: Clip) -> bool:
    """Whether a message is left with this video: another version of the question has the same one."""
    found = "SELECT DISTINCT message_id FROM parts WHERE sha256 = ? AND moment IS NOT NULL"
    others = connection.execute(found, (sha256,)).fetchall() if sha256 is not None else []
    return any(clip == other for (number,) in others for _sha256, other in _clips(connection, number))


def _put_into_index(connection: Connection, message_id: int) -> None:
    body, names = searchable(connection, message_id)
    connection.execute("INSERT INTO search (rowid, body, names) VALUES (?, ?, ?)", (message_id, body, names))


def _take_from_index(connection: Connection, message_id: int) -> bool:
    """False if it was not in it. A contentless index must be told what it holds."""
    row = connection.execute("SELECT status FROM messages WHERE id = ?", (message_id,)).fetchone()
    if row is None or row[0] == STATUS_OPEN:
        return False
    body, names = searchable(connection, message_id)
    connection.execute(
        "INSERT INTO search (search, rowid, body, names) VALUES ('delete', ?, ?, ?)", (message_id, body, names)
    )
    return True


def purge_words(connection: Connection) -> None:
    """Rewrite the search index if something was deleted: until then the words are marked, but still in the file."""
    if connection.execute("DELETE FROM chores WHERE name = 'purge words'").rowcount:
        connection.execute("INSERT INTO search (search) VALUES ('optimize')")


def close_answer(
    connection: Connection,
    message_id: int,
    status: str,
    usage: UsageReported | None = None,
    error: str = "",
    tool_calls: tuple[ToolCall, ...] = (),
    thinking_s: float | None = None,
) -> None:
    """Turn the chunks of an open answer into one text. Does nothing if it is closed or deleted already."""
    row = connection.execute("SELECT status, conversation_id FROM messages WHERE id = ?", (message_id,)).fetchone()
    if row is None or row[0] != STATUS_OPEN:
        return
    thinking, text = open_text(connection, message_id)
    connection.execute(
        "UPDATE messages SET thinking = ?, thinking_s = ?, status = ?, writer = '', usage = ?, error = ?,"
        " tool_calls = ? WHERE id = ?",
        (
            thinking,
            thinking_s,
            status,
            json.dumps(asdict(usage)) if usage else None,
            storable(error),
            _calls_to_json(tool_calls),
            message_id,
        ),
    )
    insert_parts(connection, message_id, (TextPart(text),) if text else ())
    connection.execute("DELETE FROM chunks WHERE message_id = ?", (message_id,))
    connection.execute("UPDATE conversations SET updated = ? WHERE id = ?", (time.time(), row[1]))


def open_text(connection: Connection, message_id: int) -> tuple[str, str]:
    """Thinking and text of an open answer so far."""
    rows = connection.execute("SELECT thinking, text FROM chunks WHERE message_id = ? ORDER BY seq", (message_id,))
    pairs = rows.fetchall()
    return "".join(pair[0] for pair in pairs), "".join(pair[1] for pair in pairs)


def load_messages(
    connection: Connection, ids: Sequence[int], blobs: BlobStore | None, is_alive: Callable[[str], bool]
) -> list[StoredMessage]:
    """The messages of these ids, in that order. Without `blobs` the parts have no bytes, only their sha256."""
    columns = (
        "id, role, thinking, tool_calls, call_id, status, writer, error, model, usage, created, parent_id, notices,"
        " thinking_s, conversation_id"
    )
    rows = [connection.execute(f"SELECT {columns} FROM messages WHERE id = ?", (one,)).fetchone() for one in ids]
    return [_load_message(connection, row, blobs, is_alive) for row in rows if row is not None]


def recent_questions(connection: Connection, limit: int) -> list[str]:
    """See `History.recent_questions`. Walks the newest messages only, however large the file is."""
    rows = connection.execute(
        "SELECT text FROM (SELECT id FROM messages WHERE role = 'user' ORDER BY id DESC LIMIT ?) AS asked"
        " CROSS JOIN parts ON message_id = asked.id WHERE kind = 'text' AND length(text) <= ?"
        " ORDER BY asked.id DESC, position",
        (limit * _REPEATS, _LONGEST_QUESTION),
    )
    found: dict[str, None] = {}
    for (text,) in rows:
        if text.strip() and len(found) < limit:
            found.setdefault(text)
    return list(found)


def title_of(message: Message) -> str:
    """The first words of a question; the name of its first file if it has no words."""
    text = " ".join(storable(message.text).split())
    if not text and message.media:
        text = name_of(message.media)
    return short_title(text)


def short_title(text: str) -> str:
    """The first words of `text`, on one line."""
    text = " ".join(storable(text).split())
    if len(text) <= _TITLE_LENGTH:
        return text
    cut = text[:_TITLE_LENGTH]
    space = cut.rfind(" ")
    return (cut[:space] if space > _TITLE_LENGTH // 2 else cut).rstrip() + "…"


def moment(seconds: float) -> datetime:
    """A stored time, with time zone."""
    return datetime.fromtimestamp(seconds, UTC)


def _load_message(
    connection: Connection, row: Row, blobs: BlobStore | None, is_alive: Callable[[str], bool]
) -> StoredMessage:
    message_id, role, thinking, calls, call_id, status, writer, error, model, usage, created, parent_id = row[:12]
    if status == STATUS_OPEN:
        thinking, text = open_text(connection, message_id)
        parts: tuple[Part, ...] = (TextPart(text),) if text else ()
        status = STATUS_OPEN if is_alive(writer) else STATUS_INTERRUPTED
    else:
        columns = "kind, text, sha256, mime, name, width, height, tokens, moment"
        found = connection.execute(
            f"SELECT {columns} FROM parts WHERE message_id = ? ORDER BY position", (message_id,)
        ).fetchall()
        parts = tuple(_row_to_part(part, blobs) for part in found)
    tool_calls = tuple(ToolCall(*call) for call in json.loads(calls))
    return StoredMessage(
        id=message_id,
        message=Message(Role(role), parts, thinking, tool_calls, call_id),
        status=status,
        error=error,
        model=model,
        usage=_usage(usage),
        created=moment(created),
        parent_id=parent_id,
        notices=tuple(json.loads(row[12])),
        thinking_s=row[13],
        versions=history_tree.versions(connection, row[14], parent_id, question=role == Role.USER.value),
    )


def _part_to_row(part: Part) -> tuple[Any, ...]:
    if isinstance(part, TextPart):
        return "text", storable(part.text), None, None, None, None, None, None, None, None
    name, size = storable(part.name), len(part.data)
    if isinstance(part, ImagePart):
        moment = _moment_to_json(part.moment)
        return "image", None, part.sha256, part.mime, name, size, part.width, part.height, part.tokens, moment
    text = storable(part.text)
    same = text.encode() == part.data  # Usual for a text file: do not keep it twice.
    return "file", None if same else text, part.sha256, part.mime, name, size, None, None, None, None


def _row_to_part(row: Row, blobs: BlobStore | None) -> Part:
    kind, text, sha256, mime, name, width, height, tokens, moment = row
    if kind == "text":
        return TextPart(text)
    if sha256 is None:
        return TextPart(tr("[{name} is not kept any more]", name=name))
    if blobs is None:
        if kind == "image":
            return _unloaded(ImagePart(b"", mime, width, height, name, tokens, _moment(moment)), sha256)
        return _unloaded(FilePart(b"", mime, name, text or ""), sha256)
    data = blobs.get(sha256)
    if data is None:
        return TextPart(tr("[{name} is missing from the history folder]", name=name))
    if kind == "image":
        return ImagePart(data, mime, width, height, name, tokens, _moment(moment))
    return FilePart(data, mime, name, data.decode("utf-8", "replace") if text is None else text)


def _moment_to_json(moment: Moment | None) -> str | None:
    return None if moment is None else json.dumps(fields_of(moment) | {"clip": storable(moment.clip)})


def _usage(stored: str | None) -> UsageReported | None:
    """What this version knows of it."""
    known = {item.name for item in fields(UsageReported)}
    return UsageReported(**{k: v for k, v in json.loads(stored).items() if k in known}) if stored else None


def _moment(stored: str | None) -> Moment | None:
    return None if stored is None else moment_of(json.loads(stored))


def _unloaded(part: M, sha256: str) -> M:
    part.__dict__["sha256"] = sha256  # the cached property: of the bytes that are still in the store
    return part


def _calls_to_json(calls: tuple[ToolCall, ...]) -> str:
    return json.dumps([[call.call_id, call.name, call.arguments] for call in calls])
