"""The list of conversations as a Qt model: read page by page, changed in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.qt.background import Background
from desktop_helper.services.drafts import DraftGlance
from desktop_helper.ui.history.days import day_of, group_of, time_of
from desktop_helper.ui.history.entries import PAGE, Entry, Listing, Source, unasked
from desktop_helper.ui.text_safety import tooltip

ENTRY, GROUP, TIME, CURRENT, ANSWERED, STATE, DRAFT = (Qt.ItemDataRole.UserRole + number for number in range(1, 8))
_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class HistoryModel(QAbstractListModel):
    """One row for each conversation that was read so far; the first row of a group carries its heading.

    Above them are drafts that belong to none yet, with negative numbers.

    Roles: ENTRY an `Entry`; GROUP the heading above this row, or an empty text; TIME; CURRENT whether it is open;
    ANSWERED whether an answer is being written in it; DRAFT whether something was typed in it and not asked;
    STATE how that or its last answer stands.

    Signals:
        listed: the list was read anew; the number of conversations in the whole history.
        failed: it cannot be read.
        renamed: number and title that the user typed.
    """

    listed = Signal(int)
    failed = Signal(object)
    renamed = Signal(int, str)

    def __init__(
        self,
        source: Source,
        background: Background,
        now: Callable[[], datetime] = datetime.now,
        zone: tzinfo | None = None,
    ) -> None:
        super().__init__()
        self._source, self._background, self._now, self._zone = source, background, now, zone
        self._entries: list[Entry] = []
        self._groups: list[str] = []
        self._current = 0
        self._answered: frozenset[int] = frozenset()
        self._drafts: dict[int, DraftGlance] = {}
        self._removed: set[int] = set()  # rows that the user deleted, until the history says so too
        self._reading: CancelToken | None = None
        self._again = self._complete = False

    # --- reading ---

    def reload(self) -> None:
        """Read as much as was read before anew, on another thread. Asked while it reads, it reads once more."""
        if self._reading is not None:
            self._again = True
            return
        wanted = max(PAGE, self._others())
        self._reading = self._background.run(
            lambda _cancel: self._source.begin(wanted), lambda found: self._on_listing(found, wanted), self._on_failed
        )

    def canFetchMore(self, _parent: _Index = _ROOT) -> bool:
        """Whether there are conversations that were not read."""
        return not self._complete and self._reading is None and bool(self._entries)

    def fetchMore(self, _parent: _Index = _ROOT) -> None:
        """Read the next page; its rows come later."""
        if not self.canFetchMore():
            return
        offset = self._others()
        self._reading = self._background.run(lambda _cancel: self._source.more(offset), self._on_page, self._on_failed)

    def close(self) -> None:
        """Nothing that is still being read arrives any more."""
        if self._reading is not None:
            self._reading.cancel()

    # --- changing ---

    def set_current(self, number: int) -> None:
        """Mark the conversation that the window shows."""
        before, self._current = self._current, number
        for changed in {before, number}:
            self._repaint(self.row_of(changed))

    def set_answered(self, numbers: frozenset[int]) -> None:
        """Mark the conversations in which an answer is being written."""
        before, self._answered = self._answered, numbers
        for changed in before ^ numbers:
            self._repaint(self.row_of(changed))

    def set_drafts(self, drafts: Mapping[int, DraftGlance]) -> None:
        """Mark the conversations in which something was typed and not asked."""
        before, self._drafts = self._drafts, dict(drafts)
        self._set(self._conversations())
        for changed in before.keys() ^ drafts.keys():
            self._repaint(self.row_of(changed))

    def remove(self, number: int) -> None:
        """Take a row out, also while its conversation is still there."""
        self._removed.add(number)
        self._set([entry for entry in self._conversations() if entry.id != number])

    def put_back(self, number: int) -> None:
        """It was not deleted, or is there again: `reload` shows it."""
        self._removed.discard(number)

    def row_of(self, number: int | None) -> int:
        """-1 if it was not read, or is not there."""
        return next((row for row, entry in enumerate(self._entries) if entry.id == number), -1)

    # --- Qt ---

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """Of those that were read."""
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """See the class."""
        if not 0 <= index.row() < len(self._entries):
            return None
        entry = self._entries[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return entry.title
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip(entry.title)
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join(
                    filter(None, (entry.title, self._groups[index.row()], self._time(entry), self._state(entry)))
                )
        return self._own_data(entry, index.row(), role)

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """The user gave it another title. An empty one is none."""
        title = " ".join(str(value).split())
        entry = self._entries[index.row()]
        if role != Qt.ItemDataRole.EditRole or not title or title == entry.info.title:
            return False
        self._entries[index.row()] = replace(entry, info=replace(entry.info, title=title))
        self._repaint(index.row())
        self.renamed.emit(entry.id, title)
        return True

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Titles can be edited; a draft has none of its own."""
        found = super().flags(index)
        there = 0 <= index.row() < len(self._entries) and not self._entries[index.row()].unasked
        return found | Qt.ItemFlag.ItemIsEditable if there else found

    # --- parts ---

    def _on_listing(self, listing: Listing, wanted: int) -> None:
        self._reading = None
        self._complete = len(listing.others) < wanted
        entries = [*listing.pinned, *listing.others]
        self._removed &= {entry.id for entry in entries}
        self._set([entry for entry in entries if entry.id not in self._removed])
        self.listed.emit(listing.total)
        self._read_again()

    def _on_page(self, page: tuple[Entry, ...]) -> None:
        self._reading = None
        self._complete = len(page) < PAGE
        there = self._conversations()
        known = {entry.id for entry in there}  # a page moves on when a conversation above it changes
        self._set([*there, *(entry for entry in page if entry.id not in known)])
        self._read_again()

    def _on_failed(self, error: HelperError) -> None:
        self._reading = None
        self._again = False
        self.failed.emit(error)

    def _read_again(self) -> None:
        if self._again:
            self._again = False
            self.reload()

    def _conversations(self) -> list[Entry]:
        return [entry for entry in self._entries if not entry.unasked]

    def _others(self) -> int:
        """How many that are not pinned were read."""
        return sum(not entry.info.pinned for entry in self._conversations())

    def _set(self, conversations: list[Entry]) -> None:
        """Show others with as little change as possible, so that the view keeps its place and selection."""
        entries = [*(entry for entry in unasked(self._drafts) if entry.id not in self._removed), *conversations]
        old = [entry.id for entry in self._entries]
        new = [entry.id for entry in entries]
        head = _common(old, new)
        tail = _common(old[head:][::-1], new[head:][::-1])
        if head + tail < len(old):
            self.beginRemoveRows(_ROOT, head, len(old) - tail - 1)
            del self._entries[head : len(old) - tail]
            del self._groups[head : len(old) - tail]
            self.endRemoveRows()
        if head + tail < len(new):
            added = entries[head : len(new) - tail]
            self.beginInsertRows(_ROOT, head, len(new) - tail - 1)
            self._entries[head:head] = added
            self._groups[head:head] = self._groups_of(added)
            self.endInsertRows()
        groups = self._groups_of(entries)
        if self._entries != entries or self._groups != groups or old != new:
            self._entries, self._groups = entries, groups
            self.layoutChanged.emit()  # a row that is first in its group is higher than the others
            self._repaint(0, len(entries) - 1)

    def _groups_of(self, entries: Sequence[Entry]) -> list[str]:
        today = self._now().date()

        def group(entry: Entry) -> str:
            if entry.unasked:
                return tr("Not asked yet")
            return tr("Pinned") if entry.info.pinned else group_of(entry.info.updated, today, self._zone)

        return [group(entry) for entry in entries]

    def _time(self, entry: Entry) -> str:
        tell = day_of if entry.info.pinned or entry.unasked else time_of
        return tell(entry.info.updated, self._now().date(), self._zone)

    def _own_data(self, entry: Entry, row: int, role: int) -> Any:
        if role == ENTRY:
            return entry
        if role == GROUP:
            group = self._groups[row]
            return group if row == 0 or self._groups[row - 1] != group else ""
        if role == TIME:
            return self._time(entry)
        if role == STATE:
            return self._state(entry)
        if role == ANSWERED:
            return entry.id in self._answered
        if role == DRAFT:
            return entry.id in self._drafts and not entry.unasked
        return entry.id == self._current if role == CURRENT else None

    def _state(self, entry: Entry) -> str:
        if entry.id in self._answered:
            return tr("answering…")
        return tr("draft") if entry.id in self._drafts and not entry.unasked else entry.state

    def _repaint(self, first: int, last: int | None = None) -> None:
        if 0 <= first < len(self._entries):
            self.dataChanged.emit(self.index(first), self.index(first if last is None else last))


def _common(first: Sequence[int], second: Sequence[int]) -> int:
    """How many entries are the same at the beginning of both."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(first), len(second)))
