"""The conversation in the window: sends questions, passes on what comes back, continues where it was.

`transcript` shows it, `message_deeds` does what the user wants done with single messages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import (
    Failed,
    Finished,
    FinishReason,
    Notice,
    Progress,
    StreamEvent,
    TextDelta,
    ThinkingDelta,
    UsageReported,
)
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import ChatRequest, MediaPart, Message, Role, TextPart, Thinking
from desktop_helper.core.protocols import Backend, ModelProfile
from desktop_helper.qt.answer_runner import AnswerRunner
from desktop_helper.qt.background import Background
from desktop_helper.services.answer_session import answer
from desktop_helper.services.container import Services
from desktop_helper.services.history import History
from desktop_helper.services.history_records import StoredMessage
from desktop_helper.services.providers import LOCAL_BACKEND, LOCAL_CONTEXT
from desktop_helper.services.question import USUAL, Manner
from desktop_helper.services.question_saver import Asked, QuestionSaver, Said, Talk
from desktop_helper.services.request_builder import build_request
from desktop_helper.ui.answer_view import AnswerView
from desktop_helper.ui.chat_window import ChatWindow
from desktop_helper.ui.editing import Editing
from desktop_helper.ui.opening import Opened, Opening
from desktop_helper.ui.transcript import Transcript

_LOCAL_ANSWER = 2048  # tokens that the local engine keeps free for its answer


class Conversation(QObject):
    """Between the window and the services.

    Signals:
        answered: an answer ended, with its text and its `Finished` or `Failed`.
        moved: another conversation is shown.
    """

    answered = Signal(str, object)
    moved = Signal()
    _not_saved = Signal(object, object, object)

    def __init__(self, services: Services, background: Background, window: ChatWindow) -> None:
        super().__init__(window)
        self._services = services
        self._background = background
        self._window = window
        self.transcript = Transcript(services, background, window.messages)
        self.editing = Editing(window)
        self._opening = Opening(services, background, self._show, window.composer.show_error)
        self._saver = QuestionSaver(lambda: services.history)
        self._view: AnswerView | None = None
        self._usage: UsageReported | None = None
        self._answering: Backend | None = None  # the one asked last; set on the worker's thread
        self._used_tokens = 0
        self.thinking = Thinking.AUTO
        self.runner = AnswerRunner(self)
        self.runner.events.connect(self._on_events)
        self.runner.running_changed.connect(window.composer.set_busy)
        self._not_saved.connect(self._take_back, Qt.ConnectionType.QueuedConnection)
        window.composer.submitted.connect(self.send)
        window.composer.stop_requested.connect(self.runner.stop)

    @property
    def number(self) -> int | None:
        """In the history; None before the first question is saved."""
        return self.transcript.talk.number

    def send(self, text: str, media: tuple[MediaPart, ...], manner: Manner = USUAL) -> None:
        """Ask. What cannot be saved or sent goes back into the composer with the reason."""
        try:
            services = self._services
            profile = services.profile(manner.profile) if manner.profile else services.active_profile()
            self._finish_opening(beside=manner.beside)
        except HelperError as error:
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
        asked = self._saver.save(
            talk, question, lambda asked, error: self._not_saved.emit(asked, (text, media, editing), error), before
        )
        self.transcript.add_question(question, asked)
        self._start(profile, asked, manner.thinking)

    def new(self) -> None:
        """Begin an empty conversation; the running answer is stopped and kept."""
        self._leave()
        self.transcript.begin(Talk())
        self._window.show_messages(False)
        self._refresh_context([])
        self.moved.emit()

    def reopen_latest(self) -> None:
        """Continue where the app was left."""
        self._leave()
        self._opening.begin(lambda: self._services.history.latest())  # noqa: PLW0108 - the history is opened there, too

    def load(self, conversation_id: int, message_id: int | None = None) -> None:
        """Show a stored conversation: its end, or the branch with one of its messages, and that one."""
        self._leave()
        self._opening.begin(lambda: conversation_id, message_id)

    def request_with(self, media: tuple[MediaPart, ...]) -> Callable[[], ChatRequest]:
        """What makes the request that a question about `media` will be, without its words. Call it on any thread."""
        editing = self.editing.said
        before = self.transcript.end if editing is None else editing.before
        return partial(self._upcoming, self.transcript.talk, before, media, self.thinking)

    def refresh_limit(self) -> None:
        """Another model may read more or less."""
        limit, room = self._limit()
        self._window.composer.set_context(self._used_tokens, limit, room)

    def close(self) -> None:
        """Stop the answer and wait for its thread, and until what was asked is saved."""
        self.runner.close()
        self._saver.close()

    def again(self, said: Said, name: str | None = None) -> None:
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
        self._start(profile, asked)

    def stop_if_running_in(self, said: Said) -> None:
        """The answer that is given now ends, if it is this message or below it: that is about to go."""
        if self._view is not None and self.runner.running and self.transcript.holds(said):
            self.runner.stop()

    def refresh_versions(self, answer: Said) -> None:
        """Learn which other versions there are of an answer that has just ended, and of its question."""
        asked, history = answer.before, self._services.history

        def read(cancel: CancelToken) -> list[StoredMessage]:
            numbers = asked.wait(cancel) if asked is not None else None
            if numbers is None:
                return []
            if answer.number is None:  # saved late
                answer.number = _number_after(history, *numbers)
            return history.messages(numbers[0], until=answer.number or numbers[1], last=2, media=False)

        self._background.run(read, self.transcript.show_versions, _ignore)

    def _finish_opening(self, *, beside: bool) -> None:
        """A question is about to follow the end, so that must be there. Raises `HelperError(STORAGE)`."""
        self._opening.finish()
        number = self.transcript.talk.number
        if not self.transcript.whole_end and number is not None and (beside or self.editing.said is None):
            self._opening.begin(lambda: number)
            self._opening.finish()

    def _show(self, opened: Opened) -> None:
        self.transcript.open(Talk(opened.number), opened.messages, opened.below)
        self._window.show_messages(bool(opened.messages))
        self._refresh_context([*opened.messages, *opened.below])
        self.moved.emit()

    def _leave(self) -> None:
        """Something else is about to be shown."""
        self._window.composer.take_all_back()  # first: stopping may find that the answer has ended well
        self.runner.stop()
        self.editing.leave()
        self._window.undo.settle()
        self._opening.cancel()
        self._view = None

    def _start(self, profile: ModelProfile, asked: Said, thinking: Thinking | None = None) -> None:
        if self.runner.running:
            self._window.composer.take_all_back()
        self.runner.stop()  # an older answer's “Answer again” works at any time, also while another one is given
        said = Said(asked.talk, asked)
        view = self.transcript.add_answer(profile.title, said)
        view.answer_now_requested.connect(partial(self._answer_now, view))
        view.offer_answer_now(profile.backend == LOCAL_BACKEND)
        view.set_thinking_unfolded(self._services.settings.current.window.expand_thinking)
        view.set_progress(_waiting_for(profile))
        self._view, self._usage = view, None
        self.runner.start(partial(self._answer, profile, said, asked, thinking or self.thinking))

    def _answer(
        self, profile: ModelProfile, said: Said, asked: Said, thinking: Thinking, cancel: CancelToken
    ) -> Iterator[StreamEvent]:
        """On the worker thread: reading pictures, loading packages and starting a process all take their time."""
        numbers = asked.wait(cancel)
        if numbers is None:
            yield Finished(FinishReason.CANCELLED)
            return
        conversation_id, question_id = numbers
        history = self._services.history
        request = self._request(history.messages(conversation_id, until=question_id), None, thinking)
        self._answering = backend = self._services.backend(profile)
        if cancel.cancelled:  # else a stopped answer would be what is shown last
            yield Finished(FinishReason.CANCELLED)
            return
        events = answer(
            backend,
            request,
            history,
            conversation_id,
            cancel,
            model_title=profile.title,
            parent_id=question_id,
        )
        for place, event in enumerate(events):
            if place == 0:
                with suppress(HelperError):
                    said.number = _number_after(history, conversation_id, question_id)
            yield event

    def _upcoming(
        self, talk: Talk, before: Said | None, media: tuple[MediaPart, ...], thinking: Thinking
    ) -> ChatRequest:
        earlier: list[StoredMessage] = []
        if talk.number is not None and before is not None:
            until = before.number or before.follows
            earlier = self._services.history.messages(talk.number, until=until) if until else []
        return self._request(earlier, Message(Role.USER, media), thinking)

    def _request(self, earlier: list[StoredMessage], question: Message | None, thinking: Thinking) -> ChatRequest:
        defaults = self._services.settings.current.answer
        sampling = defaults.sampling()
        if (thinking is Thinking.OFF) is not (sampling.thinking is Thinking.OFF):
            sampling = replace(sampling, thinking=thinking)
        return build_request(earlier, question, sampling, defaults.system)

    def _answer_now(self, view: AnswerView) -> None:
        if self._answering is None or not self._answering.answer_now():
            view.offer_answer_now(False)

    def _take_back(
        self, asked: Asked, written: tuple[str, tuple[MediaPart, ...], Said | None], error: HelperError
    ) -> None:
        """A question could not be saved: it goes back to where it was typed, and is not in the conversation."""
        text, media, edited = written
        self._remove(asked)
        if edited is not None and asked.talk is self.transcript.talk and asked.talk.number is not None:
            self.load(asked.talk.number)  # what it was to replace is still there
        self._window.show_messages(bool(self._window.messages.messages()))
        self._window.composer.restore(text, media)
        self._window.composer.show_error(error)
        self.answered.emit("", Failed(error))

    def _remove(self, asked: Said) -> None:
        """Take a question with its answer out of the window, if it is still there."""
        answer_view = self.transcript.answer_to(asked)
        answer = None if answer_view is None else self.transcript.said(answer_view)
        if answer is not None:
            if answer_view is self._view:
                self._view = None
                self.runner.stop()
            self.transcript.remove(answer)
        self.transcript.remove(asked)

    def _on_events(self, _turn: int, events: list[StreamEvent]) -> None:
        view = self._view
        if view is None:
            return
        for event in events:
            match event:
                case Progress(message=message, fraction=fraction):
                    view.set_progress(message, fraction)
                case Notice(message=message):
                    view.add_notice(message)
                case ThinkingDelta(text=text):
                    view.append_thinking(text)
                case TextDelta(text=text):
                    view.append_text(text)
                case UsageReported():
                    self._usage = event
                case Finished(reason=reason):
                    view.finish(reason, self._usage, None)
                    self._end(view, event)
                case Failed(error=error):
                    view.finish("failed", self._usage, error)
                    self._end(view, event)

    def _end(self, view: AnswerView, end: Finished | Failed) -> None:
        if self._usage and self._usage.prompt_tokens is not None:
            self._used_tokens = _tokens(self._usage)
            self.refresh_limit()
        said = self.transcript.said(view)
        if said is not None:
            self._window.messages.put_in_order(view)  # code and errors have buttons that came late
            self.refresh_versions(said)
        self.answered.emit(view.markdown(), end)

    def _refresh_context(self, messages: list[StoredMessage]) -> None:
        usages = [stored.usage for stored in messages if stored.usage and stored.usage.prompt_tokens]
        self._used_tokens = _tokens(usages[-1]) if usages else 0
        self.refresh_limit()

    def _limit(self) -> tuple[int | None, int | None]:
        """What the model can read, and how much of it a question may take where the oldest is left out beyond that."""
        try:
            profile = self._services.active_profile()
        except HelperError:
            return None, None
        if profile.backend != LOCAL_BACKEND:
            return profile.context_tokens, None
        limit = profile.context_tokens or LOCAL_CONTEXT
        return limit, limit - min(_LOCAL_ANSWER, limit // 4)


def _ignore(_error: HelperError) -> None:
    """The versions are shown when the conversation is opened again."""


def _number_after(history: History, conversation_id: int, question_id: int) -> int | None:
    """Number of the answer that was begun last, if it is one to this question."""
    newest = history.messages(conversation_id, last=1, media=False)
    return newest[0].id if newest and newest[0].parent_id == question_id else None


def _tokens(usage: UsageReported) -> int:
    return (usage.prompt_tokens or 0) + (usage.completion_tokens or 0)


def _default_question(media: tuple[MediaPart, ...]) -> str:
    """A picture without a question is a question too; it is shown and stored as what was really sent."""
    return tr("Describe this.") if len(media) < 2 else tr("Describe these.")


def _waiting_for(profile: ModelProfile) -> str:
    return tr("Waiting for the model…") if profile.is_local else tr("Sending to {host}…", host=profile.host)
