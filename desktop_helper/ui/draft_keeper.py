"""Keeps what stands in the text field with its conversation: when another one comes, and through quitting and crashes.

In memory it is `SetAside`, so that attachments go on being read; on the disk `services.drafts`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from weakref import WeakValueDictionary

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from desktop_helper.core.errors import HelperError
from desktop_helper.core.messages import MediaPart
from desktop_helper.qt.background import Background
from desktop_helper.services.draft import Draft
from desktop_helper.services.drafts import DraftGlance, Drafts, new_key
from desktop_helper.services.history import History
from desktop_helper.services.question import USUAL, Question
from desktop_helper.services.question_saver import Talk
from desktop_helper.ui.composer import Composer
from desktop_helper.ui.conversation import Conversation
from desktop_helper.ui.set_aside import SetAside, joined

PAUSE_MS = 400  # of typing before it is written down


@dataclass(slots=True)
class _Deleted:
    """A draft without a conversation that the user deleted, until it is too late to bring it back."""

    talk: Talk
    glance: DraftGlance
    aside: SetAside | None


class DraftKeeper(QObject):
    """Writes nothing before it has seen what is on the disk: that must not be replaced by an empty field.

    Signals:
        changed: `marked` is not what it was.
    """

    changed = Signal()
    _looked = Signal()

    def __init__(self, drafts: Drafts, composer: Composer, conversation: Conversation, background: Background) -> None:
        super().__init__(composer)
        self._drafts, self._composer, self._background = drafts, composer, background
        self._conversation = conversation
        self._whose = self._initial = conversation.transcript.talk  # that has the field; it may still be on its way
        self._asides: dict[Talk, SetAside] = {}
        self._found: dict[int, DraftGlance] | None = None  # on the disk at the start
        self._first = 0  # a draft without a conversation, with which the app begins
        self._known: dict[int, DraftGlance] = {}
        self._kept: dict[int, Draft] = {}  # what is on the disk, of those that were looked at
        self._reading: set[int] = set()
        self._unreadable: set[int] = set()
        self._marked: dict[int, DraftGlance] = {}
        self._deleted: _Deleted | None = None
        self._left_out: WeakValueDictionary[int, MediaPart] = WeakValueDictionary()
        self._begun = False
        self._timer = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._timer.timeout.connect(self._keep)
        conversation.leaving.connect(self._on_leaving)
        conversation.moved.connect(self._on_moved)
        conversation.given_back.connect(self._give_back)
        self._looked.connect(self._on_looked, Qt.ConnectionType.QueuedConnection)

    @property
    def ready(self) -> bool:
        """Whether what was on the disk is in the field."""
        return self._begun and _key(self._whose) not in self._reading

    @property
    def marked(self) -> dict[int, DraftGlance]:
        """Those that a list shows; not the one that is being written, unless it was left once.

        Those of chats in which nothing has been asked yet have negative numbers.
        """
        return dict(self._marked)

    def where_left(self, history: History) -> int | None:
        """Look at what is on the disk. Returns the conversation to begin with; None for a chat without questions.

        That is the one in which something was asked or typed last. For another thread. Raises `HelperError(STORAGE)`.
        """
        found = self._drafts.glances()
        try:
            key = _left_last(found, history)
            self._first = min(0, key)
            return key if key > 0 else None
        finally:
            self._found = found  # last: from now on the window's thread begins with it
            with suppress(RuntimeError):  # the app may be left by now
                self._looked.emit()

    def leave_out(self, parts: Iterable[MediaPart]) -> None:
        """Never write these down, since they are in memory only until they are asked about."""
        self._left_out.update((id(part), part) for part in parts)

    def leave_out_as(self, source: MediaPart, made: Iterable[MediaPart]) -> None:
        """What was made of a part is written down if that is."""
        if self.leaves_out(source):
            self.leave_out(made)

    def leaves_out(self, part: MediaPart) -> bool:
        """Whether it is one of those."""
        return self._left_out.get(id(part)) is part

    def throw_away(self, key: int) -> None:
        """Delete the draft of a chat in which nothing has been asked yet, and which is not shown.

        `take_out` brings it back.
        """
        self._keep()
        talk = self._aside_of(Talk(draft=key)) or Talk(draft=key)
        if self._deleted is not None and self._deleted.aside is not None:
            self._deleted.aside.forget()
        glance = self._known.pop(key, DraftGlance(time.time()))
        self._deleted = _Deleted(talk, glance, self._asides.pop(talk, None))
        self._kept.pop(key, None)
        self._drafts.put_into_bin(key)
        self._mark()

    def take_out(self, key: int) -> None:
        """The one that was deleted last is there again."""
        deleted, self._deleted = self._deleted, None
        if deleted is None or deleted.talk.draft != key:
            return
        if deleted.aside is not None:
            self._asides[deleted.talk] = deleted.aside
            self._known[key] = deleted.glance
            self._mark()

        def there_again(_draft: Draft) -> None:
            self._known.setdefault(key, deleted.glance)
            self._keep()

        self._background.run(lambda _cancel: self._drafts.restore(key), there_again, _ignore)

    def close(self) -> None:
        """Return when the last change is saved."""
        self._timer.stop()
        for key in list(self._reading):
            self._arrive(key, self._drafts.load(key))
        self._keep()
        self._drafts.close()

    # --- another conversation ---

    def _on_leaving(self, coming: Talk) -> None:
        self._begin()
        if not _same(coming, self._whose):
            if aside := self._composer.set_aside():
                self._asides[self._whose] = aside
            self._whose = coming
            self._bring_back()  # first: what is being read from the disk is no empty field
            self._keep()
            self._mark()

    def _on_moved(self) -> None:
        talk = self._conversation.transcript.talk
        talk.draft = talk.draft or self._whose.draft
        self._whose = talk
        self._begin()

    def _on_looked(self) -> None:
        if not self._conversation.is_opening:  # else it is shown first; the user may have begun another one
            self._begin()

    def _begin(self) -> None:
        """The first conversation is there, or none; what was typed meanwhile stands below its draft."""
        if self._begun or self._found is None:
            return
        self._begun = True
        self._known = self._found | self._known
        if self._whose is self._initial and not self._whose.draft:
            self._whose.draft = self._first
        self._bring_back()
        self._marked = dict(self._known)
        self.changed.emit()
        self._composer.edited.connect(self._timer.start)
        self._conversation.answers.began.connect(self._timer.start)  # its conversation has got a number
        self._timer.start()

    def _bring_back(self) -> None:
        if (talk := self._aside_of(self._whose)) is not None:
            self._whose.draft = self._whose.draft or talk.draft
            self._composer.bring_back(self._asides.pop(talk))
            return
        key = _key(self._whose)
        if key in self._known and key not in self._kept and key not in self._reading | self._unreadable:
            self._reading.add(key)
            failed = partial(self._give_up, key)
            self._background.run(lambda _cancel: self._drafts.load(key), partial(self._arrive, key), failed)

    def _arrive(self, key: int, draft: Draft) -> None:
        """It was read from the disk. Meanwhile something may have been typed, or another conversation have come."""
        self._reading.discard(key)
        talk = next((other for other in self._asides if _has(other, key)), None)
        if _has(self._whose, key):
            self._composer.put_back(draft.text, draft.attachments)
        elif talk is not None:
            self._asides[talk].above = joined(self._asides[talk].above, draft)
        else:
            return
        self._kept[key] = draft
        self._timer.start()

    def _give_up(self, key: int, _error: HelperError) -> None:
        """A fault of ours, which is in the log; the file stays for a version that can read it."""
        self._reading.discard(key)
        self._unreadable.add(key)

    def _give_back(self, talk: Talk, question: Question) -> None:
        """A question could not be saved; what waited to follow it, and what was typed, stand below it."""
        if _same(talk, self._whose):
            self._composer.take_all_back()
            self._composer.put_back(question.text, question.attachments, question.manner)
            return
        there = self._aside_of(talk)
        if there is None:
            there, self._asides[talk] = talk, SetAside()
        aside, first = self._asides[there], self._asides[there].above == Draft()
        aside.above = joined(Draft(question.text, question.attachments), aside.above)
        aside.above_manner = question.manner if first or question.manner == aside.above_manner else USUAL
        self._keep()

    def _aside_of(self, talk: Talk) -> Talk | None:
        return next((other for other in self._asides if _same(other, talk)), None)

    # --- keeping ---

    def _keep(self) -> None:
        if not self._begun:
            return
        drafts = {talk: aside.draft for talk, aside in self._asides.items()}
        drafts[self._whose] = self._conversation.editing.unsent
        for talk, draft in drafts.items():
            self._keep_one(talk, draft)
        self._mark()

    def _keep_one(self, talk: Talk, draft: Draft) -> None:
        if talk.number is not None and talk.draft and talk.draft not in self._reading:
            self._forget(talk.draft)  # it was typed before the conversation had a number
            talk.draft = 0
        if not _key(talk) and draft != Draft():
            deleted = [self._deleted.talk.draft] if self._deleted is not None else []
            talk.draft = new_key([*self._known, *deleted])
        key = _key(talk)
        if key in self._reading | self._unreadable:
            return
        if draft == Draft():
            self._forget(key)
            return
        kept = tuple(pair for pair in draft.attachments if not any(map(self.leaves_out, pair[1])))
        written = replace(draft, attachments=kept)
        if key not in self._known or written != self._kept.get(key):
            self._known[key] = DraftGlance.of(draft, time.time())
        if written != self._kept.get(key, Draft()):
            self._kept[key] = written
            self._drafts.keep(key, written)

    def _forget(self, key: int) -> None:
        self._known.pop(key, None)
        if self._kept.pop(key, Draft()) != Draft():
            self._drafts.keep(key, Draft())

    def _mark(self) -> None:
        here = _key(self._whose)
        marked = {key: self._marked.get(key, glance) if key == here else glance for key, glance in self._known.items()}
        if here not in self._marked:
            marked.pop(here, None)
        if marked != self._marked:
            self._marked = marked
            self.changed.emit()


def _left_last(found: dict[int, DraftGlance], history: History) -> int:
    """The draft or the conversation to begin with; 0 if there is none. Raises `HelperError(STORAGE)`."""
    number, since = history.last_asked() or (0, 0.0)
    for key in sorted(found, key=lambda key: found[key].changed, reverse=True):
        if found[key].changed < since:
            break
        if key < 0 or history.info(key) is not None:  # else it is in the trash
            return key
    return number


def _key(talk: Talk) -> int:
    """Of its draft; 0 if it has none."""
    return talk.number or talk.draft


def _has(talk: Talk, key: int) -> bool:
    """Whether it is its draft, or was before the conversation had a number."""
    return key in (talk.number, talk.draft)


def _same(one: Talk, other: Talk) -> bool:
    return one is other or (_key(one) != 0 and _key(one) == _key(other))


def _ignore(_error: HelperError) -> None:
    """What is in memory is written down again all the same."""
