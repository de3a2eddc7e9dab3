"""An exception in a slot is logged and told once; the app lives on."""

from __future__ import annotations

import sys
import threading

import pytest
from PySide6.QtCore import QTimer

from desktop_helper.qt.faults import Faults
from desktop_helper.services.log_file import logging_to
from desktop_helper.services.paths import Paths

pytestmark = pytest.mark.allow_warnings


@pytest.fixture
def paths(tmp_path):
    made = Paths.below(tmp_path)
    made.ensure()
    with logging_to(made.log_file):
        yield made


@pytest.fixture
def faults(qtbot, paths):
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    made = Faults(paths)
    yield made
    made.close()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before


ASKED = "what the user asked"


def fail():
    raise LookupError(ASKED)


def test_a_slot_that_raises_is_told_and_logged(qtbot, faults, paths, capfd):
    with qtbot.waitSignal(faults.found) as signal:
        QTimer.singleShot(0, fail)
    (error,) = signal.args
    assert error.message == "Something went wrong inside Desktop Helper (LookupError)."
    assert str(paths.log_file) in error.fix
    assert "in fail" in paths.log_file.read_text()
    assert ASKED not in paths.log_file.read_text()
    assert capfd.readouterr() == ("", "")


def test_a_thread_that_raises_is_told_on_our_thread(qtbot, faults, paths):
    told_on = []
    faults.found.connect(lambda _error: told_on.append(threading.current_thread()))
    thread = threading.Thread(target=fail)
    with qtbot.waitSignal(faults.found):
        thread.start()
    thread.join()
    assert told_on == [threading.main_thread()]


def test_many_are_logged_but_told_once(qtbot, faults, paths):
    told: list[object] = []
    faults.found.connect(told.append)
    with qtbot.waitSignal(faults.found):
        for _ in range(20):
            QTimer.singleShot(0, fail)
    qtbot.waitUntil(lambda: paths.log_file.read_text().count("nobody caught") == 20)
    QTimer.singleShot(0, fail)
    qtbot.waitUntil(lambda: paths.log_file.read_text().count("nobody caught") == 21)
    assert len(told) == 1


def test_what_cannot_be_raised_goes_to_the_log_alone(qtbot, faults, paths, capfd):
    class Bad:
        def __del__(self):
            fail()

    Bad()
    assert "could not be raised" in paths.log_file.read_text()
    assert capfd.readouterr() == ("", "")
