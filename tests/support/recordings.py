"""Recordings for tests that end them in every way: a service's own `Recording`, and the processes behind it."""

from __future__ import annotations

import sys
from collections.abc import Callable

import psutil

from desktop_helper.core.recording import Recorded, RecordingProgress
from desktop_helper.services.recording import Recording
from tests.support import screen_clock
from tests.support.videos import Video
from tests.support.xrig import XRig, wait_until


def show_clock(rig: XRig, width: int = 640, height: int = 320) -> None:
    """Let the desktop's corner show what time it is; returns when it does."""
    rig.spawn([sys.executable, "-m", "tests.support.screen_clock", str(width), str(height)])
    at = screen_clock.PROBE
    wait_until(lambda: rig.screenshot().getpixel(at) != (0, 0, 0), "the clock", 20)


def events_until(recording: Recording, enough: Callable[[RecordingProgress], bool]) -> RecordingProgress | Recorded:
    """The first event that is `enough`, or the end."""
    while True:
        event = recording.next_event()
        if isinstance(event, Recorded) or enough(event):
            return event


def ended(recording: Recording) -> Recorded:
    """How it ended."""
    result = events_until(recording, lambda progress: False)
    assert isinstance(result, Recorded)
    return result


def recorder_process(parent: int | None = None) -> psutil.Process:
    """The process that records for `parent`, or for us, as soon as it is there."""

    def find() -> psutil.Process | None:
        children = psutil.Process(parent).children(recursive=True)
        return next((one for one in children if "desktop_helper.capture._recorder" in command(one)), None)

    return wait_until(find, "the recorder process", 20)


def command(process: psutil.Process) -> list[str]:
    """Its command line, empty if it is gone."""
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


def offsets(video: Video, began: float) -> list[float]:
    """For each picture, by how many seconds its timestamp is later than what its clock shows."""
    start = screen_clock.now_ms(began)
    half = screen_clock.SPAN_MS // 2
    shown = [(screen_clock.read(picture) - start + half) % screen_clock.SPAN_MS - half for picture in video.pictures]
    return [time - ms / 1000 for time, ms in zip(video.times, shown, strict=True)]
