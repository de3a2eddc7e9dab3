"""The clock of a recording, and its end."""

from __future__ import annotations

import threading
import time

from desktop_helper.capture._control import Control
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.recording import Ending

PROBLEM = HelperError(ErrorKind.STORAGE, "The disk is full.")


class Clock:
    """Goes on when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def _outcome(control: Control) -> tuple[Ending | None, HelperError | None]:
    return control.ending, control.problem


def test_pauses_do_not_count() -> None:
    clock = Clock()
    control = Control(clock)
    clock.now += 5
    assert control.seconds() == 0
    control.begin()
    clock.now += 2
    control.pause()
    control.pause()
    clock.now += 50
    assert (control.seconds(), control.paused) == (2, True)
    control.resume()
    control.resume()
    clock.now += 1
    assert (control.seconds(), control.paused) == (3, False)
    control.stop(Ending.STOPPED)
    clock.now += 9
    control.resume()
    assert control.seconds() == 3


def test_paused_before_it_begins() -> None:
    clock = Clock()
    control = Control(clock)
    control.pause()
    control.begin()
    clock.now += 5
    assert control.seconds() == 0
    control.resume()
    clock.now += 1
    assert control.seconds() == 1


def test_the_first_reason_counts_and_discarding_overrules_it() -> None:
    control = Control(Clock())
    assert _outcome(control) == (None, None)
    control.stop(Ending.DISK, PROBLEM)
    control.stop(Ending.STOPPED)
    assert _outcome(control) == (Ending.DISK, PROBLEM)
    control.stop(Ending.DISCARDED)
    assert _outcome(control) == (Ending.DISCARDED, None)


def test_waiting_ends_at_the_time_and_at_the_end() -> None:
    control = Control()
    control.begin()
    begun = time.monotonic()
    assert control.wait_until(0.05)
    assert time.monotonic() - begun >= 0.045
    for action in (lambda: None, control.pause):
        action()
        timer = threading.Timer(0.05, control.stop, [Ending.STOPPED])
        timer.start()
        assert not control.wait_until(3600)
        timer.join()


def test_what_waits_goes_on_after_a_pause() -> None:
    control = Control()
    control.begin()
    control.pause()
    timer = threading.Timer(0.05, control.resume)
    timer.start()
    assert control.wait_until(0.0)
    timer.join()


def test_what_second_it_was() -> None:
    clock = Clock()
    control = Control(clock)
    assert control.seconds_at(100) == 0, "before it begins"
    control.begin()
    clock.now += 2
    control.pause()
    clock.now += 50
    control.resume()
    clock.now += 3
    control.stop(Ending.STOPPED)
    clock.now += 9
    asked = (99, 100, 101, 102, 130, 152, 153.5, 155, 160)
    assert [control.seconds_at(when) for when in asked] == [0, 0, 1, 2, 2, 2, 3.5, 5, 5]
