"""What the history hands out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from desktop_helper.core.events import UsageReported
from desktop_helper.core.messages import MediaPart, Message, Role

STATUS_COMPLETE = "complete"  # a message that is not an answer
STATUS_OPEN = "open"  # an answer that is being written now, perhaps by another process
STATUS_INTERRUPTED = "interrupted"  # `FinishReason.INTERRUPTED`, or its writer died
STATUS_FAILED = "failed"

ROOT = 0  # instead of the id of a message that another one follows: it begins the conversation


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message as it was saved.

    Args:
        status: one of the constants above, or the `FinishReason` of the answer.
        error: what the user was told when the answer failed.
        model: title of the model that answered.
        usage: what the backend reported, if it did.
        created: with time zone.
        parent_id: the message that this one follows.
        notices: what the reader was told about the answer, e.g. that a picture was left out.
        thinking_s: seconds from the first word of the reasoning to the first one of the answer, if both were seen.
        versions: ids of the questions, or of the answers, that stand in the same place, itself included, oldest first.
        brought: what tools brought for an answer (`services.answer_rounds`).
    """

    id: int
    message: Message
    status: str
    error: str
    model: str
    usage: UsageReported | None
    created: datetime
    parent_id: int | None
    notices: tuple[str, ...] = ()
    thinking_s: float | None = None
    versions: tuple[int, ...] = ()
    brought: tuple[MediaPart, ...] = ()


@dataclass(frozen=True, slots=True)
class Deleted:
    """A message that was deleted with what follows it, for `History.undo_delete`.

    Args:
        stamp: of this deletion; what follows may have been deleted before, and stays so.
        shown: whether it was on the branch that is shown.
    """

    message_id: int
    stamp: float
    shown: bool


@dataclass(frozen=True, slots=True)
class ConversationInfo:
    """One line of the list of conversations. `thumbnail` is the sha256 of its first picture, for `History.blob`."""

    id: int
    title: str
    created: datetime
    updated: datetime
    messages: int
    thumbnail: str | None
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A message that contains what was looked for, or a conversation whose title does.

    Args:
        message_id, role: None if only the title was found.
        title: of the conversation.
        snippet: one line around the first match in the message; empty if only the title was found.
        created: of the message; of a title, when its conversation changed last.
        matches: where in `snippet` the words stand, as (start, end), in order and apart.
        title_matches: the same for `title`.
        picture: name of the picture in which they were read, if the message itself does not say them. Untrusted.
    """

    conversation_id: int
    message_id: int | None
    title: str
    snippet: str
    role: Role | None
    created: datetime
    matches: tuple[tuple[int, int], ...] = ()
    title_matches: tuple[tuple[int, int], ...] = ()
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Glance:
    """What tells a conversation from others at a glance, beside its title.

    Args:
        attached: name of the first question's first picture or file; empty if it has none.
        more: how many others it has.
        status: of the newest message.
    """

    attached: str
    more: int
    status: str


@dataclass(frozen=True, slots=True)
class ImportedConversation:
    """A conversation from a file. `id` and `parent_id` of its messages mean nothing: each follows the one before it."""

    title: str
    created: datetime
    updated: datetime
    pinned: bool
    messages: tuple[StoredMessage, ...]


@dataclass(frozen=True, slots=True)
class Storage:
    """How much room the history takes, in bytes, and of what there is how much.

    Args:
        database_bytes: of the file with the texts, and of its log.
        pictures, picture_bytes, files, file_bytes: each content once.
        backup_bytes: of copies that were made before the tables were changed.
    """

    conversations: int
    trashed: int
    messages: int
    database_bytes: int
    pictures: int
    picture_bytes: int
    files: int
    file_bytes: int
    backup_bytes: int
