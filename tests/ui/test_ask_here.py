"""The answer beside its region: the same as in the history, and nothing is lost on the way to the chat."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Finished, FinishReason, Progress, TextDelta, ThinkingDelta
from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import set_language
from desktop_helper.core.messages import Thinking
from desktop_helper.core.protocols import Frame
from desktop_helper.services.history import History
from desktop_helper.ui import chat as chat_module
from desktop_helper.ui.answer_notices import AnswerNotices
from desktop_helper.ui.answer_progress import AnswerProgress
from desktop_helper.ui.ask_here.bubble import Bubble
from desktop_helper.ui.outcome import OutcomeCard
from tests.support.accessible import faults
from tests.support.chat_desk import said
from tests.ui.test_shortcuts import compare

AREA = Rect(200, 120, 160, 90)
FRAME = Frame(bytes(range(256)) * (AREA.width * AREA.height * 4 // 256), AREA)
LONG = "\n\n".join(f"Paragraph {number} of an answer that is longer than its bubble may be." for number in range(60))


class Gate:
    """Holds an answer in the middle until the test lets it go on."""

    def __init__(self) -> None:
        self._open = threading.Event()

    def __call__(self) -> None:
        assert self._open.wait(10)

    def let(self) -> None:
        self._open.set()


@pytest.fixture
def gate():
    made = Gate()
    yield made
    made.let()


def bubbles() -> list[Bubble]:
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, Bubble) and each.isVisible()]


def bubble_of() -> Bubble:
    (bubble,) = bubbles()
    return bubble


def ask(qtbot, desk, words: str = "Why?", frame: Frame = FRAME) -> Bubble:
    """Ask and see the bubble; the chat is hidden, as it is for whoever asks from another program."""
    desk.window.hide()
    before = bubbles()
    desk.chat.ask_here(frame, "Region", words)
    (new,) = [each for each in bubbles() if each not in before]
    return new


def ended(bubble: Bubble) -> bool:
    return bubble.view is not None and bubble.view.finished


def wait_end(qtbot, bubble: Bubble) -> str:
    qtbot.waitUntil(lambda: ended(bubble), timeout=5000)
    return bubble.view.markdown()


def test_the_answer_is_the_one_in_the_history(open_desk, qtbot):
    desk = open_desk(said("It **is** ", "so.\n\n- 一\n- 二\n"))
    bubble = ask(qtbot, desk)
    text = wait_end(qtbot, bubble)
    question, answer = desk.stored()
    assert question.message.text == "Why?"
    (picture,) = question.message.media
    assert (picture.width, picture.height, picture.name) == (AREA.width, AREA.height, "Region")
    assert text == answer.message.text == "It **is** so.\n\n- 一\n- 二\n"
    qtbot.keySequence(bubble, "Ctrl+Shift+C")
    assert QGuiApplication.clipboard().text() == text


def test_it_waits_visibly_and_streams(open_desk, qtbot, gate):
    desk = open_desk([Progress("Reading 1 picture", 0.5), TextDelta("One "), gate, TextDelta("two."), Finished()])
    bubble = ask(qtbot, desk)
    (progress,) = bubble.findChildren(AnswerProgress)
    assert progress.isVisible(), "from the first moment"
    qtbot.waitUntil(lambda: bubble.view.markdown() == "One ")
    assert not ended(bubble)
    assert bubble._stop.isVisible()
    gate.let()
    assert wait_end(qtbot, bubble) == "One two."
    assert not bubble._stop.isVisible()


def test_it_begins_a_conversation_and_leaves_the_chat_alone(open_desk, qtbot):
    desk = open_desk(said("Yes."), said("Beside."))
    desk.ask(qtbot, "In the chat?")
    shown = desk.chat._conversation.number
    desk.composer.edit.setPlainText("half a quest")
    wait_end(qtbot, ask(qtbot, desk, ""))
    assert desk.chat._conversation.number == shown
    assert desk.composer.edit.toPlainText() == "half a quest"
    assert len(desk.answers) == 1
    assert desk.services.history.latest() != shown
    assert desk.stored()[0].message.text == "Describe this."


def test_stop_keeps_what_was_said(open_desk, qtbot, gate):
    desk = open_desk([TextDelta("One "), gate, TextDelta("two."), Finished()])
    bubble = ask(qtbot, desk)
    qtbot.waitUntil(lambda: bubble.view.markdown() == "One ")
    qtbot.keySequence(bubble, "Ctrl+.")
    assert ended(bubble)
    gate.let()
    qtbot.waitUntil(lambda: desk.stored()[-1].status == "cancelled", timeout=5000)
    assert desk.stored()[-1].message.text == "One "


def test_it_goes_on_in_the_chat_while_it_streams(open_desk, qtbot, gate):
    desk = open_desk([TextDelta("One "), gate, TextDelta("two."), Finished()])
    bubble = ask(qtbot, desk)
    qtbot.waitUntil(lambda: bubble.view.markdown() == "One ")
    with qtbot.waitSignal(desk.chat._conversation.moved, timeout=5000):
        qtbot.keyClick(bubble, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert not bubbles()
    assert desk.window.isVisible()
    qtbot.waitUntil(lambda: [view.markdown() for view in desk.answers] == ["One "])
    with qtbot.waitSignal(desk.chat.answered, timeout=5000):
        gate.let()
    assert desk.answers[-1].markdown() == desk.stored()[-1].message.text == "One two."


def test_it_goes_to_the_chat_before_its_question_is_saved(open_desk, qtbot, monkeypatch, gate):
    desk = open_desk(said("Yes."))
    add = History.add_message
    monkeypatch.setattr(History, "add_message", lambda *args, **named: (gate(), add(*args, **named))[1])
    bubble = ask(qtbot, desk)
    bubble.chat_requested.emit()
    qtbot.wait(50)
    assert bubbles(), "there is nothing to show in the chat yet"
    gate.let()
    qtbot.waitUntil(lambda: [view.markdown() for view in desk.answers] == ["Yes."], timeout=5000)
    assert not bubbles()


def test_escape_closes_it_and_the_answer_goes_on(open_desk, qtbot, gate):
    desk = open_desk([TextDelta("One "), gate, TextDelta("two."), Finished()])
    told = []
    desk.chat.answered_elsewhere.connect(lambda answer: told.append(desk.chat.shows_beside(answer)))
    bubble = ask(qtbot, desk)
    qtbot.waitUntil(lambda: bubble.view.markdown() == "One ")
    qtbot.keyClick(bubble, Qt.Key.Key_Escape)
    assert not bubbles()
    gate.let()
    qtbot.waitUntil(lambda: told == [False], timeout=5000)
    assert desk.stored()[-1].message.text == "One two."


class Tray:
    """Remembers what was told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def notify(self, title: str, text: str, _clicked: object = None) -> bool:
        self.told.append((title, text))
        return True


def test_the_tray_says_nothing_about_what_is_seen(open_desk, qtbot, gate):
    desk, tray = open_desk(said("Yes."), [gate, *said("No.")]), Tray()
    AnswerNotices(desk.chat, tray)  # type: ignore[arg-type]
    wait_end(qtbot, ask(qtbot, desk))
    assert tray.told == []
    bubble = ask(qtbot, desk, "And now?")
    bubble.left.emit()
    gate.let()
    qtbot.waitUntil(lambda: tray.told == [("Answered: And now?", "No.")], timeout=5000)


def test_the_next_question_takes_its_place_unless_it_is_pinned(open_desk, qtbot):
    desk = open_desk(said("One."), said("Two."), said("Three."))
    first = ask(qtbot, desk, "1?")
    wait_end(qtbot, first)
    second = ask(qtbot, desk, "2?")
    wait_end(qtbot, second)
    assert bubbles() == [second]
    qtbot.keySequence(second, "Ctrl+P")
    third = ask(qtbot, desk, "3?")
    wait_end(qtbot, third)
    assert set(bubbles()) == {second, third}


def test_an_error_is_there_with_its_fix_and_may_be_tried_again(open_desk, qtbot):
    desk = open_desk([HelperError(ErrorKind.NETWORK, "It cannot be reached.", "Start it.")], said("Yes."))
    bubble = ask(qtbot, desk)
    qtbot.waitUntil(lambda: ended(bubble), timeout=5000)
    (card,) = bubble.findChildren(OutcomeCard)
    assert (card.accessibleName(), card.accessibleDescription()) == ("It cannot be reached.", "Start it.")
    with qtbot.waitSignal(desk.chat.settings_requested):
        card.settings_requested.emit()
    qtbot.keySequence(bubble, "Ctrl+R")
    assert wait_end(qtbot, bubble) == "Yes."
    assert [stored.message.text for stored in desk.stored()] == ["Why?", "Yes."]
    assert not [card for card in bubble.findChildren(OutcomeCard) if card.isVisible()]


def press(qtbot, bubble: Bubble, label: str) -> None:
    (button,) = [one for one in bubble.findChildren(QPushButton) if one.text() == label and one.isVisible()]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_an_answer_that_broke_off_goes_on_in_the_chat(open_desk, qtbot):
    desk = open_desk([TextDelta("Half of"), Finished(FinishReason.INTERRUPTED)])
    bubble = ask(qtbot, desk)
    assert wait_end(qtbot, bubble) == "Half of"
    press(qtbot, bubble, "Continue")
    assert not bubbles()
    qtbot.waitUntil(lambda: [view.markdown() for view in desk.answers] == ["Half of"])
    assert desk.window.isVisible()


def test_a_model_that_only_thought_is_asked_again_without(open_desk, qtbot):
    desk = open_desk([ThinkingDelta("Well, well"), Finished(FinishReason.LENGTH)], said("So."))
    bubble = ask(qtbot, desk)
    qtbot.waitUntil(lambda: ended(bubble), timeout=5000)
    press(qtbot, bubble, "Answer without thinking")
    assert wait_end(qtbot, bubble) == "So."
    first, second = (request.sampling.thinking for request in desk.backend.requests)
    assert first is not Thinking.OFF
    assert second is Thinking.OFF


def test_a_server_that_can_answer_at_once_is_offered_that(open_desk, qtbot, monkeypatch, gate):
    desk = open_desk([ThinkingDelta("Well"), gate, TextDelta("So."), Finished()])
    monkeypatch.setattr(desk.services, "can_answer_now", lambda _profile: True)
    bubble = ask(qtbot, desk)
    qtbot.waitUntil(lambda: bubble.view.thinking() == "Well")
    (button,) = [one for one in bubble.findChildren(QPushButton) if one.text() == "Answer now"]
    assert button.isVisible()
    gate.let()
    wait_end(qtbot, bubble)


def test_without_a_model_the_question_is_kept(open_desk, qtbot):
    desk = open_desk(said("Yes."))
    desk.services.settings.update(lambda settings: replace(settings, active_profile="gone"))
    bubble = ask(qtbot, desk)
    qtbot.waitUntil(lambda: ended(bubble), timeout=5000)
    assert bubble.findChildren(OutcomeCard)
    assert desk.stored() == []
    bubble.chat_requested.emit()
    assert not bubbles()
    assert desk.composer.edit.toPlainText() == "Why?"
    assert len(desk.composer.media) == 1


def test_what_is_kept_is_not_mixed_with_what_stands_in_the_chat(open_desk, qtbot):
    desk = open_desk(said("Yes."))
    desk.ask(qtbot, "In the chat?")
    shown = desk.chat._conversation.number
    desk.composer.edit.setPlainText("half a quest")
    desk.services.settings.update(lambda settings: replace(settings, active_profile="gone"))
    bubble = ask(qtbot, desk)
    qtbot.waitUntil(lambda: ended(bubble), timeout=5000)
    bubble.chat_requested.emit()
    assert desk.composer.edit.toPlainText() == "Why?"
    assert desk.chat._conversation.number is None
    desk.chat._conversation.load(shown)
    qtbot.waitUntil(lambda: desk.chat._conversation.number == shown)
    assert desk.composer.edit.toPlainText() == "half a quest"


def test_a_question_that_cannot_be_saved_goes_back_into_the_chat(open_desk, qtbot, monkeypatch):
    desk = open_desk(said("Yes."))

    def refuse(*_args: object, **_named: object) -> int:
        raise HelperError(ErrorKind.STORAGE, "The disk is full.", "Make room.")

    monkeypatch.setattr(History, "add_message", refuse)
    bubble = ask(qtbot, desk)
    qtbot.waitUntil(lambda: bool(bubble.findChildren(OutcomeCard)), timeout=5000)
    bubble.chat_requested.emit()
    assert desk.composer.edit.toPlainText() == "Why?"
    assert len(desk.composer.media) == 1


def test_the_end_of_an_answer_takes_no_keyboard(open_desk, qtbot, gate):
    desk = open_desk([TextDelta("One "), gate, TextDelta("two."), Finished()])
    bubble = ask(qtbot, desk)
    qtbot.waitUntil(lambda: bubble.view.markdown() == "One ")
    desk.window.show()
    desk.window.activateWindow()
    qtbot.waitUntil(desk.window.isActiveWindow)
    gate.let()
    wait_end(qtbot, bubble)
    qtbot.wait(30)
    assert desk.window.isActiveWindow()


def test_it_grows_to_a_part_of_the_screen_and_then_scrolls(open_desk, qtbot, gate):
    desk = open_desk([TextDelta("Short."), gate, TextDelta(LONG), Finished()])
    bubble = ask(qtbot, desk)
    qtbot.waitUntil(lambda: bubble.view.markdown() == "Short.")
    small, top = bubble.height(), bubble.y()
    gate.let()
    wait_end(qtbot, bubble)
    screen = bubble.screen().availableGeometry()
    qtbot.waitUntil(lambda: bubble.height() > small)
    assert bubble.y() == top
    assert bubble.height() <= round(screen.height() * 0.6)
    assert screen.contains(bubble.geometry())
    bar = bubble.messages.verticalScrollBar()
    assert bar.maximum() > 0
    assert bar.value() == 0, "it is read from its beginning"
    qtbot.keyClick(bubble, Qt.Key.Key_PageDown)
    assert bar.value() > 0
    qtbot.keyClick(bubble, Qt.Key.Key_End)
    assert bar.value() == bar.maximum()


@pytest.mark.parametrize("corner", [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_it_is_on_the_screen_beside_a_region_at_the_edge(open_desk, qtbot, corner):
    desk = open_desk(said(LONG))
    screen = QGuiApplication.primaryScreen().availableGeometry()
    at = QPoint(corner[0] * (screen.width() - AREA.width), corner[1] * (screen.height() - AREA.height))
    area = Rect(at.x(), at.y(), AREA.width, AREA.height)
    bubble = ask(qtbot, desk, frame=Frame(FRAME.data, area))
    wait_end(qtbot, bubble)
    place = bubble.geometry()
    assert screen.contains(place)
    assert Rect(place.x(), place.y(), place.width(), place.height()).intersected(area) is None


def test_where_no_window_can_be_placed_the_chat_answers(open_desk, qtbot, monkeypatch):
    monkeypatch.setattr(chat_module, "can_be_placed", lambda: False)
    desk = open_desk(said("Yes."), said("Beside."))
    desk.ask(qtbot, "In the chat?")
    before = desk.chat._conversation.number
    desk.composer.edit.setPlainText("half a quest")
    with qtbot.waitSignal(desk.chat.answered, timeout=5000):
        desk.chat.ask_here(FRAME, "Region", "Why?")
    assert not bubbles()
    assert desk.chat._conversation.number != before
    assert desk.answers[-1].markdown() == "Beside."
    assert desk.composer.edit.toPlainText() == ""
    desk.chat._conversation.load(before)
    qtbot.waitUntil(lambda: desk.chat._conversation.number == before)
    assert desk.composer.edit.toPlainText() == "half a quest"


def test_words_that_were_typed_go_along_into_the_chat(open_desk, qtbot):
    desk = open_desk()
    desk.composer.edit.setPlainText("and this")
    desk.chat.attach_frame(FRAME, "Region", "Why?")
    qtbot.waitUntil(lambda: len(desk.composer.media) == 1)
    assert desk.composer.edit.toPlainText() == "Why?\nand this"


def test_the_app_is_left_while_it_answers(open_desk, qtbot, gate):
    desk = open_desk([TextDelta("One "), gate, TextDelta("two."), Finished()])
    bubble = ask(qtbot, desk)
    qtbot.waitUntil(lambda: bubble.view.markdown() == "One ")
    gate.let()
    desk.chat.close()
    assert not bubbles()
    assert desk.stored()[0].message.text == "Why?"
    assert desk.stored()[1].message.text.startswith("One ")


def test_the_table_names_its_shortcuts(open_desk, qtbot):
    desk = open_desk(said("Yes."))
    bubble = ask(qtbot, desk)
    wait_end(qtbot, bubble)
    compare("bubble", bubble)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_everything_in_it_is_named_and_reached_by_tab(open_desk, qtbot, language):
    set_language(language)
    desk = open_desk(said("Yes."))
    bubble = ask(qtbot, desk)
    wait_end(qtbot, bubble)
    bubble.activateWindow()
    qtbot.waitUntil(bubble.isActiveWindow)
    bubble.messages.setFocus()
    assert faults(bubble) == []
    set_language("en")
