"""One question that was asked at a region: from its picture to the end of its answer, and the bubble that shows it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal

from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Failed, Finished, StreamEvent
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import MediaPart, Message, Role, TextPart, Thinking
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.qt.running_answers import RunningAnswer, RunningAnswers
from desktop_helper.services.answering import Answering
from desktop_helper.services.container import Services
from desktop_helper.services.question_saver import Asked, QuestionSaver, Talk
from desktop_helper.ui.answer_events import show_events, waiting_for
from desktop_helper.ui.answer_view import AnswerView
from desktop_helper.ui.ask_here.bubble import Bubble


@dataclass(frozen=True, slots=True)
class AskedWith:
    """What every question needs.

    Args:
        services: for the model and the history.
        answers: those of all conversations; the chat shows from there what is opened in it.
        saver: saves questions.
    """

    services: Services
    answers: RunningAnswers
    saver: QuestionSaver


class HereQuestion(QObject):
    """It begins a conversation of its own. Without its bubble it goes on to its end, as an answer that nobody looks at.

    Signals:
        events, answered: as those of `ui.conversation.Conversation`.
        chat_wanted: a `Talk` that is to be shown there.
        given_back(str, tuple): words and parts that could not be asked, or are to be asked in the chat.
        settled: it needs no owner any more.
    """

    events = Signal(object, list)
    answered = Signal(str, object)
    chat_wanted = Signal(object)
    given_back = Signal(str, tuple)
    settled = Signal()
    _saved = Signal()
    _not_saved = Signal(object, object)

    def __init__(self, tools: AskedWith, bubble: Bubble, words: str, thinking: Thinking) -> None:
        super().__init__()
        self._tools, self._words, self._thinking = tools, words, thinking
        self._bubble: Bubble | None = bubble
        self._view: AnswerView | None = None
        self._media: tuple[MediaPart, ...] = ()
        self._message: Message | None = None
        self._asked: Asked | None = None
        self._answer: RunningAnswer | None = None
        self._reading, self._going, self._over_limit = True, False, False
        self._saved.connect(self._on_saved, Qt.ConnectionType.QueuedConnection)
        self._not_saved.connect(self._on_not_saved, Qt.ConnectionType.QueuedConnection)
        tools.answers.events.connect(self._on_events)
        bubble.stop_requested.connect(self.stop)
        bubble.again_requested.connect(self.again)
        bubble.allowed.connect(self.over_limit)
        bubble.unthinking_requested.connect(self.without_thinking)
        bubble.chat_requested.connect(self.open_chat)
        bubble.left.connect(self.leave)
        self._begin("", tr("Reading the picture…"))

    @property
    def pinned(self) -> bool:
        """Whether its bubble stays when the next question is asked."""
        return self._bubble is not None and self._bubble.header.pin.isChecked()

    def shows(self, answer: RunningAnswer) -> bool:
        """Whether the user sees it here."""
        return answer is self._answer and self._bubble is not None and self._bubble.isVisible()

    def take(self, parts: tuple[MediaPart, ...]) -> None:
        """The picture is ready: ask."""
        self._reading, self._media = False, parts
        self._ask()

    def fail(self, error: HelperError) -> None:
        """It cannot be asked."""
        self._reading = False
        if self._bubble is None:
            self._give_back()
            return
        if self._view is not None:
            self._view.finish("failed", None, error)
        self._bubble.set_running(False)
        self.answered.emit("", Failed(error))
        if self._going:
            self._give_back()

    def stop(self) -> None:
        """End the answer; what it said stays."""
        if self._asked is not None:
            self._tools.answers.stop(self._asked.talk)

    def again(self) -> None:
        """Another answer, by whoever answers now; the one that was there stays in the history."""
        if self._reading or (self._answer is not None and self._answer.running):
            return
        self._begin("", "")
        if self._asked is None:
            self._ask()
        else:
            self._start(self._asked)

    def without_thinking(self) -> None:
        """Another answer, as `again`, by a model that does not think before."""
        self._thinking = Thinking.OFF
        self.again()

    def over_limit(self) -> None:
        """Ask although it passes what the user means to spend in a month."""
        self._over_limit = True
        self.again()
        self._over_limit = False

    def open_chat(self) -> None:
        """Go on there, with all that was said; what comes of the answer from now on is shown there."""
        self._going = True
        self._go()

    def leave(self) -> None:
        """Take the bubble away. An answer goes on to its end, and what is not asked yet is asked all the same."""
        bubble, self._bubble, self._view = self._bubble, None, None
        if bubble is not None:
            bubble.dispose()
        self._settle()

    def _ask(self) -> None:
        words = self._words or tr("Describe this.")
        self._message = message = Message(Role.USER, (*self._media, TextPart(words)))
        try:
            self._tools.services.active_profile()  # else there is nothing to save a question for
        except HelperError as error:
            self.fail(error)
            return
        asked = self._tools.saver.save(Talk(), message, self._not_saved.emit)
        self._asked = asked
        self._start(asked)
        if asked.saving is not None:
            asked.saving.add_done_callback(lambda _saving: self._saved.emit())

    def _start(self, asked: Asked) -> None:
        try:
            profile = self._tools.services.active_profile()
        except HelperError as error:
            self.fail(error)
            return
        work = Answering(self._tools.services, profile, asked, self._thinking, over_limit=self._over_limit)
        self._begin(profile.title, waiting_for(profile), profile)
        self._answer = self._tools.answers.start(work, self._message)

    def _begin(self, model_title: str, progress: str, profile: ModelProfile | None = None) -> None:
        if self._bubble is None:
            return
        self._view = view = self._bubble.begin(model_title)
        view.offer_answer_now(profile is not None and self._tools.services.can_answer_now(profile))
        view.answer_now_requested.connect(self._answer_now)
        view.set_progress(progress)
        self._bubble.set_running(True)

    def _answer_now(self) -> None:
        if self._answer is not None and self._view is not None and not self._answer.work.answer_now():
            self._view.offer_answer_now(False)

    def _on_events(self, answer: RunningAnswer, events: list[StreamEvent]) -> None:
        if answer is not self._answer or self._bubble is None or self._view is None:
            return
        self.events.emit(answer, events)
        show_events(self._view, events, answer)
        end = answer.so_far.end
        if isinstance(end, Finished | Failed):
            self._bubble.messages.put_in_order(self._view)
            self._bubble.set_running(False)
            self.answered.emit(answer.so_far.text, end)
        else:
            self._bubble.refresh()

    def _on_saved(self) -> None:
        self._go()
        self._settle()

    def _settle(self) -> None:
        saving = self._asked.saving if self._asked is not None else None
        if self._bubble is None and not self._reading and (saving is None or saving.done()):
            self.settled.emit()

    def _on_not_saved(self, asked: Asked, error: HelperError) -> None:
        if asked is self._asked:
            self._answer, self._asked = None, None
            self._tools.answers.stop(asked.talk)
            self.fail(error)

    def _go(self) -> None:
        """To the chat, if that is wanted, as soon as the conversation is there."""
        if not self._going or self._reading:
            return
        if self._asked is None:
            self._give_back()
        elif self._asked.talk.number is not None:
            self._going = False
            self.chat_wanted.emit(self._asked.talk)
            self.leave()

    def _give_back(self) -> None:
        self._going = False
        self.given_back.emit(self._words, self._media)
        self.leave()
