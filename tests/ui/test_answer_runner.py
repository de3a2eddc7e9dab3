"""EventBridge and AnswerRunner: order, batching, cancelling, and nothing left behind."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QThread

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Failed, Finished, FinishReason, Progress, StreamEvent, TextDelta, ThinkingDelta
from desktop_helper.qt.answer_runner import AnswerRunner
from desktop_helper.qt.event_bridge import DRAIN_MS, EventBridge


class Recorder:
    def __init__(self, source):
        self.batches: list[tuple[int, list[StreamEvent]]] = []
        self.threads: set[bool] = set()
        source.events.connect(self.note)

    def note(self, turn, batch):
        self.batches.append((turn, batch))
        self.threads.add(QThread.currentThread().isMainThread())

    @property
    def events(self) -> list[StreamEvent]:
        return [event for _, batch in self.batches for event in batch]

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, TextDelta))

    @property
    def ended(self) -> bool:
        return any(isinstance(event, Finished | Failed) for event in self.events)


@pytest.fixture
def bridge(qtbot):
    return EventBridge()


@pytest.fixture
def runner(qtbot):
    runner = AnswerRunner()
    yield runner
    assert runner.close()


def test_neighbouring_deltas_arrive_joined_and_in_order(qtbot, bridge):
    seen = Recorder(bridge)
    turn = bridge.begin()
    for event in (Progress("a"), TextDelta("1"), TextDelta("2"), ThinkingDelta("t"), TextDelta("3"), Finished()):
        bridge.post(turn, event)
    qtbot.waitUntil(lambda: seen.ended)
    assert seen.events == [Progress("a"), TextDelta("12"), ThinkingDelta("t"), TextDelta("3"), Finished()]


def test_the_first_delta_does_not_wait_for_the_timer_and_later_ones_do(qtbot, bridge):
    seen = Recorder(bridge)
    turn = bridge.begin()
    begin = time.perf_counter()
    bridge.post(turn, Progress("reading"))
    bridge.post(turn, TextDelta("a"))
    qtbot.waitUntil(lambda: seen.text == "a", timeout=1000)
    first = time.perf_counter() - begin
    begin = time.perf_counter()
    bridge.post(turn, TextDelta("b"))
    qtbot.waitUntil(lambda: seen.text == "ab", timeout=1000)
    assert time.perf_counter() - begin >= DRAIN_MS / 1000 * 0.9
    assert first < DRAIN_MS / 1000


def test_a_flood_from_a_thread_becomes_few_updates(qtbot, bridge):
    seen = Recorder(bridge)
    turn = bridge.begin()

    def flood():
        for number in range(20_000):
            bridge.post(turn, TextDelta(f"{number} "))
        bridge.post(turn, Finished())

    thread = threading.Thread(target=flood)
    thread.start()
    qtbot.waitUntil(lambda: seen.ended, timeout=10_000)
    thread.join()
    assert seen.text == "".join(f"{number} " for number in range(20_000))
    assert len(seen.batches) < 500
    assert seen.threads == {True}


def test_events_of_an_earlier_turn_are_dropped(qtbot, bridge):
    seen = Recorder(bridge)
    old = bridge.begin()
    bridge.post(old, TextDelta("old"))
    new = bridge.begin()
    bridge.post(old, TextDelta("late"))
    bridge.post(new, TextDelta("new"))
    bridge.post(new, Finished())
    qtbot.waitUntil(lambda: seen.ended)
    assert seen.text == "new"
    assert {turn for turn, _ in seen.batches} == {new}


def test_an_answer_runs_to_its_end(qtbot, runner):
    seen = Recorder(runner)
    states: list[bool] = []
    runner.running_changed.connect(states.append)

    def events(cancel: CancelToken) -> Iterator[StreamEvent]:
        yield TextDelta("hello")
        yield Finished(FinishReason.STOP)

    runner.start(events)
    assert runner.running
    qtbot.waitUntil(lambda: seen.ended)
    assert seen.events == [TextDelta("hello"), Finished(FinishReason.STOP)]
    assert states == [True, False]
    assert not runner.running


def test_stop_ends_the_turn_at_once_and_ignores_the_rest(qtbot, runner):
    seen, entered = Recorder(runner), threading.Event()

    def events(cancel: CancelToken) -> Iterator[StreamEvent]:
        yield TextDelta("kept")
        entered.set()
        cancel.wait(10)
        yield TextDelta("ignored")
        yield Finished(FinishReason.STOP)

    runner.start(events)
    qtbot.waitUntil(lambda: seen.text == "kept" and entered.is_set())
    runner.stop()
    assert seen.events[-1] == Finished(FinishReason.CANCELLED)
    assert runner.close()
    qtbot.wait(2 * DRAIN_MS)
    assert seen.text == "kept"
    assert sum(isinstance(event, Finished) for event in seen.events) == 1


@pytest.mark.parametrize("delta", [True, False])
def test_a_stream_without_an_end_is_interrupted(qtbot, runner, delta):
    seen = Recorder(runner)
    runner.start(lambda cancel: iter([TextDelta("half")] if delta else []))
    qtbot.waitUntil(lambda: seen.ended)
    assert seen.events[-1] == Finished(FinishReason.INTERRUPTED)


@pytest.mark.allow_warnings
def test_our_errors_pass_and_foreign_ones_become_a_sentence(qtbot, runner, caplog):
    seen = Recorder(runner)
    error = HelperError(ErrorKind.AUTH, "No key.", "Add one.")

    def ours(cancel):
        raise error
        yield

    def foreign(cancel):
        yield TextDelta("x")
        raise ZeroDivisionError("secret")

    runner.start(ours)
    qtbot.waitUntil(lambda: seen.ended)
    assert seen.events[-1] == Failed(error)
    seen.batches.clear()
    with caplog.at_level(logging.CRITICAL):
        runner.start(foreign)
        qtbot.waitUntil(lambda: seen.ended)
    failed = seen.events[-1]
    assert isinstance(failed, Failed)
    assert "ZeroDivisionError" in failed.error.message
    assert "secret" not in str(failed.error)


def test_a_new_answer_waits_until_the_old_worker_has_left_the_backend(qtbot, runner):
    seen, busy, overlaps = Recorder(runner), threading.Lock(), []

    def events(cancel: CancelToken) -> Iterator[StreamEvent]:
        overlaps.append(not busy.acquire(blocking=False))
        yield TextDelta("x")
        cancel.wait(0.3)
        cancelled = cancel.cancelled
        if cancelled:
            time.sleep(0.1)  # a backend that needs a moment to let go
        busy.release()
        yield Finished(FinishReason.CANCELLED if cancelled else FinishReason.STOP)

    first = runner.start(events)
    qtbot.waitUntil(lambda: bool(seen.text))
    second = runner.start(events)
    qtbot.waitUntil(lambda: seen.ended, timeout=5000)
    assert overlaps == [False, False]
    assert [turn for turn, batch in seen.batches if isinstance(batch[-1], Finished)] == [second]
    assert second > first


def test_a_listener_may_start_the_next_answer_at_the_end_of_one(qtbot, runner):
    states: list[bool] = []
    turns: list[int] = []
    runner.running_changed.connect(states.append)

    def again(turn, batch):
        if isinstance(batch[-1], Finished):
            turns.append(turn)
            if len(turns) < 3:
                runner.start(lambda cancel: iter([Finished()]))

    runner.events.connect(again)
    runner.start(lambda cancel: iter([Finished()]))
    qtbot.waitUntil(lambda: len(turns) == 3)
    assert states == [True, False]
