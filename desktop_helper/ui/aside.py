"""Asks in a conversation that need not be the one in the window: nothing is shown, and nobody's keyboard is taken."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal

from desktop_helper.core.errors import HelperError
from desktop_helper.core.messages import MediaPart, Message, Role, TextPart
from desktop_helper.qt.background import Background
from desktop_helper.qt.running_answers import RunningAnswer
from desktop_helper.services.answering import Answering
from desktop_helper.services.container import Services
from desktop_helper.services.question import Manner
from desktop_helper.services.question_saver import Asked, QuestionSaver, Said, Talk
from desktop_helper.ui.conversation import Conversation

_BESIDE = Manner(beside=True)


class Aside(QObject):
    """One question at a time. It follows the end of its conversation as it is then, whoever has said that.

    While the window shows the conversation, it is asked there. While somebody else is answered in it, it waits.

    Args:
        services: history and models.
        background: reads the end of the conversation.
        conversation: the one in the window, and the answers of all.

    Signals:
        over: the `RunningAnswer` when it has ended, else the `HelperError` that there is instead; None if the window
            tells about that.
    """

    over = Signal(object)
    _not_saved = Signal(object, object)

    def __init__(self, services: Services, background: Background, conversation: Conversation) -> None:
        super().__init__(conversation)
        self._services, self._background, self._conversation = services, background, conversation
        self._saver = QuestionSaver(lambda: services.history)
        self._waiting: tuple[Talk, str, tuple[MediaPart, ...]] | None = None
        self._reading = False
        self._answer: RunningAnswer | None = None
        answers = conversation.answers
        answers.ended.connect(self._on_ended)
        answers.changed.connect(self._try)
        self._not_saved.connect(self._on_not_saved, Qt.ConnectionType.QueuedConnection)

    def ask(self, talk: Talk, text: str, media: tuple[MediaPart, ...]) -> None:
        """Ask; `over` tells when it is answered. Only after the one before is over."""
        self._waiting = (talk, text, media)
        self._try()

    def forget(self) -> None:
        """A question that still waits is not asked, and an answer that is written is nobody's business any more."""
        self._waiting = self._answer = None

    def close(self) -> None:
        """Return when what was asked is saved."""
        self.forget()
        self._saver.close()

    def _try(self) -> None:
        if self._waiting is None or self._reading:
            return
        talk = self._waiting[0]
        running = self._conversation.answers.find(talk.number) or self._conversation.answers.of(talk)
        if running is not None and running.running:
            return
        if talk.number is not None and talk.number == self._conversation.number:
            self._ask_in_the_window()
        elif talk.number is None:
            self._ask_aside(None)
        else:
            self._reading = True
            self._background.run(lambda _cancel: self._end_of(talk), self._on_read, self._fail)

    def _end_of(self, talk: Talk) -> Said | None:
        """On another thread. None if the conversation is in the trash, or has nothing in it."""
        newest = self._services.history.messages(talk.number or 0, last=1, media=False)
        return Said(talk, None, newest[0].id) if newest else None

    def _on_read(self, end: Said | None) -> None:
        self._reading = False
        if self._waiting is None:
            return
        talk = self._waiting[0]
        running = self._conversation.answers.find(talk.number)
        if talk.number == self._conversation.number or (running is not None and running.running):
            self._try()  # much may have happened while it was read
        else:
            self._ask_aside(end)

    def _ask_in_the_window(self) -> None:
        assert self._waiting is not None
        (_talk, text, media), self._waiting = self._waiting, None
        conversation = self._conversation
        conversation.send(text, media, _BESIDE)
        self._answer = conversation.answers.of(conversation.transcript.talk)
        if self._answer is None:  # the window says why
            self.over.emit(None)

    def _ask_aside(self, end: Said | None) -> None:
        assert self._waiting is not None
        (talk, text, media), self._waiting = self._waiting, None
        try:
            profile = self._services.active_profile()
        except HelperError as error:
            self._fail(error)
            return
        if end is None:
            talk.number = None  # it was deleted: another one begins
        question = Message(Role.USER, (*media, TextPart(text)))
        asked = self._saver.save(talk, question, self._not_saved.emit, end)
        work = Answering(self._services, profile, asked, self._conversation.thinking)
        self._answer = self._conversation.answers.start(work, question)

    def _on_ended(self, answer: RunningAnswer) -> None:
        if answer is self._answer:
            self._answer = None
            self.over.emit(answer)

    def _on_not_saved(self, asked: Asked, error: HelperError) -> None:
        if self._answer is not None and self._answer.talk is asked.talk:
            self._answer = None
            self._conversation.answers.stop(asked.talk)
            self.over.emit(error)

    def _fail(self, error: HelperError) -> None:
        self._reading, self._waiting = False, None
        self.over.emit(error)
