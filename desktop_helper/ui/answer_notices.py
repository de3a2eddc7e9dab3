"""Tells in the tray that an answer is over, where nobody sees it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop_helper.core.events import Failed, Finished, FinishReason
from desktop_helper.core.i18n import tr
from desktop_helper.qt.tray_notify import plain
from desktop_helper.services import plain_text

if TYPE_CHECKING:
    from desktop_helper.qt.running_answers import RunningAnswer
    from desktop_helper.ui.chat import Chat
    from desktop_helper.ui.tray import Tray

_QUESTION_CHARS = 60  # of it in the title of a notification
_ANSWER_CHARS = 2_000  # more than a notification shows, marks and addresses included


class AnswerNotices(QObject):
    """Lives with the chat.

    Args:
        chat: whose answers they are.
        tray: where it is told.
    """

    def __init__(self, chat: Chat, tray: Tray) -> None:
        super().__init__(chat)
        self._chat, self._tray = chat, tray
        chat.answered.connect(self._on_answered)
        chat.answered_elsewhere.connect(self._on_answered_elsewhere)

    def _on_answered(self, text: str, end: Finished | Failed) -> None:
        if self._chat.window.isActiveWindow() or end == Finished(FinishReason.CANCELLED):
            return
        if isinstance(end, Failed):
            self._tray.notify(tr("Something went wrong"), str(end.error))
        else:
            self._tray.notify(tr("The answer is ready"), plain_text.plain(text, _ANSWER_CHARS))

    def _on_answered_elsewhere(self, answer: RunningAnswer) -> None:
        """Also with the window in front of them: it shows another conversation. Not what they see beside a region."""
        if self._chat.shows_beside(answer):
            return
        end = answer.so_far.end
        question = plain(answer.title, _QUESTION_CHARS)
        go_there = partial(self._chat.show_conversation, answer.talk)
        if isinstance(end, Failed):
            title = tr("Not answered: {question}", question=question) if question else tr("Something went wrong")
            self._tray.notify(title, str(end.error), go_there)
        elif end != Finished(FinishReason.CANCELLED):
            title = tr("Answered: {question}", question=question) if question else tr("The answer is ready")
            self._tray.notify(title, plain_text.plain(answer.so_far.text, _ANSWER_CHARS), go_there)
