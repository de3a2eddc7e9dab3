from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QTimer

from desktop_helper.core import trace
from desktop_helper.qt.stall_watch import StallWatch
from tests.support.traces import read_trace


@pytest.fixture
def events(tmp_path):
    """What was traced, once `trace.stop` was called."""
    path = tmp_path / "trace.json"
    trace.start(path)
    yield lambda: read_trace(path)
    trace.stop()


def test_a_stall_is_written_with_its_length_and_its_work(qtbot, events):
    watch = StallWatch()
    QTimer.singleShot(50, lambda: time.sleep(0.2))
    qtbot.waitUntil(lambda: watch.longest_us > 150_000, timeout=5000)
    watch.close()
    trace.stop()
    watch.deleteLater()

    *stalls, longest = events()
    found = max((event for event in stalls if event["name"] == "loop:stall"), key=lambda event: event["dur"])
    assert found["dur"] >= 150_000
    assert found["args"]["cpu_ms"] < 100  # it slept
    assert longest["name"] == "loop:longest-stall"
    assert longest["args"]["ms"] == watch.longest_us / 1000


def test_work_is_told_from_waiting(qtbot, events):
    def work():
        until = time.thread_time() + 0.1
        while time.thread_time() < until:
            pass

    watch = StallWatch()
    QTimer.singleShot(50, work)
    qtbot.waitUntil(lambda: watch.longest_us > 60_000, timeout=5000)
    watch.close()
    trace.stop()
    watch.deleteLater()
    assert max(event["args"].get("cpu_ms", 0) for event in events()) >= 95


def test_nothing_is_written_after_close(qtbot, events):
    watch = StallWatch()
    watch.close()
    before = watch.longest_us
    time.sleep(0.05)
    qtbot.wait(30)
    watch.deleteLater()
    assert watch.longest_us == before


def test_how_late_nearly_all_ticks_were(qtbot, events):
    watch = StallWatch()
    QTimer.singleShot(100, lambda: time.sleep(0.06))
    qtbot.wait(400)
    watch.close()
    trace.stop()
    watch.deleteLater()
    assert watch.late_ms(0.5) < 20 < 50 <= watch.late_ms(1.0) <= 100
    assert events()[-1]["args"]["p99_ms"] == watch.late_ms(0.99)
