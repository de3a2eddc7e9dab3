"""Past conversations: saved as they happen, found again by any word.

One SQLite file (`history_schema`) and one folder of pictures and files (`blobs`). The window and the command line use
them at the same time. Every method may be called from any thread and raises `HelperError(STORAGE)` with one sentence.

An answer that could not be saved for want of room is owed (`owe`), and saved before the next thing that is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_helper.core.errors import HelperError
from desktop_helper.core.messages import Message, Role
from desktop_helper.services import (
    history_import,
    history_list,
    history_meter,
    history_rows,
    history_rules,
    history_tree,
)
from desktop_helper.services.alive import Writers
from desktop_helper.services.answer_writer import AnswerWriter
from desktop_helper.services.blobs import BlobStore
from desktop_helper.services.database import Database, damaged_files
from desktop_helper.services.history_records import (
    STATUS_COMPLETE,
    STATUS_INTERRUPTED,
    STATUS_OPEN,
    ConversationInfo,
    Deleted,
    Glance,
    ImportedConversation,
    SearchHit,
    Storage,
    StoredMessage,
)
from desktop_helper.services.history_rows import Clip
from desktop_helper.services.history_schema import MIGRATIONS
from desktop_helper.services.late_saves import LateSaves
from desktop_helper.services.settings import HistorySettings

if TYPE_CHECKING:
    from sqlite3 import Connection

_DAY_S = 86400.0
_UNDO_S = 600.0  # after that nobody offers to undo a deletion any more, also if they died before they said so


def _nobody(_clips: Sequence[Clip]) -> None:
    """For histories of which nobody else keeps anything."""


def _for_ever() -> HistorySettings:
    return HistorySettings()


class History:
    """The history of one user. Nothing is opened or created before the first use.

    Args:
        db_path: the file.
        blob_dir: for pictures and files.
        on_deleted: called after something was deleted for good, by the thread that did it, with the videos that were in
            it: others keep parts of it, too.
        rules: how long things are kept, asked by `maintain`; one that raises `HelperError` has nothing deleted.
    """

    def __init__(
        self,
        db_path: Path,
        blob_dir: Path,
        on_deleted: Callable[[Sequence[Clip]], None] = _nobody,
        rules: Callable[[], HistorySettings] = _for_ever,
    ) -> None:
        self._on_deleted = on_deleted
        self._rules = rules
        self._database = Database(db_path, MIGRATIONS, self._close_abandoned)
        self._blobs = BlobStore(blob_dir)
        self._writers = Writers(db_path.with_name("writers"))
        self._late = LateSaves()

    def new_conversation(self, title: str = "") -> int:
        """Begin a conversation, called `title` or by its first question, and return its id.

        It is listed once it holds a message.
        """
        self._late.settle()
        now = time.time()
        with self._database.write() as connection:
            cursor = connection.execute("INSERT INTO conversations (created, updated) VALUES (?, ?)", (now, now))
            conversation_id = int(cursor.lastrowid or 0)
            if title:
                history_rows.set_title(connection, conversation_id, history_rows.short_title(title))
            return conversation_id

    def add_message(self, conversation_id: int, message: Message, parent_id: int | None = None) -> int:
        """Save a question or a tool's result with its media, and return its id.

        It follows `parent_id`, or `ROOT` to stand beside the first message, or None for what is shown last. It is shown
        last from now on. The first question gives the conversation its title.
        """
        self._late.settle()  # Before: what is owed is what this one follows.
        for part in message.media:
            self._blobs.put(part.sha256, part.data)
        with self._database.write() as connection:
            for part in message.media:
                self._blobs.put(part.sha256, part.data)  # Under the lock: a sweep may have taken it meanwhile.
            new = history_rows.NewMessage(
                conversation_id,
                parent_id,
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
        """An empty answer after `parent_id`, or after what is shown last. It is shown last from now on."""
        self._late.settle()
        writer = self._writers.own()
        with self._database.write() as connection:
            new = history_rows.NewMessage(
                conversation_id, parent_id, Role.ASSISTANT, STATUS_OPEN, writer=writer, model=model_title
            )
            return AnswerWriter(self._database, history_rows.insert_message(connection, new))

    def owe(self, save: Callable[[], object]) -> None:
        """Save something later: before the next thing that is saved, or when the history is closed.

        `save` raises `HelperError(STORAGE)` as long as it must be tried again.
        """
        self._late.add(save)

    def messages(
        self,
        conversation_id: int,
        *,
        until: int | None = None,
        before: int | None = None,
        after: int | None = None,
        last: int | None = None,
        media: bool = True,
    ) -> list[StoredMessage]:
        """The branch that is shown, oldest first; nothing if the conversation is not there or in the trash.

        An answer whose writer died is `interrupted` and complete.

        Costs what it returns, however long the conversation is, but with `after`.

        Args:
            conversation_id: which one.
            until: the branch to this message instead.
            before: the same without the message itself.
            after: only what follows this message.
            last: at most so many, from the end; an answer for which tools were used is one, with all of its messages.
            media: with the bytes of pictures and files; without them `data` is empty, and `sha256` is for `blob`.
        """
        with self._database.read() as connection:
            if history_rows.is_trashed(connection, conversation_id):
                return []
            tip = history_tree.tip(connection, conversation_id, until, before)
            path = history_tree.path(connection, tip, last if after is None else None)
            if after in path:
                path = path[path.index(after) + 1 :]
            found = path[-last:] if last and after is not None else path
            return history_rows.load_messages(connection, found, self._blobs if media else None, self._writers.is_alive)

    def choose(self, message_id: int) -> None:
        """Show the branch through this message, to the end at which it was left. Nothing happens if it is deleted."""
        with self._database.write() as connection:
            history_tree.choose(connection, message_id)

    def delete_message(self, message_id: int) -> Deleted:
        """Delete a message with everything that follows it; what is shown then is another version, or what it followed.

        Nothing finds it from now on. The rows stay until `purge`, so that it can be undone.
        """
        with self._database.write() as connection:
            return history_tree.delete(connection, message_id, time.time())

    def undo_delete(self, deleted: Deleted) -> bool:
        """Bring it back and show it, if it was shown. False if it is gone, or if what it follows was deleted, too."""
        with self._database.write() as connection:
            return history_tree.restore(connection, deleted)

    def purge(self, deleted: Deleted | None = None) -> None:
        """Nobody will undo this deletion; None for every one that is older than ten minutes."""
        with self._database.write() as connection:
            rows = history_tree.deleted_rows(connection, deleted, time.time() - _UNDO_S)
            media, clips = history_rows.forget_messages(connection, rows)
        if rows:
            self._remove_unused(media)
            self._on_deleted(clips)

    def latest(self) -> int | None:
        """The conversation in which something was asked last; None if there is none."""
        found = self.last_asked()
        return found[0] if found else None

    def last_asked(self) -> tuple[int, float] | None:
        """The same, and when. An answer that ended since, or that a start closed after a kill, says nothing of it."""
        with self._database.read() as connection:
            return history_list.last_asked(connection)

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

    def existing(self, ids: Sequence[int]) -> set[int]:
        """Those of these conversations that were not deleted for good."""
        with self._database.read() as connection:
            return history_list.existing(connection, ids)

    def recent_questions(self, limit: int = 200) -> list[str]:
        """The last questions of all conversations, the newest first, each text once. Very long ones are left out."""
        with self._database.read() as connection:
            return history_rows.recent_questions(connection, limit)

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

    def restore(self, conversation_id: int) -> bool:
        """Undo `trash`; False if it was not in the trash.

        Raises `HelperError(USAGE)` if the conversation was deleted for good meanwhile.
        """
        with self._database.write() as connection:
            trashed = history_rows.is_trashed(connection, conversation_id)
            connection.execute("UPDATE conversations SET trashed = NULL WHERE id = ?", (conversation_id,))
            history_rows.check_there(connection, conversation_id)
        return trashed

    def add_conversation(self, record: ImportedConversation) -> int | None:
        """Save a conversation from elsewhere. Returns its id, or None if it is here already, perhaps longer by now."""
        self._late.settle()
        with self._database.read() as connection:
            candidates = history_import.candidates(connection, record)
        if any(history_import.is_known(record, self.messages(candidate)) for candidate in candidates):
            return None
        media = [part for stored in record.messages for part in stored.message.media]
        for part in media:
            self._blobs.put(part.sha256, part.data)
        with self._database.write() as connection:
            for part in media:
                self._blobs.put(part.sha256, part.data)  # as in `add_message`
            return history_import.insert(connection, record)

    def add_words(self, sha256: str, words: str) -> None:
        """Let a picture be found by the words that can be read in it, wherever it is shown."""
        with self._database.write() as connection:
            history_rows.set_picture_words(connection, sha256, words)

    def unread_pictures(self, limit: int) -> list[tuple[str, int]]:
        """The sha256 of pictures for which `add_words` was never called, each with its last message; newest first."""
        with self._database.read() as connection:
            return history_rows.unread_pictures(connection, limit)

    def storage(self) -> Storage:
        """How much room the history takes. Not for the UI thread."""
        with self._database.read() as connection:
            return history_meter.measure(connection, self._database.path)

    def delete_conversation(self, conversation_id: int) -> bool:
        """Delete a conversation with its messages, and the media that no other one shows. False if it was not there.

        Nothing finds it from now on; single words stay somewhere in the file until `maintain`.
        """
        with self._database.write() as connection:
            rows = connection.execute("SELECT id FROM messages WHERE conversation_id = ?", (conversation_id,))
            media, clips = history_rows.forget_messages(connection, [row[0] for row in rows.fetchall()])
            cursor = connection.execute("DELETE FROM conversations WHERE id = ?", (conversation_id,))
            was_there = cursor.rowcount > 0
        self._remove_unused(media)
        self._on_deleted(clips)
        return was_there

    def maintain(self) -> None:
        """Keep order: apply the rules, close what killed processes left open, delete what nothing needs any more.

        That is: what has been in the trash for a day, media that no message shows, and old copies of the file.

        Takes a moment for a large history: call it once after the start, not on the UI thread.
        """
        self.purge()
        with self._database.read() as connection:
            expired = history_rules.expired(connection)
        for conversation_id in expired:
            self.delete_conversation(conversation_id)
        with suppress(HelperError):  # settings that cannot be read say nothing
            self._apply(self._rules())
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
        history_rules.remove_old_backups(self._database.path)

    def close(self) -> None:
        """Save what is owed if there is room now, and close the file for good. May be called twice."""
        with suppress(HelperError):  # Who asked was told when it could not be saved.
            self._late.settle()
        self._database.close()
        self._writers.close()

    def _close_abandoned(self, connection: Connection) -> None:
        for message_id in self._abandoned(connection):
            connection.execute("BEGIN IMMEDIATE")
            history_rows.close_answer(connection, message_id, STATUS_INTERRUPTED)
            connection.execute("COMMIT")

    def _abandoned(self, connection: Connection) -> list[int]:
        rows = connection.execute("SELECT id, writer FROM messages WHERE status = 'open'").fetchall()
        return [message_id for message_id, writer in rows if not self._writers.is_alive(writer)]

    def _apply(self, rules: HistorySettings) -> None:
        with self._database.write() as connection:
            unused = history_rules.apply(connection, rules)
        self._remove_unused(unused)

    def _remove_unused(self, candidates: list[str]) -> None:
        """Delete blobs that no row names, looking again under the write lock (see `BlobStore`)."""
        for sha256 in candidates:
            with self._database.write() as connection:
                if connection.execute("SELECT 1 FROM parts WHERE sha256 = ? LIMIT 1", (sha256,)).fetchone() is None:
                    self._blobs.remove(sha256)
