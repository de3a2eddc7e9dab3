"""The conversation of the history that a question belongs to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import Message
from desktop_helper.services.history_errors import no_conversation

if TYPE_CHECKING:
    from desktop_helper.services.container import Services
    from desktop_helper.services.history import History
    from desktop_helper.services.history_records import StoredMessage

LATEST = 0  # instead of an id; ids begin with 1


@dataclass(frozen=True, slots=True)
class Conversation:
    """Where an answer is saved, after which question. Without `history` it is saved nowhere."""

    history: History | None
    id: int | None
    question: int | None = None


def earlier(services: Services, wanted: int | None) -> tuple[int | None, list[StoredMessage]]:
    """The conversation to go on with and its messages. Raises `HelperError(USAGE)` if there is none."""
    if wanted is None:
        return None, []
    found = wanted or services.history.latest()
    messages = services.history.messages(found) if found else []
    if not messages and wanted:
        raise no_conversation(wanted)
    if not messages:
        raise HelperError(
            ErrorKind.USAGE, tr("There is no conversation to go on with."), tr("Ask without --continue to begin one.")
        )
    return found, messages


def begin(
    services: Services, found: int | None, message: Message, title: str, note: Callable[[str], None]
) -> Conversation:
    """Save the question; a new conversation is called `title`, or by its words.

    A history that cannot be written costs a note, not the answer: the exit code stays that of the answer.
    """
    try:
        history = services.history
        conversation_id = found or history.new_conversation(title)
        question = history.add_message(conversation_id, message)
    except HelperError as error:
        note(tr("This answer is not saved: {why}", why=error))
        return Conversation(None, None)
    return Conversation(history, conversation_id, question)
