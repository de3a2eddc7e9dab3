"""Pictures come in time, what did not change is not sent again and again, and what is missing is counted."""

from __future__ import annotations

import itertools
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop_helper.capture._control import Control
from desktop_helper.capture._grabber import REPEAT_S, WAITING, Grabber, Shot
from desktop_helper.capture._lens import Lens
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Frame, Screen, WindowInfo
from desktop_helper.core.recording import Ending, RecordingSpec

AREA = Rect(0, 0, 16, 16)


class Desktop:
    """Each picture is what `values` says next; an exception is raised instead."""

    def __init__(self, values: Iterator[int | Exception], delay: float = 0.0) -> None:
        self._values, self._delay = values, delay
        self.closed = False

    def screens(self) -> list[Screen]:
        return [Screen(1, "only", AREA, primary=True)]

    def windows(self) -> list[WindowInfo]:
        return []

    def grab(self, rect: Rect) -> Frame:
        time.sleep(self._delay)
        value = next(self._values)
        if isinstance(value, Exception):
            raise value
        return Frame(bytearray([value % 256]) * (rect.width * rect.height * 4), rect)

    def close(self) -> None:
        self.closed = True


Begin = Callable[..., tuple[Grabber, Control]]


@pytest.fixture
def held() -> threading.Event:
    return threading.Event()


@pytest.fixture
def begin(held: threading.Event) -> Iterator[Begin]:
    running: list[tuple[Grabber, Control, Desktop]] = []

    def start(desktop: Desktop, seconds: float | None = None, fps: float = 50) -> tuple[Grabber, Control]:
        control = Control()
        spec = RecordingSpec(AREA, Path("a.mp4"), Path("b.mp4"), fps=fps, seconds=seconds)
        grabber = Grabber(spec, control, lambda: Lens(desktop, AREA), held.set)
        grabber.start()
        running.append((grabber, control, desktop))
        return grabber, control

    yield start
    for grabber, control, desktop in running:
        control.stop(Ending.STOPPED)
        grabber.join()
        assert desktop.closed


def shots(grabber: Grabber) -> list[Shot]:
    """All that come, until the end."""
    return list(iter(lambda: grabber.shots.get(timeout=10), None))


def test_pictures_have_the_times_at_which_they_were_due(begin: Begin) -> None:
    grabber, control = begin(Desktop(itertools.count()), seconds=1.0)
    first = grabber.shots.get(timeout=10)
    assert first is not None
    assert grabber.size == (16, 16)
    control.begin()
    taken = shots(grabber)
    assert control.ending is Ending.TIME
    assert grabber.delivered == len(taken)
    assert grabber.delivered + grabber.dropped == 50
    # Each in a time of its own, and most of them at its beginning: a busy machine may be late with some.
    assert all(int(later.seconds * 50) > int(sooner.seconds * 50) for sooner, later in itertools.pairwise(taken))
    assert statistics.median(shot.seconds * 50 % 1 for shot in taken) < 0.5
    assert [shot.pixels[0] for shot in taken] == list(range(1, len(taken) + 1))


def test_what_stays_is_sent_now_and_then(begin: Begin) -> None:
    grabber, control = begin(Desktop(itertools.repeat(7)), seconds=1.0)
    grabber.shots.get(timeout=10)
    control.begin()
    taken = shots(grabber)
    assert 2 <= len(taken) <= 4
    assert all(later.seconds - sooner.seconds < REPEAT_S + 0.2 for sooner, later in itertools.pairwise(taken))
    assert grabber.delivered > len(taken)


def test_pictures_that_are_too_slow_are_counted(begin: Begin) -> None:
    grabber, control = begin(Desktop(itertools.count(), delay=0.05), seconds=1.0)
    grabber.shots.get(timeout=10)
    control.begin()
    taken = shots(grabber)
    assert len(taken) < 25
    assert grabber.delivered + grabber.dropped == pytest.approx(50, abs=3)


def test_an_encoder_that_is_too_slow_costs_pictures_and_no_memory(begin: Begin) -> None:
    grabber, control = begin(Desktop(itertools.count()))
    grabber.shots.get(timeout=10)
    control.begin()
    time.sleep(0.5)
    assert grabber.shots.qsize() == WAITING
    control.stop(Ending.STOPPED)
    assert len(shots(grabber)) <= WAITING + 1
    assert grabber.dropped > 5
    assert grabber.delivered <= WAITING + 1


def test_nothing_is_taken_while_it_is_paused(begin: Begin) -> None:
    grabber, control = begin(Desktop(itertools.count()), seconds=0.4)
    grabber.shots.get(timeout=10)
    control.pause()
    control.begin()
    time.sleep(0.1)
    assert grabber.shots.empty()
    control.resume()
    assert shots(grabber)[0].seconds < 0.1


def test_while_it_is_held_the_time_goes_on_with_what_was_seen_before(begin: Begin, held: threading.Event) -> None:
    grabber, control = begin(Desktop(itertools.count()), seconds=1.0)
    grabber.shots.get(timeout=10)
    control.begin()
    while control.seconds() < 0.2:
        grabber.shots.get(timeout=10)
    control.held = True
    assert held.wait(5)
    while not grabber.shots.empty():
        grabber.shots.get()
    time.sleep(0.2)
    assert grabber.shots.empty(), "nothing that could be new"
    control.held = False
    after = shots(grabber)
    assert len(after) > 10
    assert after[-1].seconds > 0.9
    assert after[-1].pixels[0] < 50 - 4, "it did not even look meanwhile"


def test_a_desktop_that_goes_ends_it(begin: Begin) -> None:
    gone = HelperError(ErrorKind.CAPTURE, "Gone.")
    grabber, control = begin(Desktop(itertools.chain([1, 2, 3], itertools.repeat(gone))))
    grabber.shots.get(timeout=10)
    control.begin()
    assert len(shots(grabber)) == 2
    assert control.ending is Ending.SCREEN
    assert control.problem is gone


def test_a_desktop_that_never_was_tells_why(begin: Begin) -> None:
    gone = HelperError(ErrorKind.CAPTURE, "Gone.")
    grabber, control = begin(Desktop(itertools.repeat(gone)))
    assert shots(grabber) == []
    assert control.problem is gone
