"""The conversation in the window: sends questions, shows what comes back, continues where it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
from desktop_helper.services.answer_session import answer
from desktop_helper.services.container import Services
from desktop_helper.services.history_records import StoredMessage
from desktop_helper.services.providers import LOCAL_BACKEND, LOCAL_CONTEXT
from desktop_helper.services.question_saver import Asked, QuestionSaver, Talk
from desktop_helper.services.request_builder import build_request
from desktop_helper.ui.answer_view import AnswerView
from desktop_helper.ui.chat_window import ChatWindow
from desktop_helper.ui.found_words import NUMBER

_LOCAL_ANSWER = 2048  # tokens that the local engine keeps free for its answer


class Conversation(QObject):
    """Between the window and the services.

    Signals:
        answered: an answer ended, with its text and its `Finished` or `Failed`.
        moved: another conversation is shown.
    """

    answered = Signal(str, object)
    moved = Signal()
    _not_saved = Signal(object, str, object)

    def __init__(self, services: Services, window: ChatWindow) -> None:
        super().__init__(window)
        self._services = services
        self._window = window
        self._talk = Talk()
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
        return self._talk.number

    def send(self, text: str, media: tuple[MediaPart, ...]) -> None:
        """Ask. What cannot be saved or sent goes back into the composer with the reason."""
        try:
            profile = self._services.active_profile()
        except HelperError as error:
            self._window.composer.restore(text, media)
            self._window.composer.show_error(error)
            return
        question = Message(Role.USER, (*media, TextPart(text or _default_question(media))))
        self._window.show_messages(True)
        self._window.messages.add_user(question)
        asked = self._saver.save(self._talk, question, lambda asked, error: self._not_saved.emit(asked, text, error))
        self._start(profile, asked)

    def new(self) -> None:
        """Begin an empty conversation; the running answer is stopped and kept."""
        self.runner.stop()
        self._talk, self._view = Talk(), None
        self._window.messages.clear()
        self._window.show_messages(False)
        self._refresh_context([])
        self.moved.emit()

    def reopen_latest(self) -> None:
        """Continue where the app was left."""
        try:
            latest = self._services.history.latest()
            if latest is not None:
                self.load(latest)
        except HelperError as error:
            self._window.composer.show_error(error)

    def load(self, conversation_id: int) -> None:
        """Show a stored conversation."""
        self.runner.stop()
        self._talk, self._view = Talk(conversation_id), None
        messages = self._services.history.messages(conversation_id)
        self._window.messages.clear()
        for before, stored in zip([None, *messages], messages, strict=False):
            self._show_stored(stored, before)
        self._window.show_messages(bool(messages))
        self._refresh_context(messages)
        self.moved.emit()

    def request_with(self, media: tuple[MediaPart, ...]) -> Callable[[], ChatRequest]:
        """What makes the request that a question about `media` will be, without its words. Call it on any thread."""
        return partial(self._upcoming, self._talk, media, self.thinking)

    def refresh_limit(self) -> None:
        """Another model may read more or less."""
        limit, room = self._limit()
        self._window.composer.set_context(self._used_tokens, limit, room)

    def close(self) -> None:
        """Stop the answer and wait for its thread, and until what was asked is saved."""
        self.runner.close()
        self._saver.close()

    def _start(self, profile: ModelProfile, asked: Asked) -> None:
        self.runner.stop()  # an older answer's “Answer again” works at any time, also while another one is given
        view = self._window.messages.add_answer(profile.title)
        view.retry_requested.connect(partial(self._again, view, asked))
        view.edit_requested.connect(partial(self._edit, view, asked))
        view.answer_now_requested.connect(partial(self._answer_now, view))
        view.offer_answer_now(profile.backend == LOCAL_BACKEND)
        view.set_thinking_unfolded(self._services.settings.current.window.expand_thinking)
        view.set_progress(_waiting_for(profile))
        self._view, self._usage = view, None
        self.runner.start(partial(self._answer, profile, asked, self.thinking))

    def _answer(
        self, profile: ModelProfile, asked: Asked, thinking: Thinking, cancel: CancelToken
    ) -> Iterator[StreamEvent]:
        """On the worker thread: reading pictures, loading packages and starting a process all take their time."""
        numbers = asked.wait(cancel)
        if numbers is None:
            yield Finished(FinishReason.CANCELLED)
            return
        conversation_id, question_id = numbers
        history = self._services.history
        until_question = [entry for entry in history.messages(conversation_id) if entry.id <= question_id]
        request = self._request(until_question, None, thinking)
        self._answering = backend = self._services.backend(profile)
        yield from answer(
            backend,
            request,
            history,
            conversation_id,
            cancel,
            model_title=profile.title,
            parent_id=question_id,
        )

    def _upcoming(self, talk: Talk, media: tuple[MediaPart, ...], thinking: Thinking) -> ChatRequest:
        earlier = self._services.history.messages(talk.number) if talk.number is not None else []
        return self._request(talk.earlier(earlier), Message(Role.USER, media), thinking)

    def _request(self, earlier: list[StoredMessage], question: Message | None, thinking: Thinking) -> ChatRequest:
        defaults = self._services.settings.current.answer
        sampling = defaults.sampling()
        if (thinking is Thinking.OFF) is not (sampling.thinking is Thinking.OFF):
            sampling = replace(sampling, thinking=thinking)
        return build_request(earlier, question, sampling, defaults.system)

    def _answer_now(self, view: AnswerView) -> None:
        if self._answering is None or not self._answering.answer_now():
            view.offer_answer_now(False)

    def _take_back(self, asked: Asked, text: str, error: HelperError) -> None:
        """A question could not be saved: it goes back to where it was typed, and is not in the conversation."""
        self._remove(asked.question)
        self._window.show_messages(bool(self._window.messages.messages()))
        self._window.composer.restore(text, asked.question.media)
        self._window.composer.show_error(error)
        self.answered.emit("", Failed(error))

    def _remove(self, question: Message) -> None:
        """Take a question with its answer out of the window, if it is still there."""
        messages = self._window.messages
        shown = messages.messages()
        for view, answer_view in zip(shown, [*shown[1:], None], strict=False):
            if isinstance(view, AnswerView) or view.message is not question:
                continue
            if isinstance(answer_view, AnswerView):
                if answer_view is self._view:
                    self._view = None
                    self.runner.stop()
                messages.remove(answer_view)
            messages.remove(view)

    def _again(self, view: AnswerView, asked: Asked) -> None:
        """Answer once more: the last question in its place, an older one at the end."""
        if view is not self._window.messages.messages()[-1]:
            self.send(asked.question.text, asked.question.media)
            return
        try:
            profile = self._services.active_profile()
        except HelperError as error:
            self._window.composer.show_error(error)
            return
        self._window.messages.remove(view)
        self._start(profile, asked)

    def _edit(self, view: AnswerView, asked: Asked) -> None:
        """A question that cannot be answered goes back to where it was typed; the next one takes its place."""
        last = view is self._window.messages.messages()[-1]
        numbers = asked.wait(CancelToken()) if last and asked.talk is self._talk else None
        if numbers is not None:
            self._talk.taken_back = numbers[1]
            self._remove(asked.question)
            self._window.show_messages(bool(self._window.messages.messages()))
        self._window.composer.restore(asked.question.text, asked.question.media)

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
        self.answered.emit(view.markdown(), end)

    def _show_stored(self, stored: StoredMessage, before: StoredMessage | None) -> None:
        if stored.message.role is Role.USER:
            self._window.messages.add_user(stored.message).setProperty(NUMBER, stored.id)
            return
        if stored.message.role is not Role.ASSISTANT:
            return
        view = self._window.messages.add_answer(stored.model)
        view.setProperty(NUMBER, stored.id)
        if before is not None and before.message.role is Role.USER:
            asked = Asked.before(self._talk, before.message, before.id)
            view.retry_requested.connect(partial(self._again, view, asked))
        for notice in stored.notices:
            view.add_notice(notice)
        if stored.message.thinking:
            view.append_thinking(stored.message.thinking)
        view.append_text(stored.message.text)
        view.finish(stored.status, stored.usage, stored.error)

    def _refresh_context(self, messages: list[StoredMessage]) -> None:
        usages = [stored.usage for stored in messages if stored.usage and stored.usage.prompt_tokens]
        self._used_tokens = _tokens(usages[-1]) if usages else 0
        self.refresh_limit()

    def _limit(self) -> tuple[int | None, int | None]:
        """What the model can read, and how much of it a question may take."""
        try:
            profile = self._services.active_profile()
        except HelperError:
            return None, None
        if profile.backend != LOCAL_BACKEND:
            return profile.context_tokens, profile.context_tokens
        limit = profile.context_tokens or LOCAL_CONTEXT
        return limit, limit - min(_LOCAL_ANSWER, limit // 4)


def _tokens(usage: UsageReported) -> int:
    return (usage.prompt_tokens or 0) + (usage.completion_tokens or 0)


def _default_question(media: tuple[MediaPart, ...]) -> str:
    """A picture without a question is a question too; it is shown and stored as what was really sent."""
    return tr("Describe this.") if len(media) < 2 else tr("Describe these.")


def _waiting_for(profile: ModelProfile) -> str:
    return tr("Waiting for the model…") if profile.is_local else tr("Sending to {host}…", host=profile.host)
