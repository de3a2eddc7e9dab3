"""Questions are saved off the thread that asks, in order, whatever happens to their answers."""

from __future__ import annotations

import logging
import threading

import pytest

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.messages import Message, Role, TextPart
from desktop_helper.services.history import History
from desktop_helper.services.question_saver import Asked, QuestionSaver, Said, Talk


@pytest.fixture
def history(tmp_path):
    made = History(tmp_path / "history.db", tmp_path / "blobs")
    yield made
    made.close()


@pytest.fixture
def saver(history):
    made = QuestionSaver(lambda: history)
    yield made
    made.close()


def question(text: str) -> Message:
    return Message(Role.USER, (TextPart(text),))


def unexpected(_asked: Asked, error: HelperError) -> None:
    raise AssertionError(error)


def test_questions_of_one_conversation_that_has_no_number_yet_stay_together(history, saver):
    talk = Talk()
    asked: list[Asked] = []
    for text in ("one", "two", "three"):
        asked.append(saver.save(talk, question(text), unexpected, asked[-1] if asked else None))
    numbers = [one.wait(CancelToken()) for one in asked]
    assert [stored.message.text for stored in history.messages(talk.number)] == ["one", "two", "three"]
    assert numbers == [(talk.number, stored.id) for stored in history.messages(talk.number)]


def test_a_question_whose_answer_was_stopped_is_saved_and_not_waited_for(history, saver, monkeypatch):
    go_on, save = threading.Event(), history.add_message
    monkeypatch.setattr(history, "add_message", lambda *args: go_on.wait(10) and save(*args))
    talk, cancel = Talk(), CancelToken()
    asked = saver.save(talk, question("kept"), unexpected)
    cancel.cancel()
    assert asked.wait(cancel) is None
    go_on.set()
    saver.close()
    assert [stored.message.text for stored in history.messages(talk.number)] == ["kept"]
    assert asked.wait(cancel) is None


def test_what_cannot_be_saved_is_told_with_its_question(history, saver, monkeypatch, caplog):
    problem = HelperError(ErrorKind.STORAGE, "The disk is full.")
    faults = [problem, ZeroDivisionError()]

    def refuse(*_args):
        raise faults.pop(0)

    monkeypatch.setattr(history, "add_message", refuse)
    told = []
    with caplog.at_level(logging.CRITICAL, "desktop_helper.services.question_saver"):
        asked = [saver.save(Talk(), question("lost"), lambda *what: told.append(what)) for _ in range(2)]
        assert [one.wait(CancelToken()) for one in asked] == [None, None]
        saver.close()
    assert [one for one, _error in told] == asked
    assert told[0][1] is problem
    assert "ZeroDivisionError" in told[1][1].message


def test_a_question_follows_what_is_saved_of_what_stands_before_it(history, saver):
    talk = Talk()
    first = saver.save(talk, question("first"), unexpected)
    never_saved = Said(talk, first)
    second = saver.save(talk, question("second"), unexpected, never_saved)
    instead = saver.save(talk, question("instead"), unexpected, first.before)
    saver.close()
    assert (second.follows, instead.follows) == (first.number, 0)
    assert [stored.message.text for stored in history.messages(talk.number)] == ["instead"]
    assert [stored.message.text for stored in history.messages(talk.number, until=second.number)] == ["first", "second"]
    assert never_saved.wait(CancelToken()) is None


def test_a_question_that_takes_long_does_not_hold_up_another_conversation(history, saver):
    go_on = threading.Event()

    def index_a_manual(_asked: Asked, question: Message) -> Message:
        assert go_on.wait(10)
        return question

    slow = Talk()
    first = saver.save(slow, question("about a manual"), unexpected, prepare=index_a_manual)
    second = saver.save(slow, question("after it"), unexpected, first)
    other = saver.save(Talk(), question("elsewhere"), unexpected)
    assert other.wait(CancelToken()) is not None
    assert (first.number, second.number) == (None, None)
    go_on.set()
    saver.close()
    assert [stored.message.text for stored in history.messages(slow.number)] == ["about a manual", "after it"]


def test_a_conversation_that_was_opened_again_keeps_its_order(history, saver):
    talk, go_on = Talk(), threading.Event()
    begin = saver.save(talk, question("begin"), unexpected)
    assert begin.wait(CancelToken()) is not None

    def wait(_asked: Asked, question: Message) -> Message:
        assert go_on.wait(10)
        return question

    slow = saver.save(talk, question("slow"), unexpected, begin, wait)
    again = saver.save(Talk(talk.number), question("again"), unexpected, slow)
    threading.Timer(0.05, go_on.set).start()
    assert again.wait(CancelToken()) is not None
    assert [stored.message.text for stored in history.messages(talk.number)] == ["begin", "slow", "again"]


def test_threads_of_conversations_that_are_saved_do_not_stay(history, saver):
    def threads() -> int:
        return sum(thread.name.startswith("questions") for thread in threading.enumerate())

    for _ in range(20):
        assert saver.save(Talk(), question("short"), unexpected).wait(CancelToken()) is not None
    assert threads() <= 2
    saver.close()
    assert threads() == 0
