"""The answers that are being written: one for each conversation at most, whichever of them the window shows.

A window that looks at one takes what has come so far (`RunningAnswer.so_far`) and then listens; when it looks away,
the answer goes on.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal

from desktop_helper.core.events import StreamEvent
from desktop_helper.core.messages import Message
from desktop_helper.qt.answer_runner import AnswerRunner
from desktop_helper.services.answer_so_far import AnswerSoFar
from desktop_helper.services.answering import Answering
from desktop_helper.services.history_records import STATUS_OPEN, StoredMessage
from desktop_helper.services.question_saver import Talk


@dataclass(eq=False, slots=True)
class RunningAnswer:
    """An answer, from its question to its end.

    Args:
        work: what runs on its thread, and which message it is.
        question: as it was asked; None if that is not known any more.
    """

    work: Answering
    question: Message | None = None
    so_far: AnswerSoFar = field(default_factory=AnswerSoFar)
    turn: int = 0
    heard: bool = False

    @property
    def talk(self) -> Talk:
        """Its conversation."""
        return self.work.said.talk

    @property
    def title(self) -> str:
        """What it is an answer to; empty for pictures without a word."""
        return self.question.text if self.question is not None else ""

    @property
    def running(self) -> bool:
        """Whether there is more to come."""
        return self.so_far.end is None

    def find_itself(self, messages: Sequence[StoredMessage]) -> None:
        """Learn its number from what was read of its conversation, if its worker has not said it yet."""
        said, asked = self.work.said, self.work.asked.number
        if said.number is None and asked is not None:
            rows = (one.id for one in messages if one.status == STATUS_OPEN and one.parent_id == asked)
            said.number = next(rows, None)


class RunningAnswers(QObject):
    """Owns the workers of all conversations. All methods belong to the UI thread.

    Signals:
        changed: an answer was started, or has ended.
        began: a `RunningAnswer` with its first event after its question was saved.
        events: a `RunningAnswer` and its new `StreamEvent`s, which `so_far` has already. Every answer ends in exactly
            one `Finished` or `Failed`, unless it is closed.
        ended: a `RunningAnswer`, after its last events.
    """

    changed = Signal()
    began = Signal(object)
    events = Signal(object, list)
    ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._answers: dict[Talk, RunningAnswer] = {}
        self._runners: dict[Talk, AnswerRunner] = {}

    @property
    def running(self) -> bool:
        """Whether any answer is being written."""
        return any(answer.running for answer in self._answers.values())

    @property
    def numbers(self) -> frozenset[int]:
        """The conversations that are being answered, as far as they are saved."""
        talks = (talk.number for talk, answer in self._answers.items() if answer.running)
        return frozenset(number for number in talks if number is not None)

    def of(self, talk: Talk) -> RunningAnswer | None:
        """The answer that is written in a conversation now."""
        answer = self._answers.get(talk)
        return answer if answer is not None and answer.running else None

    def find(self, number: int | None) -> RunningAnswer | None:
        """The one in the conversation with this number; also after its end, until the history surely has all of it."""
        self._forget_settled()
        found = (answer for talk, answer in self._answers.items() if talk.number == number)
        return next(found, None) if number is not None else None

    def start(self, work: Answering, question: Message | None = None) -> RunningAnswer:
        """Begin an answer; one that runs in the same conversation is stopped first."""
        answer = RunningAnswer(work, question)
        talk = answer.talk
        self.stop(talk)
        self._forget_settled()
        runner = self._runners.get(talk)
        if runner is None:
            runner = self._runners[talk] = AnswerRunner(self)
            runner.events.connect(lambda turn, events: self._on_events(talk, turn, events))
        self._answers[talk] = answer
        answer.turn = runner.start(work.events)
        self.changed.emit()
        return answer

    def stop(self, talk: Talk) -> None:
        """Stop the answer in a conversation, if there is one; what it said stays."""
        if self.of(talk) is not None:
            self._runners[talk].stop()

    def close(self, timeout_s: float = 2.0) -> bool:
        """Stop all of them and wait for their workers, which save. False if one did not end in time."""
        for runner in self._runners.values():
            runner.close(0)
        deadline = time.monotonic() + timeout_s
        ended = [runner.close(max(0.0, deadline - time.monotonic())) for runner in self._runners.values()]
        self._answers.clear()
        self.changed.emit()
        return all(ended)

    def _on_events(self, talk: Talk, turn: int, events: list[StreamEvent]) -> None:
        answer = self._answers.get(talk)
        if answer is None or answer.turn != turn:
            return
        first = not answer.heard and answer.work.asked.number is not None
        answer.heard = answer.heard or first
        answer.so_far.add(events)
        self.events.emit(answer, events)
        if first:
            self.began.emit(answer)
        if not answer.running:
            self.ended.emit(answer)
            self.changed.emit()

    def _forget_settled(self) -> None:
        """Those of which nothing is still being saved."""
        for talk, runner in list(self._runners.items()):
            if runner.settled:
                del self._runners[talk]
                self._answers.pop(talk, None)
                runner.deleteLater()
