"""The history is tidied up at the start and every day, but not under an answer."""

from __future__ import annotations

import os
import time

import pytest

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.ui.upkeep import DAY_S
from tests.support.chat_desk import said


@pytest.fixture
def kept(qtbot, open_desk, monkeypatch):
    """A chat, and how often its history was tidied up."""
    desk, times = open_desk(said("One."), said("Two.")), []
    monkeypatch.setattr(desk.services.history, "maintain", lambda: times.append(time.time()))
    desk.chat.continue_latest()
    qtbot.waitUntil(lambda: len(times) == 1)
    qtbot.waitUntil(lambda: not desk.chat._upkeep._running)
    return desk, times


def test_it_is_done_again_when_a_day_has_passed_and_not_before(qtbot, kept, monkeypatch):
    desk, times = kept
    upkeep = desk.chat._upkeep
    assert upkeep._timer.isActive()
    upkeep._timer.timeout.emit()
    qtbot.wait(50)
    assert len(times) == 1
    later = time.time() + DAY_S + 1
    monkeypatch.setattr(time, "time", lambda: later)
    upkeep._timer.timeout.emit()
    qtbot.waitUntil(lambda: len(times) == 2)


def test_it_waits_for_the_end_of_an_answer(qtbot, kept):
    desk, times = kept
    upkeep = desk.chat._upkeep
    upkeep._due = 0.0
    upkeep.set_busy(True)
    upkeep._timer.timeout.emit()
    qtbot.wait(50)
    assert len(times) == 1
    desk.ask(qtbot)
    qtbot.waitUntil(lambda: len(times) == 2)


def test_a_tidying_that_fails_is_tried_the_next_day(qtbot, kept, monkeypatch):
    desk, times = kept
    upkeep = desk.chat._upkeep

    def fail():
        times.append(0.0)
        raise HelperError(ErrorKind.STORAGE, "The disk is gone.")

    monkeypatch.setattr(desk.services.history, "maintain", fail)
    for count in (2, 3):
        upkeep._due = 0.0
        upkeep._timer.timeout.emit()
        qtbot.waitUntil(lambda count=count: len(times) == count)
        qtbot.waitUntil(lambda: not upkeep._running)


def test_an_index_of_a_document_that_nobody_asks_about_goes(qtbot, kept):
    desk, _times = kept
    folder = desk.services.paths.documents_dir
    folder.mkdir(parents=True)
    old, new = folder / f"{'0' * 64}.db", folder / f"{'1' * 64}.db"
    for path, age in ((old, 31), (new, 29)):
        path.write_bytes(b"x")
        os.utime(path, (time.time(), time.time() - age * DAY_S))
    desk.chat._upkeep._due = 0.0
    desk.chat._upkeep._timer.timeout.emit()
    qtbot.waitUntil(lambda: not old.exists())
    assert new.exists()
