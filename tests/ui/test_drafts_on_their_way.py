"""What was typed and is on its way, to the field or out of it, is not lost, and is answered as it was to be."""

from __future__ import annotations

import threading

import pytest

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import FinishReason
from desktop_helper.core.messages import Message, Role, TextPart, Thinking
from desktop_helper.services.draft import Draft
from desktop_helper.services.drafts import Drafts
from desktop_helper.services.history import History
from desktop_helper.services.question import USUAL, Manner, Question
from tests.support.chat_desk import said
from tests.support.kept_drafts import drafts_on_disk

UNTHINKING = Manner(thinking=Thinking.OFF)


def on_disk(desk) -> dict[int, str]:
    return {key: draft.text for key, draft in drafts_on_disk(desk.paths).items()}


@pytest.fixture
def slow_disk(monkeypatch):
    """Drafts are read as soon as this is set."""
    go_on, load = threading.Event(), Drafts.load

    def slow(drafts, key):
        assert go_on.wait(10)
        return load(drafts, key)

    monkeypatch.setattr(Drafts, "load", slow)
    yield go_on
    go_on.set()


def test_a_question_that_is_sent_before_the_draft_was_read_leaves_it_in_the_field(qtbot, open_desk, slow_disk):
    first = open_desk()
    first.chat.continue_latest()
    qtbot.waitUntil(lambda: first.chat._draft.ready)
    first.composer.edit.setPlainText("Of yesterday")
    first.close()
    again = open_desk(said("Yes."))
    again.chat.continue_latest()
    qtbot.waitUntil(lambda: again.chat._draft._begun)
    assert not again.chat._draft.ready
    again.ask(qtbot, "Is it?")
    qtbot.waitUntil(lambda: again.chat._conversation.number == 1)
    again.chat._draft._keep()
    assert on_disk(again) == {-1: "Of yesterday"}
    slow_disk.set()
    qtbot.waitUntil(lambda: again.composer.edit.toPlainText() == "Of yesterday")
    qtbot.waitUntil(lambda: on_disk(again) == {1: "Of yesterday"}, timeout=5000)
    assert again.stored()[0].message.text == "Is it?"


def test_the_app_begins_with_what_was_typed_while_another_answer_was_on_its_way(qtbot, open_desk):
    first = open_desk()
    history = first.services.history
    number = history.new_conversation()
    history.add_message(number, Message(Role.USER, (TextPart("Why?"),)))
    answer = history.begin_answer(number, "GLM")
    first.chat.continue_latest()
    qtbot.waitUntil(lambda: first.chat._draft.ready)
    first.chat.new()
    first.composer.edit.setPlainText("Typed last")
    qtbot.waitUntil(lambda: on_disk(first) == {-1: "Typed last"}, timeout=5000)
    answer.finish(FinishReason.INTERRUPTED)
    first.close()
    again = open_desk()
    again.chat.continue_latest()
    qtbot.waitUntil(lambda: again.composer.edit.toPlainText() == "Typed last")
    assert again.chat._conversation.number is None


@pytest.fixture
def full_disk(monkeypatch):
    """No question can be saved."""

    def fail(*_args):
        raise HelperError(ErrorKind.STORAGE, "The disk is full.")

    monkeypatch.setattr(History, "add_message", fail)


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_question_that_cannot_be_saved_keeps_its_manner(qtbot, open_desk, full_disk, elsewhere):
    desk = open_desk()
    desk.chat.continue_latest()
    qtbot.waitUntil(lambda: desk.chat._draft.ready)
    talk = desk.chat._conversation.transcript.talk
    desk.composer.ask(Question("Is it?", (), UNTHINKING))
    if elsewhere:
        desk.chat.new()
    qtbot.waitUntil(lambda: "The disk is full." in desk.composer._notice.text())
    if elsewhere:
        assert desk.composer.manner.manner == USUAL
        assert desk.composer.edit.toPlainText() == ""
        desk.chat._conversation.new(talk)
    assert desk.composer.edit.toPlainText() == "Is it?"
    assert desk.composer.manner.manner == UNTHINKING


def test_two_that_cannot_be_saved_are_answered_as_any_other(qtbot, open_desk, full_disk):
    desk = open_desk()
    keeper, talk = desk.chat._draft, desk.chat._conversation.transcript.talk
    desk.chat.new()
    keeper._give_back(talk, Question("Second", (), USUAL))
    keeper._give_back(talk, Question("First", (), UNTHINKING))
    desk.chat._conversation.new(talk)
    assert desk.composer.unsent() == Draft("First\nSecond")
    assert desk.composer.manner.manner == USUAL
