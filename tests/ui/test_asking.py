"""A question is saved off the thread of the window, and never lost."""

from __future__ import annotations

import os
import threading

import pytest
from PySide6.QtWidgets import QPushButton

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Failed
from desktop_helper.core.messages import ImagePart
from desktop_helper.services.question_saver import Talk
from desktop_helper.ui.outcome import OutcomeCard
from tests.support import sample_files
from tests.support.chat_desk import ChatDesk, said


def test_a_question_that_cannot_be_saved_comes_back(qtbot, open_desk, monkeypatch):
    desk = open_desk()

    def refuse(*_args):
        raise HelperError(ErrorKind.STORAGE, "The disk is full.", "Free some space.")

    monkeypatch.setattr(desk.services.history, "add_message", refuse)
    desk.composer.edit.setPlainText("Important")
    with qtbot.waitSignal(desk.chat.answered, check_params_cb=lambda _text, end: isinstance(end, Failed)):
        desk.composer.submit()
    assert desk.composer.edit.toPlainText() == "Important"
    assert "The disk is full." in desk.composer._notice.text()
    assert not desk.window.messages.messages()
    assert not desk.composer.busy
    assert not desk.backend.requests


@pytest.fixture
def slow_disk(monkeypatch):
    """A disk that takes its time; the event ends that."""
    ready, sync = threading.Event(), os.fsync

    def wait(descriptor):
        if threading.current_thread().name.startswith("questions"):
            assert ready.wait(10)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", wait)
    yield ready
    ready.set()


def ask_with_a_picture(desk: ChatDesk, text: str) -> None:
    picture = ImagePart(sample_files.picture(), "image/png", 4, 4, "a.png", 1)
    desk.composer.add_chip("a.png").set_ready((picture,))
    desk.composer.edit.setPlainText(text)
    desk.composer.submit()


def test_a_slow_disk_does_not_stop_the_window_and_keeps_the_order(qtbot, open_desk, slow_disk):
    desk = open_desk(said("Two."))
    ask_with_a_picture(desk, "First?")
    assert not desk.stored()
    assert desk.composer.busy
    desk.composer.stop_requested.emit()
    ask_with_a_picture(desk, "Second?")
    with qtbot.waitSignal(desk.chat.answered, timeout=5000):
        slow_disk.set()
    assert [stored.message.text for stored in desk.stored()] == ["First?", "Second?", "Two."]
    assert all(stored.message.media for stored in desk.stored()[:2])
    assert [message.text for message in desk.backend.requests[0].messages] == ["First?", "Second?"]


def test_a_question_is_saved_also_when_the_app_is_left_at_once(qtbot, open_desk, slow_disk):
    desk = open_desk()
    ask_with_a_picture(desk, "Important")
    threading.Timer(0.2, slow_disk.set).start()
    desk.chat.close()
    assert [stored.message.text for stored in desk.stored()] == ["Important"]


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_question_that_cannot_be_saved_comes_back_above_what_was_typed_since(
    qtbot, open_desk, monkeypatch, elsewhere
):
    """But not in another chat: there it waits where it was asked."""
    desk, go_on = open_desk(), threading.Event()
    desk.chat.continue_latest()
    qtbot.waitUntil(lambda: desk.chat._draft.ready)

    def refuse(*_args):
        assert go_on.wait(10)
        raise HelperError(ErrorKind.STORAGE, "The disk is full.", "Free some space.")

    monkeypatch.setattr(desk.services.history, "add_message", refuse)
    ask_with_a_picture(desk, "Important")
    desk.composer.stop_requested.emit()
    if elsewhere:
        desk.chat.new()
    desk.composer.edit.setPlainText("Other")
    with qtbot.waitSignal(desk.chat.answered):
        go_on.set()
    if elsewhere:
        assert desk.composer.edit.toPlainText() == "Other"
        assert "The disk is full." in desk.composer._notice.text()
        ((key, glance),) = desk.chat._draft.marked.items()
        assert glance.text == "Important"
        desk.chat._conversation.new(Talk(draft=key))
    assert desk.composer.edit.toPlainText() == ("Important" if elsewhere else "Important\nOther")
    assert [part.name for chip in desk.composer._chips for part in chip.parts] == ["a.png"]
    assert not desk.window.messages.messages()


TOO_LONG = HelperError(ErrorKind.LENGTH, "The question takes 9 tokens, but there is room for 4.", "Ask a shorter one.")


def edit(desk: ChatDesk) -> None:
    cards = desk.answers[-1].findChildren(OutcomeCard)
    (button,) = [button for button in cards[0].findChildren(QPushButton) if button.text() == "Edit the question"]
    button.click()


def test_a_question_that_is_too_long_is_asked_again_in_its_place(qtbot, open_desk):
    desk = open_desk(said("One."), [Failed(TOO_LONG)], said("Two."))
    desk.ask(qtbot, "First?")
    picture = ImagePart(sample_files.picture(), "image/png", 4, 4, "a.png", 1)
    desk.composer.add_chip("a.png").set_ready((picture,))
    desk.ask(qtbot, "Long?")
    edit(desk)
    assert desk.composer.edit.toPlainText() == "Long?"
    assert desk.composer.media == (picture,)
    assert desk.window.editing.isVisible()
    assert len(desk.window.messages.messages()) == 4  # until another one takes its place
    desk.ask(qtbot, "Short?")
    assert [message.text for message in desk.backend.requests[-1].messages] == ["First?", "One.", "Short?"]
    assert [stored.message.text for stored in desk.stored()] == ["First?", "One.", "Short?", "Two."]


def test_a_first_question_that_is_too_long_leaves_nothing_in_the_next_request(qtbot, open_desk):
    desk = open_desk([Failed(TOO_LONG)], said("Two."), said("Three."))
    desk.ask(qtbot, "Long?")
    edit(desk)
    desk.ask(qtbot, "Short?")
    assert [type(view).__name__ for view in desk.window.messages.messages()] == ["UserMessageView", "AnswerView"]
    desk.ask(qtbot, "And?")
    assert [message.text for message in desk.backend.requests[-1].messages] == ["Short?", "Two.", "And?"]


def test_a_reopened_error_still_says_first_what_happened(qtbot, open_desk):
    desk = open_desk([Failed(TOO_LONG)])
    desk.ask(qtbot, "Long?")
    second = open_desk()
    second.chat.continue_latest()
    qtbot.waitUntil(lambda: bool(second.answers))
    (card,) = second.answers[-1].findChildren(OutcomeCard)
    assert (card.accessibleName(), card.accessibleDescription()) == (TOO_LONG.message, TOO_LONG.fix)
