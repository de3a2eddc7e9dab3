"""Saves the questions of a conversation in the order in which they were asked, off the thread that asks them.

Conversations do not wait for each other: one may ask about a manual that has to be indexed first. A question and its
pictures are flushed to disk, which takes seconds on a slow or busy one. Stopping an answer does not stop this: what was
asked is kept.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress
from dataclasses import dataclass, field

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError, stack
from desktop_helper.core.events import Progress
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import Message
from desktop_helper.services.history import History
from desktop_helper.services.history_records import ROOT

_POLL_S = 0.05
_log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Talk:
    """A conversation; it gets its number in the history when its first question is saved.

    `title` is what it is called then; empty for the words of that question. `draft` is the key of what was typed before
    it had a number (services.drafts), 0 for nothing.
    """

    number: int | None = None
    title: str = ""
    draft: int = 0


@dataclass(eq=False, slots=True)
class Said:
    """A message of a conversation as somebody shows it.

    Args:
        talk: the conversation.
        before: what it follows; None for the first message.
        number: in the history; None before it is saved, and if it cannot be.
    """

    talk: Talk
    before: Said | None = None
    number: int | None = None

    @property
    def follows(self) -> int:
        """Number of the nearest message before it that is saved, or `ROOT`."""
        said = self.before
        while said is not None and said.number is None:
            said = said.before
        return ROOT if said is None or said.number is None else said.number

    def waiting(self, cancel: CancelToken) -> Iterator[Progress]:
        """What is done before it is saved, until it is, or is not waited for any more."""
        yield from ()

    def wait(self, cancel: CancelToken) -> tuple[int, int] | None:
        """The numbers of the conversation and of the message, as soon as it is saved; None if it will not be wanted.

        It is not when it was cancelled meanwhile, and when it could not be saved.
        """
        if cancel.cancelled or self.talk.number is None or self.number is None:
            return None
        return self.talk.number, self.number


@dataclass(eq=False, slots=True)
class Asked(Said):
    """A question, which may be answered more than once. Why one cannot be saved is told by `QuestionSaver`.

    `hurry` ends what is still done with it before it is saved.
    """

    saving: Future[int] | None = None
    hurry: CancelToken = field(default_factory=CancelToken)
    _progress: Progress | None = None

    def report(self, progress: Progress) -> None:
        """How far it is. Any thread."""
        self._progress = progress

    def waiting(self, cancel: CancelToken) -> Iterator[Progress]:
        """See `Said.waiting`."""
        told: Progress | None = None
        forget = cancel.on_cancel(self.hurry.cancel)
        try:
            while self.saving is not None and not self.saving.done() and not cancel.cancelled:
                if self._progress is not None and self._progress is not told:
                    told = self._progress
                    yield told
                with suppress(NotYet, CancelledError):
                    self.saving.exception(_POLL_S)
        finally:
            forget()

    def wait(self, cancel: CancelToken) -> tuple[int, int] | None:
        """See `Said.wait`."""
        error: BaseException | None = None
        while self.saving is not None and not cancel.cancelled:
            try:
                error = self.saving.exception(_POLL_S)
                break
            except NotYet:
                continue
        return None if error is not None else Said.wait(self, cancel)


Prepare = Callable[[Asked, Message], Message]


def _as_it_is(_asked: Asked, question: Message) -> Message:
    """For questions with which nothing has to be done."""
    return question


class QuestionSaver:
    """A thread for each conversation that has questions to be saved. Called on one thread."""

    def __init__(self, history: Callable[[], History]) -> None:
        self._history = history
        self._threads: list[tuple[Talk, ThreadPoolExecutor]] = []
        self._unsaved: set[Asked] = set()

    def save(
        self,
        talk: Talk,
        question: Message,
        failed: Callable[[Asked, HelperError], None],
        before: Said | None = None,
        prepare: Prepare = _as_it_is,
    ) -> Asked:
        """Begin to save a question that follows `before`. `failed` and `prepare` are called on another thread.

        What `prepare` makes of the question is what is saved. It may take its time, as long as `Asked.hurry` lets it.
        """
        asked = Asked(talk, before)
        thread = self._thread_of(talk)
        self._unsaved.add(asked)
        saving = asked.saving = thread.submit(self._save, asked, question, prepare)

        def over(saved: Future[int]) -> None:
            error = saved.exception()
            if isinstance(error, HelperError):
                failed(asked, error)
            elif error is not None:
                _log.error("A question could not be saved: %s\n%s", type(error).__name__, stack(error))
                failed(asked, _fault(error))

        saving.add_done_callback(over)
        return asked

    def close(self) -> None:
        """Return when everything is saved, or could not be. Nothing more is done with it before."""
        for asked in list(self._unsaved):
            asked.hurry.cancel()
        for _talk, thread in self._threads:
            thread.shutdown()
        self._threads.clear()

    def _thread_of(self, talk: Talk) -> ThreadPoolExecutor:
        """The one that saves its other questions; those of conversations that have none any more end."""
        busy = [asked.talk for asked in list(self._unsaved)]
        for known, thread in list(self._threads):
            if _are_one(known, talk):
                return thread
            if not any(_are_one(known, other) for other in busy):
                self._threads.remove((known, thread))
                thread.shutdown()
        thread = ThreadPoolExecutor(1, "questions")
        self._threads.append((talk, thread))
        return thread

    def _save(self, asked: Asked, question: Message, prepare: Prepare) -> int:
        try:
            return self._saved(asked, prepare(asked, question))
        finally:
            self._unsaved.discard(asked)

    def _saved(self, asked: Asked, question: Message) -> int:
        history, talk = self._history(), asked.talk
        if talk.number is None:
            talk.number = history.new_conversation(talk.title)
        asked.number = history.add_message(talk.number, question, asked.follows)
        return asked.number


def _are_one(talk: Talk, other: Talk) -> bool:
    """Whether they are the same conversation, which may have been opened twice."""
    return talk is other or (talk.number is not None and talk.number == other.number)


def _fault(error: BaseException) -> HelperError:
    return HelperError(ErrorKind.WORKER, tr("Something went wrong: {what}.", what=type(error).__name__))
