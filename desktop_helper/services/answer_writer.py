"""Saves an answer while it grows."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

from desktop_helper.core.events import FinishReason, UsageReported
from desktop_helper.core.messages import ToolCall
from desktop_helper.services import history_rows
from desktop_helper.services.database import Database

_FLUSH_S = 1.0  # A power cut loses at most this much.


class AnswerWriter:
    """One answer of `History.begin_answer`. Used from one thread."""

    def __init__(self, database: Database, message_id: int) -> None:
        self.message_id = message_id
        self._database = database
        self._file = database.file
        self._next = 0
        self._flushed = time.monotonic()

    @property
    def lost(self) -> bool:
        """Whether another file has taken the place of the one that the answer is in: nothing can be added any more."""
        return self._database.file != self._file

    def append(self, thinking: str, text: str) -> None:
        """Save what has arrived. When this returns, the death of the process loses nothing of it.

        Costs the same however long the answer is. Raises `HelperError(STORAGE)`; what was saved before stays.
        """
        now = time.monotonic()
        durable = now - self._flushed >= _FLUSH_S
        with self._database.write(durable=durable, file=self._file) as connection:
            # Nothing is inserted if the user deleted the conversation meanwhile.
            connection.execute(
                "INSERT INTO chunks (message_id, seq, thinking, text)"
                " SELECT id, ?, ?, ? FROM messages WHERE id = ? AND status = 'open'",
                (self._next, history_rows.storable(thinking), history_rows.storable(text), self.message_id),
            )
        self._next += 1
        if durable:
            self._flushed = now

    def set_notices(self, notices: Sequence[str]) -> None:
        """Save what the reader was told about the answer; all of it each time. Raises `HelperError(STORAGE)`."""
        saved = json.dumps([history_rows.storable(notice) for notice in notices], ensure_ascii=False)
        with self._database.write(file=self._file) as connection:
            connection.execute(
                "UPDATE messages SET notices = ? WHERE id = ? AND status = 'open'", (saved, self.message_id)
            )

    def finish(
        self,
        status: FinishReason | str,
        usage: UsageReported | None = None,
        error: str = "",
        tool_calls: tuple[ToolCall, ...] = (),
        thinking_s: float | None = None,
    ) -> None:
        """The answer is over. A second call changes nothing. Raises `HelperError(STORAGE)`; the text then stays open.

        An answer that could not be closed is loaded complete all the same, and closed by the next start.
        """
        with self._database.write(file=self._file) as connection:
            history_rows.close_answer(connection, self.message_id, str(status), usage, error, tool_calls, thinking_s)
