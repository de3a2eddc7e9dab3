"""The conversation in the window: sends questions, passes on what comes back, continues where it was.

`answers` are those that are being written, also in conversations that are not shown; `transcript` shows this one,
`message_deeds` does what the user wants done with single messages.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal

from desktop_helper.core import clips
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Failed, Finished, StreamEvent, UsageReported
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import ChatRequest, MediaPart, Message, Role, TextPart, Thinking
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.qt.background import Background
from desktop_helper.qt.running_answers import RunningAnswer, RunningAnswers
from desktop_helper.services.answering import Answering, number_after, upcoming
from desktop_helper.services.container import Services
from desktop_helper.services.history_records import STATUS_OPEN, StoredMessage
from desktop_helper.services.model_room import context_of
from desktop_helper.services.question import USUAL, Manner, Question
from desktop_helper.services.question_saver import Asked, QuestionSaver, Said, Talk
from desktop_helper.ui.answer_events import show_events, waiting_for
from desktop_helper.ui.answer_view import AnswerView
from desktop_helper.ui.chat_window import ChatWindow
from desktop_helper.ui.editing import Editing
from desktop_helper.ui.opening import Opened, Opening
from desktop_helper.ui.transcript import Transcript
from desktop_helper.ui.user_message_view import UserMessageView


class Conversation(QObject):
    """Between the window and the services.

    Signals:
        answered: an answer ended, with its text and its `Finished` or `Failed`.
        answered_elsewhere: a `RunningAnswer` ended, of a conversation that is not shown.
        events: the `RunningAnswer` that is shown, and its new events.
        busy_changed: whether an answer is being written here.
        leaving: a `Talk` is about to be shown; the field is its own from now on.
        moved: another conversation is shown; or nothing was found to begin with.
        given_back: a `Talk`, perhaps not the one that is shown, and the `Question` that could not be saved in it.
    """

    answered = Signal(str, object)
    answered_elsewhere = Signal(object)
    events = Signal(object, list)
    busy_changed = Signal(bool)
    leaving = Signal(object)
    moved = Signal()
    given_back = Signal(object, object)
    _not_saved = Signal(object, object, object)
    _prepared = Signal(object, object)

    def __init__(self, services: Services, background: Background, window: ChatWindow) -> None:
        super().__init__(window)
        self._services = services
        self._background = background
        self._window = window
        self.transcript = Transcript(services, background, window.messages)
        self.editing = Editing(window)
        self._opening = Opening(services, background, self._show, self._stay)
        self._saver = QuestionSaver(lambda: services.history)
        self._answer: RunningAnswer | None = None  # the last one here; also while its view is not made
        self._view: AnswerView | None = None
        self._coming: RunningAnswer | None = None  # of the conversation that is about to be shown
        self._used_tokens = 0
        self._busy = False
        self.thinking = Thinking.AUTO
        self.transcript.resume = self._resume
        self.answers = RunningAnswers(self)
        self.answers.events.connect(self._on_events)
        self.answers.changed.connect(self._report_busy)
        self.busy_changed.connect(window.composer.set_busy)
        self._not_saved.connect(self._take_back, Qt.ConnectionType.QueuedConnection)
        self._prepared.connect(self._on_prepared, Qt.ConnectionType.QueuedConnection)
        window.composer.submitted.connect(self.send)
        window.composer.stop_requested.connect(self.stop)

    @property
    def number(self) -> int | None:
        """In the history; None before the first question is saved."""
        return self.transcript.talk.number

    @property
    def is_opening(self) -> bool:
        """Whether another conversation will be shown in a moment."""
        return self._opening.is_running

    @property
    def busy(self) -> bool:
        """Whether an answer is being written here."""
        return self.answers.of(self.transcript.talk) is not None

    def send(self, text: str, media: tuple[MediaPart, ...], manner: Manner = USUAL) -> None:
        """Ask. What cannot be saved or sent goes back into the composer with the reason."""
        try:
            services = self._services
            profile = services.profile(manner.profile) if manner.profile else services.active_profile()
            self._finish_opening(beside=manner.beside)
        except HelperError as error:
            self.leaving.emit(self.transcript.talk)  # what was to be shown is not
            self._window.composer.restore(text, media, manner)
            self._window.composer.show_error(error)
            return
        question = Message(Role.USER, (*media, TextPart(text or _default_question(media))))
        before = self.transcript.end
        editing = None if manner.beside else self.editing.take()
        if editing is not None:
            before = editing.before
            self.transcript.cut(editing)
        self._window.show_messages(True)
        talk = self.transcript.talk
        if talk.number is None and before is None:
            talk.title = manner.title
        asked_so = Question(text, clips.attachments(media), manner)
        asked = self._saver.save(
            talk,
            question,
            lambda asked, error: self._not_saved.emit(asked, (asked_so, editing), error),
            before,
            partial(self._prepare, profile),
        )
        self.transcript.add_question(question, asked)
        self._start(profile, asked, manner.thinking, question)

    def new(self, talk: Talk | None = None) -> None:
        """Begin an empty conversation, or show `talk`, which is one; an answer that is being written goes on."""
        talk = talk or Talk()
        self._leave(talk)
        self._answer = self._view = None
        self.transcript.begin(talk)
        self._report_busy()
        self._window.show_messages(False)
        self._refresh_context([])
        self.moved.emit()

    def reopen(self, find: Callable[[], int | None]) -> None:
        """Continue where the app was left. `find` is called on another thread."""
        self._leave()
        self._opening.begin(find)

    def load(self, conversation_id: int, message_id: int | None = None) -> None:
        """Show a stored conversation: its end, or the branch with one of its messages, and that one."""
        self._leave(Talk(conversation_id))
        self._coming = self.answers.find(conversation_id)
        self._opening.begin(lambda: conversation_id, message_id)

    def stop(self) -> None:
        """Stop the answer that is written here; what it said is kept."""
        self.answers.stop(self.transcript.talk)

    def request_with(self, media: tuple[MediaPart, ...]) -> Callable[[], ChatRequest]:
        """What makes the request that a question about `media` will be, without its words. Call it on any thread."""
        editing = self.editing.said
        before = self.transcript.end if editing is None else editing.before
        return partial(upcoming, self._services, self.transcript.talk, before, media, self.thinking)

    def refresh_limit(self) -> None:
        """Another model may read more or less."""
        self._window.composer.set_context(context_of(self._services, self._used_tokens))

    def close(self) -> None:
        """Stop all answers and wait for their threads, and until what was asked is saved."""
        self.answers.close()
        self._saver.close()

    def again(
        self, said: Said, name: str | None = None, thinking: Thinking | None = None, *, over_limit: bool = False
    ) -> None:
        """Answer a question, or the one before this answer, by the model profile of this name, or by the active one.

        An answer that was there stays as another version, with what followed it.
        """
        is_answer = isinstance(self.transcript.view(said), AnswerView)
        asked = said.before if is_answer else said
        if asked is None:
            return
        try:
            profile = self._services.active_profile() if name is None else self._services.profile(name)
        except HelperError as error:
            self._window.composer.show_error(error)
            return
        old = said if is_answer else self.transcript.after(said)
        if old is not None:
            self.transcript.cut(old)
        self.editing.leave_if(lambda edited: not self.transcript.holds(edited))
        question = self.transcript.view(asked)
        message = question.message if isinstance(question, UserMessageView) else None
        self._start(profile, asked, thinking, message, over_limit=over_limit)

    def stop_if_running_in(self, said: Said) -> None:
        """The answer that is given now ends, if it is this message or below it: that is about to go."""
        if self.transcript.holds(said):
            self.stop()

    def refresh_versions(self, answer: Said) -> None:
        """Learn which other versions there are of an answer that has just ended, and of its question."""
        asked, history = answer.before, self._services.history

        def read(cancel: CancelToken) -> list[StoredMessage]:
            numbers = asked.wait(cancel) if asked is not None else None
            if numbers is None:
                return []
            if answer.number is None:  # saved late
                answer.number = number_after(history, *numbers)
            return history.messages(numbers[0], until=answer.number or numbers[1], last=2, media=False)

        self._background.run(read, self.transcript.show_versions, _ignore)

    def _prepare(self, profile: ModelProfile, asked: Asked, question: Message) -> Message:
        """On the saver's thread: the pages of large documents that the question is about."""
        from desktop_helper.services.documents.asking import prepared

        ready = prepared(self._services, profile, asked, question)
        if ready is not question:
            self._prepared.emit(asked, ready)
        return ready

    def _on_prepared(self, asked: Asked, question: Message) -> None:
        view, running = self.transcript.view(asked), self.answers.of(asked.talk)
        if isinstance(view, UserMessageView):
            view.show_media_of(question)
        if running is not None and running.work.asked is asked:
            running.question = question

    def _finish_opening(self, *, beside: bool) -> None:
        """A question is about to follow the end, so that must be there. Raises `HelperError(STORAGE)`."""
        self._opening.finish()
        number = self.transcript.talk.number
        if not self.transcript.whole_end and number is not None and (beside or self.editing.said is None):
            self._coming = self._answer
            self._opening.begin(lambda: number)
            self._opening.finish()

    def _stay(self, error: HelperError) -> None:
        self.leaving.emit(self.transcript.talk)
        self._window.composer.show_error(error)

    def _show(self, opened: Opened) -> None:
        if opened.number is None:
            self.moved.emit()
            return
        answer = self.answers.find(opened.number) or self._coming
        if answer is not None and answer.talk.number != opened.number:
            answer = None
        self._coming = None
        self._window.composer.take_all_back()
        self._answer, self._view = answer, None
        messages = [*opened.messages, *opened.below]
        if answer is not None:
            answer.find_itself(messages)
        self.transcript.open(answer.talk if answer else Talk(opened.number), opened.messages, opened.below)
        if answer is not None:
            self._add_unread(answer, messages)
        self._window.show_messages(bool(self._window.messages.messages()) or bool(messages))
        self._refresh_context(messages)
        self._report_busy()
        self.moved.emit()

    def _add_unread(self, answer: RunningAnswer, messages: list[StoredMessage]) -> None:
        """What was not saved yet when the conversation was read follows its end, unless that is of another branch."""
        asked, end = answer.work.asked, messages[-1].id if messages else None
        if answer.question is not None and end == (asked.follows or None) and asked.number != end:
            self.transcript.add_question(answer.question, asked)
        elif asked.number is None or asked.number != end:
            return
        self._resume_in(self.transcript.add_answer(answer.work.profile.title, answer.work.said), answer)

    def _resume(self, view: AnswerView, stored: StoredMessage) -> bool:
        """The view of a message was made: if it is the answer that is being written, go on in it."""
        answer = self._answer
        if answer is None or stored.status != STATUS_OPEN or stored.id != answer.work.said.number:
            return False
        self._resume_in(view, answer)
        return True

    def _resume_in(self, view: AnswerView, answer: RunningAnswer) -> None:
        self._begin_in(view, answer)
        view.resume(answer.so_far)
        if answer.so_far.end is not None:  # nobody else will say what its tools have brought
            self.refresh_versions(answer.work.said)

    def _leave(self, coming: Talk | None = None) -> None:
        """Something else is about to be shown; what waits, and what was changed, stays with what is shown now."""
        self._window.composer.take_all_back()
        self.editing.settle()
        self._window.undo.settle()
        self._opening.cancel()
        self._coming = None
        if coming is not None:
            self.leaving.emit(coming)

    def _start(
        self,
        profile: ModelProfile,
        asked: Said,
        thinking: Thinking | None = None,
        question: Message | None = None,
        *,
        over_limit: bool = False,
    ) -> None:
        if self.busy:
            self._window.composer.take_all_back()
        self.stop()  # an older answer's “Answer again” works at any time, also while another one is given
        work = Answering(self._services, profile, asked, thinking or self.thinking, over_limit=over_limit)
        view = self.transcript.add_answer(profile.title, work.said)
        self._answer = answer = self.answers.start(work, question)
        self._begin_in(view, answer)

    def _begin_in(self, view: AnswerView, answer: RunningAnswer) -> None:
        profile = answer.work.profile
        view.answer_now_requested.connect(partial(self._answer_now, view, answer))
        view.offer_answer_now(self._services.can_answer_now(profile))
        view.set_thinking_unfolded(self._services.settings.current.window.expand_thinking)
        view.set_progress(waiting_for(profile))
        self._view = view

    def _answer_now(self, view: AnswerView, answer: RunningAnswer) -> None:
        if not answer.work.answer_now():
            view.offer_answer_now(False)

    def _take_back(self, asked: Asked, written: tuple[Question, Said | None], error: HelperError) -> None:
        """A question could not be saved: it goes back to where it was typed, and is not in the conversation."""
        question, edited = written
        shown = asked.talk is self.transcript.talk
        if shown:
            self._remove(asked)
        else:
            self.answers.stop(asked.talk)
        if shown and edited is not None and asked.talk.number is not None:
            self.load(asked.talk.number)  # what it was to replace is still there
        self._window.show_messages(bool(self._window.messages.messages()))
        self.given_back.emit(asked.talk, question)
        self._window.composer.show_error(error)
        self.answered.emit("", Failed(error))

    def _remove(self, asked: Said) -> None:
        """Take a question with its answer out of the window, if it is still there."""
        answer_view = self.transcript.answer_to(asked)
        answer = None if answer_view is None else self.transcript.said(answer_view)
        if answer is not None:
            if answer_view is self._view:
                self._answer = self._view = None
                self.stop()
            self.transcript.remove(answer)
        self.transcript.remove(asked)

    def _on_events(self, answer: RunningAnswer, events: list[StreamEvent]) -> None:
        if answer is not self._answer:
            if not answer.running and answer.talk is not self.transcript.talk:
                self.answered_elsewhere.emit(answer)
            return
        self.events.emit(answer, events)
        if self._view is not None:
            show_events(self._view, events, answer)
        if answer.so_far.end is not None:
            self._end(answer, answer.so_far.end)

    def _end(self, answer: RunningAnswer, end: Finished | Failed) -> None:
        usage, view = answer.so_far.usage, self._view
        if usage and usage.prompt_tokens is not None:
            self._used_tokens = _tokens(usage)
            self.refresh_limit()
        said = self.transcript.said(view) if view is not None else None
        if view is not None and said is not None:
            self._window.messages.put_in_order(view)  # code and errors have buttons that came late
            self.refresh_versions(said)
        self.answered.emit(answer.so_far.text, end)

    def _report_busy(self) -> None:
        if self.busy is not self._busy:
            self._busy = self.busy
            self.busy_changed.emit(self._busy)

    def _refresh_context(self, messages: list[StoredMessage]) -> None:
        usages = [stored.usage for stored in messages if stored.usage and stored.usage.prompt_tokens]
        self._used_tokens = _tokens(usages[-1]) if usages else 0
        self.refresh_limit()


def _ignore(_error: HelperError) -> None:
    """The versions are shown when the conversation is opened again."""


def _tokens(usage: UsageReported) -> int:
    return (usage.prompt_tokens or 0) + (usage.completion_tokens or 0)


def _default_question(media: tuple[MediaPart, ...]) -> str:
    """A picture without a question is a question too; it is shown and stored as what was really sent."""
    return tr("Describe this.") if len(media) < 2 else tr("Describe these.")
