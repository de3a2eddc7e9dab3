"""What the list of conversations is made of, read on a thread of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from desktop_helper.core.events import FinishReason
from desktop_helper.core.i18n import tr
from desktop_helper.services.drafts import DraftGlance
from desktop_helper.services.history import History
from desktop_helper.services.history_records import (
    STATUS_FAILED,
    STATUS_INTERRUPTED,
    STATUS_OPEN,
    ConversationInfo,
    Glance,
    SearchHit,
)
from desktop_helper.services.history_rows import moment

PAGE = 100
PINNED_LIMIT = 1000
_NOTHING = Glance("", 0, "")
_LONGEST_TITLE = 200  # characters


@dataclass(frozen=True, slots=True)
class Entry:
    """One row."""

    info: ConversationInfo
    glance: Glance = _NOTHING

    @property
    def id(self) -> int:
        """Of the conversation."""
        return self.info.id

    @property
    def unasked(self) -> bool:
        """Whether it is a draft in which nothing has been asked yet, so that the history does not know it."""
        return self.id < 0

    @property
    def title(self) -> str:
        """What the user reads; a question without words has the name of its file, or none."""
        return self.info.title or tr("Untitled")

    @property
    def state(self) -> str:
        """How its last answer stands if that is worth a word, else what was asked about."""
        status = self.glance.status
        if status == STATUS_OPEN:
            return tr("answering…")
        if status in (FinishReason.CANCELLED, STATUS_INTERRUPTED):
            return tr("stopped")
        if status in (STATUS_FAILED, FinishReason.FILTERED):
            return tr("failed")
        if self.glance.attached and self.glance.more:
            return tr("{name} and {count} more", name=self.glance.attached, count=self.glance.more)
        return "" if self.unasked and self.glance.attached == self.info.title else self.glance.attached


def unasked(drafts: Mapping[int, DraftGlance]) -> list[Entry]:
    """Rows for those drafts that belong to no conversation yet, the newest first."""
    found = [(key, glance) for key, glance in drafts.items() if key < 0]
    return [_entry_of(key, glance) for key, glance in sorted(found, key=lambda one: one[1].changed, reverse=True)]


def _entry_of(key: int, glance: DraftGlance) -> Entry:
    changed = moment(glance.changed)
    text = " ".join(glance.text[:_LONGEST_TITLE].split())
    info = ConversationInfo(key, text or glance.attached, changed, changed, 0, None)
    return Entry(info, Glance(glance.attached, glance.more, ""))


@dataclass(frozen=True, slots=True)
class Listing:
    """The beginning of the list: what is pinned, and then the newest ones."""

    pinned: tuple[Entry, ...]
    others: tuple[Entry, ...]
    total: int


class Source(Protocol):
    """Where the list comes from. Called on other threads; raises `HelperError`."""

    def begin(self, others: int) -> Listing:
        """The list down to so many that are not pinned."""

    def more(self, offset: int) -> tuple[Entry, ...]:
        """The next page of those that are not pinned."""

    def search(self, text: str, limit: int) -> list[SearchHit]:
        """Messages and titles with all of these words."""

    def picture(self, name: str) -> bytes | None:
        """The bytes of `ConversationInfo.thumbnail`."""


class HistorySource:
    """The history of the user. `history` opens it, which may fail, so it is called as late as possible."""

    def __init__(self, history: Callable[[], History]) -> None:
        self._history = history

    def begin(self, others: int) -> Listing:
        """See `Source`."""
        history = self._history()
        pinned = self._entries(history.conversations(PINNED_LIMIT, pinned=True))
        return Listing(pinned, self._entries(history.conversations(others, pinned=False)), history.count())

    def more(self, offset: int) -> tuple[Entry, ...]:
        """See `Source`."""
        return self._entries(self._history().conversations(PAGE, offset, pinned=False))

    def search(self, text: str, limit: int) -> list[SearchHit]:
        """See `Source`."""
        return self._history().search(text, limit)

    def picture(self, name: str) -> bytes | None:
        """See `Source`."""
        return self._history().blob(name)

    def _entries(self, found: list[ConversationInfo]) -> tuple[Entry, ...]:
        glances = self._history().glances([info.id for info in found])
        return tuple(Entry(info, glances.get(info.id, _NOTHING)) for info in found)
