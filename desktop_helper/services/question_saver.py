"""Saves questions in the order in which they were asked, off the thread that asks them.

A question and its pictures are flushed to disk, which takes seconds on a slow or busy one. Stopping an answer does not
stop this: what was asked is kept.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError, stack
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import Message
from desktop_helper.services.history import History
from desktop_helper.services.history_records import StoredMessage

_POLL_S = 0.05
_log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Talk:
    """A conversation; it gets its number when its first question is saved.

    Args:
        number: in the history.
        taken_back: number of a question that the next one stands for; the history keeps it, aside.
    """

    number: int | None = None
    taken_back: int | None = None

    def earlier(self, messages: list[StoredMessage]) -> list[StoredMessage]:
        """Those of `messages` that the next question follows."""
        return [entry for entry in messages if self.taken_back is None or entry.id < self.taken_back]


@dataclass(frozen=True, eq=False, slots=True)
class Asked:
    """A question, which may be answered more than once."""

    talk: Talk
    question: Message
    _saved: Future[int]

    @classmethod
    def before(cls, talk: Talk, question: Message, number: int) -> Asked:
        """One that is in the history already, under this number."""
        saved: Future[int] = Future()
        saved.set_result(number)
        return cls(talk, question, saved)

    def wait(self, cancel: CancelToken) -> tuple[int, int] | None:
        """The numbers of the conversation and of the question, as soon as it is saved; None if it will not be wanted.

        It is not when it was cancelled meanwhile, and when it could not be saved, which `QuestionSaver` tells.
        """
        error: BaseException | None = None
        while not cancel.cancelled:
            try:
                error = self._saved.exception(_POLL_S)
                break
            except NotYet:
                continue
        if cancel.cancelled or error is not None or self.talk.number is None:
            return None
        return self.talk.number, self._saved.result()


class QuestionSaver:
    """One thread, which comes with the first question."""

    def __init__(self, history: Callable[[], History]) -> None:
        self._history = history
        self._thread: ThreadPoolExecutor | None = None

    def save(self, talk: Talk, question: Message, failed: Callable[[Asked, HelperError], None]) -> Asked:
        """Begin to save. `failed` is called on another thread."""
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "questions")
        asked = Asked(talk, question, self._thread.submit(self._save, talk, question))

        def over(saved: Future[int]) -> None:
            error = saved.exception()
            if isinstance(error, HelperError):
                failed(asked, error)
            elif error is not None:
                _log.error("A question could not be saved: %s\n%s", type(error).__name__, stack(error))
                failed(asked, _fault(error))

        asked._saved.add_done_callback(over)
        return asked

    def close(self) -> None:
        """Return when everything is saved, or could not be."""
        if self._thread is not None:
            self._thread.shutdown()
            self._thread = None

    def _save(self, talk: Talk, question: Message) -> int:
        history = self._history()
        before = None
        if talk.number is not None and talk.taken_back is not None:
            earlier = talk.earlier(history.messages(talk.number))
            before = earlier[-1].id if earlier else None
            if before is None:
                talk.number = None  # nothing is left of it
        if talk.number is None:
            talk.number = history.new_conversation()
        number = history.add_message(talk.number, question, before)
        talk.taken_back = None
        return number


def _fault(error: BaseException) -> HelperError:
    return HelperError(ErrorKind.WORKER, tr("Something went wrong: {what}.", what=type(error).__name__))
