"""Questions at regions: asks them, and keeps their bubbles."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import Thinking
from desktop_helper.core.protocols import Frame
from desktop_helper.qt import screens
from desktop_helper.qt.intake import Intake
from desktop_helper.qt.running_answers import RunningAnswer, RunningAnswers
from desktop_helper.services.container import Services
from desktop_helper.services.question_saver import QuestionSaver
from desktop_helper.ui.announcer import Announcer
from desktop_helper.ui.ask_here import places
from desktop_helper.ui.ask_here.bubble import Bubble
from desktop_helper.ui.ask_here.question import AskedWith, HereQuestion
from desktop_helper.ui.message_list import TEXT_WIDTH
from desktop_helper.ui.recording.places import logical
from desktop_helper.ui.theme import SPACE_4, Theme

_WIDTH = 440  # of a bubble, with text of the usual size
_LEAST = 200  # of the height that it may grow to beside its region
_MOST = 0.6  # of the screen's height


class HereDesk(QObject):
    """Belongs to the chat.

    Args:
        services: for the model and the history.
        answers: those of all conversations.
        intake: encodes the picture.
        thinking: whether the model thinks before it answers, asked for each question.

    Signals:
        chat_wanted: a `Talk` that is to be shown in the chat.
        given_back(str, tuple): words and parts of a question that belong into the chat's field now.
        settings_requested: the fix of an error is there.
    """

    chat_wanted = Signal(object)
    given_back = Signal(str, tuple)
    settings_requested = Signal()

    def __init__(
        self, services: Services, answers: RunningAnswers, intake: Intake, thinking: Callable[[], Thinking]
    ) -> None:
        super().__init__()
        self._tools = AskedWith(services, answers, QuestionSaver(lambda: services.history))
        self._intake, self._thinking = intake, thinking
        self._questions: dict[HereQuestion, CancelToken] = {}  # with what ends the reading of their pictures

    def ask(self, frame: Frame, name: str, words: str) -> HereQuestion:
        """Ask `words` about a picture of the screen. `name`: what it shows. Untrusted.

        The bubble of the question before goes, unless the user keeps it; its answer does not.
        """
        for earlier in list(self._questions):
            if not earlier.pinned:
                earlier.leave()
        region, screen = _on_desktop(frame.rect)
        heights = (Theme.current().px(_LEAST), round(screen.height * _MOST))
        width = min(Theme.current().px(_WIDTH), TEXT_WIDTH + 2 * SPACE_4)
        slot = places.bubble(region, width, heights, screen)
        bubble = Bubble(words or tr("Describe this."), slot)
        bubble.settings_requested.connect(self.settings_requested)
        question = HereQuestion(self._tools, bubble, words, self._thinking())
        question.chat_wanted.connect(self.chat_wanted)
        question.given_back.connect(self.given_back)
        question.settled.connect(lambda: self._forget(question))
        Announcer(question, bubble)
        self._questions[question] = self._intake.frame(frame, name, question.take, question.fail)
        bubble.appear()
        return question

    def shows(self, answer: RunningAnswer) -> bool:
        """Whether the user sees it in a bubble."""
        return any(question.shows(answer) for question in self._questions)

    def close(self) -> None:
        """Take every bubble away, and wait until what was asked is saved."""
        for question, reading in list(self._questions.items()):
            reading.cancel()
            question.leave()
        self._tools.saver.close()

    def _forget(self, question: HereQuestion) -> None:
        if self._questions.pop(question, None) is not None:
            question.deleteLater()


def _on_desktop(area: Rect) -> tuple[Rect, Rect]:
    """A region of the desktop in logical pixels, and what its screen has free for windows."""
    screen = screens.showing(area) or QGuiApplication.primaryScreen()
    whole, free = screen.geometry(), screen.availableGeometry()
    region = logical(area, Rect(whole.x(), whole.y(), whole.width(), whole.height()), screen.devicePixelRatio())
    return region, Rect(free.x(), free.y(), free.width(), free.height())
