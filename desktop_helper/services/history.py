"""Past conversations: saved as they happen, found again by any word.

One SQLite file (`history_schema`) and one folder of pictures and files (`blobs`). The window and the command line use
them at the same time. Every method may be called from any thread and raises `HelperError(STORAGE)` with one sentence.

An answer that could not be saved for want of room is owed (`owe`), and saved before the next thing that is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_helper.core.errors import HelperError
from desktop_helper.core.messages import Message, Role
from desktop_helper.services import history_list, history_rows
from desktop_helper.services.alive import AliveMark, is_alive
from desktop_helper.services.answer_writer import AnswerWriter
from desktop_helper.services.blobs import BlobStore
from desktop_helper.services.database import Database, damaged_files
from desktop_helper.services.history_records import (
    STATUS_COMPLETE,
    STATUS_INTERRUPTED,
    STATUS_OPEN,
    ConversationInfo,
    Glance,
    SearchHit,
    StoredMessage,
)
from desktop_helper.services.history_schema import MIGRATIONS
from desktop_helper.services.late_saves import LateSaves

if TYPE_CHECKING:
    from sqlite3 import Connection

_DAY_S = 86400.0
_BACKUP_DAYS = 30


def _nobody() -> None:
    """For histories of which nobody else keeps anything."""


class History:
    """The history of one user. Nothing is opened or created before the first use.

    Args:
        db_path: the file.
        blob_dir: for pictures and files.
        on_deleted: called after a conversation was deleted, by the thread that did it: others keep parts of it, too.
    """

    def __init__(self, db_path: Path, blob_dir: Path, on_deleted: Callable[[], None] = _nobody) -> None:
        self._on_deleted = on_deleted
        self._database = Database(db_path, MIGRATIONS, self._close_abandoned)
        self._blobs = BlobStore(blob_dir)
        self._marks = db_path.with_name("writers")
        self._mark: AliveMark | None = None
        self._mark_lock = threading.Lock()
        self._late = LateSaves()

    def new_conversation(self) -> int:
        """Begin a conversation and return its id. It is listed once it holds a message."""
        self._late.settle()
        now = time.time()
        with self._database.write() as connection:
            cursor = connection.execute("INSERT INTO conversations (created, updated) VALUES (?, ?)", (now, now))
            return int(cursor.lastrowid or 0)

    def add_message(self, conversation_id: int, message: Message, parent_id: int | None = None) -> int:
        """Save a question or a tool's result with its media, and return its id.

        It follows `parent_id`, or the newest message. The first question gives the conversation its title.
        """
        self._late.settle()  # Before: the newest message is the one that this one follows.
        for part in message.media:
            self._blobs.put(part.sha256, part.data)
        with self._database.write() as connection:
            for part in message.media:
                self._blobs.put(part.sha256, part.data)  # Under the lock: a sweep may have taken it meanwhile.
            new = history_rows.NewMessage(
                conversation_id,
                parent_id or history_rows.newest_message(connection, conversation_id),
                message.role,
                STATUS_COMPLETE,
                message.thinking,
                message.tool_calls,
                message.call_id,
            )
            message_id = history_rows.insert_message(connection, new)
            history_rows.insert_parts(connection, message_id, message.parts)
            if message.role is Role.USER:
                history_rows.set_first_title(connection, conversation_id, message)
        return message_id

    def begin_answer(self, conversation_id: int, model_title: str, parent_id: int | None = None) -> AnswerWriter:
        """An empty answer after `parent_id`, or after the newest message."""
        self._late.settle()
        writer = self._own_mark()
        with self._database.write() as connection:
            parent = parent_id or history_rows.newest_message(connection, conversation_id)
            new = history_rows.NewMessage(
                conversation_id, parent, Role.ASSISTANT, STATUS_OPEN, writer=writer, model=model_title
            )
            return AnswerWriter(self._database, history_rows.insert_message(connection, new))

    def owe(self, save: Callable[[], object]) -> None:
        """Save something later: before the next thing that is saved, or when the history is closed.

        `save` raises `HelperError(STORAGE)` as long as it must be tried again.
        """
        self._late.add(save)

    def messages(self, conversation_id: int) -> list[StoredMessage]:
        """The conversation, oldest first, with its media; nothing if it is not there or in the trash.

        An answer whose writer died is `interrupted` and complete.
        """
        with self._database.read() as connection:
            if history_rows.is_trashed(connection, conversation_id):
                return []
            return history_rows.load_messages(connection, conversation_id, self._blobs, self._is_alive)

    def latest(self) -> int | None:
        """The conversation that changed last; None if there is none."""
        found = self.conversations(limit=1)
        return found[0].id if found else None

    def conversations(self, limit: int = 100, offset: int = 0, *, pinned: bool | None = None) -> list[ConversationInfo]:
        """Conversations that hold a message, the one that changed last first.

        The first page costs the same however long the history is. `pinned` asks for only those that are pinned, or
        only those that are not.
        """
        with self._database.read() as connection:
            return history_list.listed(connection, limit, offset, pinned)

    def count(self) -> int:
        """How many conversations hold a message."""
        with self._database.read() as connection:
            return history_list.count(connection)

    def info(self, conversation_id: int) -> ConversationInfo | None:
        """The line of one conversation; None if it is not in the list."""
        with self._database.read() as connection:
            return history_list.info(connection, conversation_id)

    def glances(self, ids: Sequence[int]) -> dict[int, Glance]:
        """What the list says about conversations beside their titles; nothing for those that are gone."""
        with self._database.read() as connection:
            return history_list.glances(connection, ids)

    def search(self, text: str, limit: int = 100) -> list[SearchHit]:
        """Questions, answers, file names and titles that contain every word of `text`, newest first.

        A title is a hit of its own only if no message of its conversation is one.
        """
        with self._database.read() as connection:
            return history_list.search(connection, text, limit)

    def blob(self, sha256: str) -> bytes | None:
        """The bytes of a picture or a file, e.g. of `ConversationInfo.thumbnail`."""
        return self._blobs.get(sha256)

    def rename(self, conversation_id: int, title: str) -> None:
        """Give the conversation a title of the user's own. Raises `HelperError(USAGE)` if it is not there."""
        with self._database.write() as connection:
            history_rows.check_there(connection, conversation_id)
            history_rows.set_title(connection, conversation_id, " ".join(title.split()))

    def set_pinned(self, conversation_id: int, pinned: bool) -> None:
        """A pinned conversation is kept by every rule. Raises `HelperError(USAGE)` if it is not there."""
        with self._database.write() as connection:
            history_rows.check_there(connection, conversation_id)
            connection.execute("UPDATE conversations SET pinned = ? WHERE id = ?", (pinned, conversation_id))

    def trash(self, conversation_id: int) -> None:
        """Take a conversation out of every list and search at once. `restore` brings it back within a day.

        An answer that is being written into it is still saved. `maintain` deletes it for good when the day is over.
        Raises `HelperError(USAGE)` if it is not there.
        """
        with self._database.write() as connection:
            history_rows.check_there(connection, conversation_id)
            connection.execute("UPDATE conversations SET trashed = ? WHERE id = ?", (time.time(), conversation_id))

    def restore(self, conversation_id: int) -> None:
        """Undo `trash`. Raises `HelperError(USAGE)` if the conversation was deleted for good meanwhile."""
        with self._database.write() as connection:
            connection.execute("UPDATE conversations SET trashed = NULL WHERE id = ?", (conversation_id,))
            history_rows.check_there(connection, conversation_id)

    def delete_conversation(self, conversation_id: int) -> None:
        """Delete a conversation with its messages, and the media that no other one shows.

        Nothing finds it from now on; single words stay somewhere in the file until `maintain`.
        """
        with self._database.write() as connection:
            ids = connection.execute("SELECT id FROM messages WHERE conversation_id = ?", (conversation_id,)).fetchall()
            media = connection.execute(
                "SELECT DISTINCT sha256 FROM parts JOIN messages m ON m.id = message_id"
                " WHERE m.conversation_id = ? AND sha256 IS NOT NULL",
                (conversation_id,),
            ).fetchall()
            for (message_id,) in ids:
                history_rows.forget_words(connection, message_id)
            connection.execute("DELETE FROM conversations WHERE id = ?", (conversation_id,))
        self._remove_unused([sha256 for (sha256,) in media])
        self._on_deleted()

    def maintain(self) -> None:
        """Close what killed processes left open; delete old trash, media that no message shows, old copies of the file.

        Takes a moment for a large history: call it once after the start, not on the UI thread.
        """
        for conversation_id in self._expired():
            self.delete_conversation(conversation_id)
        with self._database.read() as connection:
            used = {row[0] for row in connection.execute("SELECT DISTINCT sha256 FROM parts WHERE sha256 IS NOT NULL")}
            abandoned = self._abandoned(connection)
        for message_id in abandoned:
            with self._database.write() as connection:
                history_rows.close_answer(connection, message_id, STATUS_INTERRUPTED)
        with self._database.write() as connection:
            connection.execute(
                "DELETE FROM conversations WHERE updated < ? AND id NOT IN (SELECT conversation_id FROM messages)",
                (time.time() - _DAY_S,),
            )
            history_rows.purge_words(connection)
        # A damaged file that was set aside may be repaired one day, and then its media are wanted.
        if not damaged_files(self._database.path):
            self._remove_unused([sha256 for sha256 in self._blobs.names() if sha256 not in used])
            self._blobs.remove_leftovers()
        self._remove_old_backups()

    def close(self) -> None:
        """Save what is owed if there is room now, and close the file for good. May be called twice."""
        with suppress(HelperError):  # Who asked was told when it could not be saved.
            self._late.settle()
        self._database.close()
        with self._mark_lock:
            if self._mark is not None:
                self._mark.close()
                self._mark = None

    def _close_abandoned(self, connection: Connection) -> None:
        for message_id in self._abandoned(connection):
            connection.execute("BEGIN IMMEDIATE")
            history_rows.close_answer(connection, message_id, STATUS_INTERRUPTED)
            connection.execute("COMMIT")

    def _abandoned(self, connection: Connection) -> list[int]:
        rows = connection.execute("SELECT id, writer FROM messages WHERE status = 'open'").fetchall()
        return [message_id for message_id, writer in rows if not self._is_alive(writer)]

    def _expired(self) -> list[int]:
        """What has been in the trash for a day."""
        with self._database.read() as connection:
            rows = connection.execute("SELECT id FROM conversations WHERE trashed < ?", (time.time() - _DAY_S,))
            return [conversation_id for (conversation_id,) in rows]

    def _remove_unused(self, candidates: list[str]) -> None:
        """Delete blobs that no row names, looking again under the write lock (see `BlobStore`)."""
        for sha256 in candidates:
            with self._database.write() as connection:
                if connection.execute("SELECT 1 FROM parts WHERE sha256 = ? LIMIT 1", (sha256,)).fetchone() is None:
                    self._blobs.remove(sha256)

    def _remove_old_backups(self) -> None:
        path = self._database.path
        oldest = time.time() - _BACKUP_DAYS * _DAY_S
        for backup in path.parent.glob(f"{path.stem}.backup-v*{path.suffix}"):
            with suppress(OSError):  # another process was quicker; one that stays is looked at next time
                if backup.stat().st_mtime < oldest:
                    backup.unlink()

    def _own_mark(self) -> str:
        with self._mark_lock:
            if self._mark is None:
                self._mark = AliveMark(self._marks)
            return self._mark.name

    def _is_alive(self, writer: str) -> bool:
        mark = self._mark
        return (mark is not None and writer == mark.name) or is_alive(self._marks, writer)
