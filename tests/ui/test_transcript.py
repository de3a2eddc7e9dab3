"""Long conversations: the end first, more as the reader scrolls, and what is read stays where it is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from desktop_helper.core.events import FinishReason
from desktop_helper.core.messages import ImagePart, Message, Role, TextPart
from desktop_helper.services import history_rows
from desktop_helper.ui import transcript
from desktop_helper.ui.message_list import MessageList
from desktop_helper.ui.thumbnails import Picture
from tests.support import sample_files
from tests.support.chat_desk import ChatDesk, said

PICTURE = ImagePart(sample_files.picture(), "image/png", 4, 4, "a.png", 1)


def fill(desk: ChatDesk, messages: int) -> int:
    """A conversation of questions and answers with numbers, in one transaction."""
    history = desk.services.history
    conversation = history.new_conversation()
    with history._database.write() as connection:
        for number in range(messages):
            role = Role.ASSISTANT if number % 2 else Role.USER
            new = history_rows.NewMessage(conversation, None, role, FinishReason.STOP.value, model="GLM")
            row = history_rows.insert_message(connection, new)
            history_rows.insert_parts(connection, row, (TextPart(f"**Message** {number}\n\n" + "words " * 30),))
    return conversation


def numbers(desk: ChatDesk) -> list[int]:
    found = []
    for view in desk.window.messages.messages():
        text = view.message.text if hasattr(view, "message") else view.markdown()
        found.append(int(text.split()[1]))
    return found


@pytest.fixture
def long(qtbot, open_desk):
    def begin(messages: int = 300, *scripts) -> ChatDesk:
        desk = open_desk(*scripts)
        desk.window.resize(460, 640)
        desk.window.activateWindow()
        qtbot.waitUntil(desk.window.isActiveWindow)
        desk.chat._conversation.load(fill(desk, messages))
        qtbot.waitUntil(lambda: bool(desk.window.messages.messages()))
        settle(qtbot, desk)
        return desk

    return begin


def top_of(messages: MessageList, view: QWidget) -> int:
    """Where a message is on the screen: pixels below the upper edge of the conversation."""
    return view.mapTo(messages.viewport(), QPoint(0, 0)).y()


def settle(qtbot, desk: ChatDesk) -> None:
    """Until no more views are made."""
    shown: list[int] = []

    def same() -> bool:
        before, shown[:] = list(shown), [len(desk.window.messages.messages())]
        page = desk.chat._conversation.transcript
        return before == shown and not page._timer.isActive() and page._reading is None

    qtbot.waitUntil(same)


def test_a_long_conversation_opens_at_its_end_and_is_not_all_made(qtbot, long):
    desk = long()
    bar = desk.window.messages.verticalScrollBar()
    assert numbers(desk)[-1] == 299
    assert len(numbers(desk)) < transcript.PAGE
    assert bar.value() == bar.maximum() > 0


def test_scrolling_up_brings_the_earlier_ones_in_order_and_nothing_moves(qtbot, long):
    desk = long()
    messages = desk.window.messages
    bar = messages.verticalScrollBar()
    messages.setFocus()
    for _ in range(25):
        first = messages.messages()[0]
        bar.setValue(bar.value() - 2 * messages.viewport().height())
        seen = next(view for view in messages.messages() if top_of(messages, view) + view.height() > 0)
        top = top_of(messages, seen)
        settle(qtbot, desk)
        assert abs(top_of(messages, seen) - top) <= 1
        assert messages.messages()[0] is not first or numbers(desk)[0] == 0
    shown = numbers(desk)
    assert shown == list(range(shown[0], 300))
    assert shown[0] < 300 - 2 * transcript.PAGE


def test_the_first_message_is_reached_with_the_home_key(qtbot, long):
    desk = long(120)
    messages = desk.window.messages
    messages.setFocus()
    for _ in range(40):
        qtbot.keyClick(messages, Qt.Key.Key_Home)
        settle(qtbot, desk)
        if numbers(desk)[0] == 0:
            break
    assert numbers(desk) == list(range(120))
    qtbot.keyClick(messages, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: messages.following)


def test_tab_goes_through_the_messages_from_top_to_bottom_and_on_to_the_question(qtbot, long):
    desk = long(100, said("Message 101\n\n```\ncode\n```"))
    desk.window.messages.verticalScrollBar().setValue(0)
    settle(qtbot, desk)
    desk.ask(qtbot, "Message 100")
    stops: list[QWidget] = []
    widget: QWidget | None = desk.window.messages
    while widget is not None and widget is not desk.composer.edit:
        view = desk.window.messages._view_of(widget)
        if view is not None and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and stops[-1:] != [view]:
            stops.append(view)
        widget = widget.nextInFocusChain()
    assert stops == desk.window.messages.messages()


def test_a_question_after_scrolling_follows_the_end(qtbot, long):
    desk = long(100, said("Message 101"))
    desk.window.messages.verticalScrollBar().setValue(0)
    desk.ask(qtbot, "Message 100")
    assert len(desk.backend.requests[0].messages) == 101
    assert numbers(desk)[-2:] == [100, 101]
    assert [one.message.text for one in desk.stored()][-2:] == ["Message 100", "Message 101"]


def test_a_version_with_much_after_it_stays_in_place_and_goes_on_below(qtbot, long):
    desk = long(100, said("Message 55"))
    history = desk.services.history
    conversation = history.latest()
    path = history.messages(conversation, media=False)
    instead = history.add_message(conversation, Message(Role.USER, (TextPart("Message 20"),)), path[19].id)
    desk.chat._conversation.load(conversation)
    qtbot.waitUntil(lambda: numbers(desk)[-1] == 20)
    settle(qtbot, desk)
    view = desk.window.messages.messages()[-1]
    assert view.versions.versions == (path[20].id, instead)
    view.versions.back.click()
    qtbot.waitUntil(lambda: numbers(desk)[-1] > 20)
    settle(qtbot, desk)
    shown = numbers(desk)
    assert shown == list(range(shown[0], shown[-1] + 1))
    assert 20 < shown[-1] < 99
    place = desk.window.messages.messages()[shown.index(20)]
    assert 0 <= top_of(desk.window.messages, place) < desk.window.messages.viewport().height()
    desk.ask(qtbot, "Message 100")
    assert numbers(desk)[-2:] == [100, 55]
    assert len(desk.backend.requests[0].messages) == 101


def test_pictures_of_the_past_are_read_when_they_are_in_sight(qtbot, open_desk, monkeypatch):
    desk = open_desk()
    history = desk.services.history
    conversation = history.new_conversation()
    history.add_message(conversation, Message(Role.USER, (PICTURE, TextPart("look"))))
    read = []
    blob = history.blob
    monkeypatch.setattr(history, "blob", lambda sha256: read.append(sha256) or blob(sha256))
    desk.chat._conversation.load(conversation)
    qtbot.waitUntil(lambda: bool(desk.window.findChildren(Picture)))
    (picture,) = desk.window.findChildren(Picture)
    qtbot.waitUntil(lambda: not picture._image.isNull())
    assert read == [PICTURE.sha256]


def test_a_question_that_is_asked_while_a_conversation_opens_belongs_to_it(qtbot, open_desk):
    desk = open_desk(said("Message 11"))
    conversation = fill(desk, 10)
    desk.chat._conversation.load(conversation)
    desk.ask(qtbot, "Message 10")
    assert len(desk.services.history.messages(conversation)) == 12
    qtbot.wait(50)  # the reading that was overtaken
    assert numbers(desk)[-2:] == [10, 11]


def screens_up(qtbot, desk: ChatDesk, count: int) -> None:
    messages = desk.window.messages
    for _ in range(count):
        messages.verticalScrollBar().setValue(messages.verticalScrollBar().value() - 2 * messages.viewport().height())
        settle(qtbot, desk)


@pytest.fixture
def few(monkeypatch):
    """Views go sooner, so that a short way up is a long one."""
    monkeypatch.setattr(transcript, "MOST", 30)


def test_what_is_far_from_the_reader_has_no_views_and_comes_back_on_the_way_down(qtbot, long, few):
    desk = long(200)
    messages = desk.window.messages
    bar = messages.verticalScrollBar()
    screens_up(qtbot, desk, 30)
    shown = numbers(desk)
    assert shown == list(range(shown[0], shown[-1] + 1))
    assert len(shown) <= 40
    assert shown[-1] < 199
    for _ in range(200):
        seen = next(view for view in messages.messages() if top_of(messages, view) + view.height() > 0)
        top = top_of(messages, seen)
        settle(qtbot, desk)
        assert abs(top_of(messages, seen) - top) <= 1
        if numbers(desk)[-1] == 199 and bar.value() == bar.maximum():
            break
        bar.setValue(bar.value() + messages.viewport().height())
    shown = numbers(desk)
    assert shown == list(range(shown[0], 200))
    assert len(shown) <= 40


def test_what_was_just_said_goes_too_and_is_read_again_from_the_history(qtbot, long, few):
    desk = long(100, said("Message 101"))
    desk.ask(qtbot, "Message 100")
    screens_up(qtbot, desk, 20)
    assert numbers(desk)[-1] < 100
    qtbot.keyClick(desk.window.messages, Qt.Key.Key_End)
    assert numbers(desk)[-1] == 101
    settle(qtbot, desk)
    assert desk.window.messages.following
    assert numbers(desk) == list(range(numbers(desk)[0], 102))


def test_a_page_does_not_grow_with_the_questions_that_are_asked_on_it(qtbot, long, few):
    desk = long(60, *[said(f"Message {61 + 2 * turn}\n\n" + "words " * 90) for turn in range(20)])
    for turn in range(20):
        desk.ask(qtbot, f"Message {60 + 2 * turn}")
    settle(qtbot, desk)
    assert desk.window.messages.following
    assert numbers(desk) == list(range(100 - len(numbers(desk)), 100))
    assert len(numbers(desk)) <= 34


def test_what_the_reader_has_marked_far_below_stays(qtbot, long, few):
    desk = long(100)
    messages = desk.window.messages
    messages.messages()[-1].text_view.selectAll()
    screens_up(qtbot, desk, 20)
    assert numbers(desk)[-1] == 99
    assert "Message 99" in messages.marked()


def test_the_keys_for_the_last_answer_mean_the_last_one_also_from_far_above(qtbot, long, few):
    desk = long(100, said("Message 99"))
    screens_up(qtbot, desk, 20)
    desk.composer.edit.setFocus()
    before = numbers(desk)
    qtbot.keyClick(desk.window, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert QGuiApplication.clipboard().text().startswith("**Message** 99")
    assert numbers(desk) == before
    with qtbot.waitSignal(desk.chat.answered, timeout=5000):
        qtbot.keyClick(desk.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert len(desk.backend.requests[0].messages) == 99
    assert numbers(desk)[-1] == 99


def test_a_question_that_is_edited_is_replaced_also_when_the_reader_is_far_from_it(qtbot, long, few):
    desk = long(100, said("Message 99"))
    desk.composer.edit.setFocus()
    qtbot.keyClick(desk.window, Qt.Key.Key_F2)
    screens_up(qtbot, desk, 20)
    assert numbers(desk)[-1] < 98
    desk.ask(qtbot, "Message 98 again")
    assert len(desk.backend.requests[0].messages) == 99
    settle(qtbot, desk)
    assert numbers(desk) == list(range(numbers(desk)[0], 100))
