"""Background work: results come back to the user interface's thread, once, and never after a cancel."""

from __future__ import annotations

import threading
import time

import pytest
from PySide6.QtCore import QThread

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.qt import background as module
from desktop_helper.qt.background import Background


@pytest.fixture
def background(qtbot):
    made = Background()
    yield made
    made.close()


@pytest.fixture
def got(background):
    return []


def never(outcome):
    raise AssertionError(outcome)


def test_the_result_comes_back_to_the_thread_that_asked(qtbot, background, got):
    background.run(lambda _cancel: 42, lambda value: got.append((value, QThread.currentThread().isMainThread())), never)
    qtbot.waitUntil(lambda: got == [(42, True)])


def test_an_error_is_told_and_a_mistake_of_ours_is_one_too(qtbot, background, got, caplog):
    def refuse(_cancel):
        raise HelperError(ErrorKind.SOURCE, "No.")

    background.run(refuse, never, got.append)
    qtbot.waitUntil(lambda: [str(error) for error in got] == ["No."])
    with caplog.at_level("CRITICAL", logger=module.__name__):
        background.run(lambda _cancel: 1 // 0, never, got.append)
        qtbot.waitUntil(lambda: len(got) == 2)
    assert got[1].kind is ErrorKind.WORKER


def test_what_was_cancelled_is_not_delivered_even_if_it_is_done(qtbot, background, got):
    finished = threading.Event()
    token = background.run(lambda _cancel: finished.set(), never, never)
    assert finished.wait(5)
    token.cancel()
    background.run(lambda _cancel: "after", got.append, never)
    qtbot.waitUntil(lambda: got == ["after"])


def test_a_result_that_cannot_be_shown_does_not_swallow_the_next(qtbot, background, got):
    both = threading.Barrier(3)

    def work(_cancel):
        both.wait(5)

    with qtbot.captureExceptions() as exceptions:
        background.run(work, lambda _none: 1 // 0, never)
        background.run(work, lambda _none: got.append("shown"), never)
        both.wait(5)
        qtbot.waitUntil(lambda: bool(got and exceptions))
    assert [kind for kind, *_ in exceptions] == [ZeroDivisionError]


def test_what_work_tells_comes_before_its_result_on_the_thread_that_asked(qtbot, background, got):
    def work(cancel):
        for number in range(3):
            background.tell(cancel, lambda number=number: got.append((number, QThread.currentThread().isMainThread())))
        return "done"

    background.run(work, got.append, never)
    qtbot.waitUntil(lambda: "done" in got)
    assert got == [(0, True), (1, True), (2, True), "done"]


def test_what_cancelled_work_tells_is_not_heard(qtbot, background, got):
    told = threading.Event()

    def work(cancel):
        background.tell(cancel, lambda: never("told before the end"))
        told.set()
        cancel.wait(10)
        background.tell(cancel, lambda: never("told after the end"))

    token = background.run(work, never, never)
    assert told.wait(5)
    token.cancel()
    background.run(lambda _cancel: "after", got.append, never)
    qtbot.waitUntil(lambda: got == ["after"])


@pytest.mark.timed
def test_close_does_not_wait_for_work_that_hangs(qtbot, monkeypatch):
    monkeypatch.setattr(module, "CLOSE_S", 0.2)
    background, let_go, hanging = Background(), threading.Event(), []

    def hang(_cancel):
        hanging.append(threading.current_thread())
        let_go.wait(30)

    for _ in range(3):
        background.run(hang, never, never)
    qtbot.waitUntil(lambda: len(hanging) == 3)
    begin = time.monotonic()
    background.close()
    assert time.monotonic() - begin < 0.6
    background.deleteLater()
    qtbot.wait(10)
    let_go.set()
    for thread in hanging:
        thread.join(5)  # whatever it did after the end of the object would be an exception on its thread
