"""Answers of models on this machine come one after the other."""

from __future__ import annotations

import threading

import pytest

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Failed, Finished, FinishReason, Progress, TextDelta
from desktop_helper.core.messages import ChatRequest, Message, Role, TextPart
from desktop_helper.services.queued_backend import QueuedBackend, Turns
from tests.support.scripted_backend import ScriptedBackend

REQUEST = ChatRequest((Message(Role.USER, (TextPart("question"),)),))
ANSWER = (TextDelta("one"), Finished())


@pytest.fixture
def turns():
    return Turns()


def stream(turns, inner, cancel=None):
    return QueuedBackend(turns, lambda: inner).stream(REQUEST, cancel or CancelToken())


def test_who_is_alone_does_not_wait(turns):
    assert list(stream(turns, ScriptedBackend(ANSWER))) == list(ANSWER)


def test_who_waits_is_told_how_many_come_first_and_opens_nothing_before(turns):
    opened: list[str] = []

    def queued(name):
        def open_inner():
            opened.append(name)
            return ScriptedBackend(ANSWER)

        return QueuedBackend(turns, open_inner).stream(REQUEST, CancelToken())

    first, second, third = queued("first"), queued("second"), queued("third")
    assert next(first) == TextDelta("one")
    assert next(second) == Progress("Waiting for the answer before this one…")
    assert next(third) == Progress("Waiting for 2 answers before this one…")
    assert opened == ["first"]
    assert list(first) == [Finished()]
    assert next(third) == Progress("Waiting for the answer before this one…")
    assert list(second) == list(ANSWER)
    assert list(third) == list(ANSWER)
    assert opened == ["first", "second", "third"]


def test_who_is_stopped_while_waiting_leaves_the_line(turns):
    running, cancel = stream(turns, ScriptedBackend(ANSWER)), CancelToken()
    next(running)
    waiting = stream(turns, ScriptedBackend(), cancel)
    next(waiting)
    cancel.cancel()
    assert list(waiting) == [Finished(FinishReason.CANCELLED)]
    running.close()
    assert list(stream(turns, ScriptedBackend(ANSWER))) == list(ANSWER)


@pytest.mark.parametrize("end", ["close", "refuse"])
def test_the_turn_is_given_on_whatever_ends_it(turns, end):
    def refuse():
        raise HelperError(ErrorKind.CONFIG, "There is no such file.")

    if end == "close":
        running = stream(turns, inner := ScriptedBackend(ANSWER))
        next(running)
        running.close()
        assert inner.open_streams == 0
    else:
        (failed,) = QueuedBackend(turns, refuse).stream(REQUEST, CancelToken())
        assert isinstance(failed, Failed)
    assert list(stream(turns, ScriptedBackend(ANSWER))) == list(ANSWER)


def test_many_threads_never_meet(turns):
    inside: list[int] = []
    most: list[int] = []

    def look():
        inside.append(1)
        most.append(len(inside))
        threading.Event().wait(0.002)
        inside.pop()

    def ask():
        assert list(stream(turns, ScriptedBackend((look, *ANSWER))))[-1] == Finished()

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert most == [1] * 12
