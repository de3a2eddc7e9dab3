"""What recordings show of a desktop that changes: the pointer, clicks, and a resolution that becomes another one."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from Xlib.display import Display

from desktop_helper.bootstrap import build_services
from desktop_helper.core.geometry import Rect
from desktop_helper.core.recording import Ending, Recorded
from desktop_helper.services.container import Services
from tests.support.recordings import ended, events_until
from tests.support.videos import Video, decoded
from tests.support.xrig import XRig, missing_programs

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(bool(missing_programs("xrandr")), reason=f"needs {', '.join(missing_programs('xrandr'))}"),
]

GREY = (0x80, 0x90, 0xA0)


@pytest.fixture
def rig() -> Iterator[XRig]:
    """A grey desktop of 800 × 600 that can be made smaller."""
    with XRig(800, 600, wm=False) as made:
        connection = Display(made.display)
        root = connection.screen().root
        root.change_attributes(background_pixel=GREY[0] << 16 | GREY[1] << 8 | GREY[2])
        root.clear_area()
        connection.sync()
        connection.close()
        made.xdotool("mousemove", "700", "500")
        yield made


@pytest.fixture
def services(rig: XRig, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    monkeypatch.setenv("DISPLAY", rig.display)
    made = build_services()
    yield made
    made.close()


def differing(picture: np.ndarray) -> np.ndarray:
    """Where it is not the desktop's grey."""
    return np.asarray((np.abs(picture.astype(int) - GREY) > 24).any(axis=2))


def place(picture: np.ndarray) -> tuple[float, float]:
    """The middle of what is not grey."""
    y, x = np.nonzero(differing(picture))
    return float(x.mean()), float(y.mean())


def recorded(services: Services, file: Path, rig: XRig, *, pointer: bool) -> Video:
    """The pointer waits at one place, goes to another one, and clicks there."""
    recording = services.record(Rect(100, 50, 600, 400), file, fps=20, pointer=pointer)
    try:
        events_until(recording, lambda progress: progress.seconds > 0)
        for at, button in (((200, 150), ""), ((500, 300), ""), ((500, 300), "1")):
            rig.xdotool("mousemove", str(at[0]), str(at[1]))
            if button:
                rig.xdotool("click", button)
            time.sleep(0.6)
        recording.stop()
        assert ended(recording).ending is Ending.STOPPED
    finally:
        recording.close()
    return decoded(file)


def test_the_pointer_and_its_clicks_are_in_the_picture(rig: XRig, services: Services, tmp_path: Path) -> None:
    video = recorded(services, tmp_path / "a.mp4", rig, pointer=True)
    marks = [differing(picture).sum() for picture in video.pictures]
    shown = [picture for picture, mark in zip(video.pictures, marks, strict=True) if mark]
    assert min(abs(x - 100) + abs(y - 100) for x, y in map(place, shown)) < 20
    assert min(abs(x - 400) + abs(y - 250) for x, y in map(place, shown)) < 20
    still = sorted(mark for mark in marks if mark)[len(shown) // 2]
    assert max(marks) > still + 150, "a ring around the click"
    assert marks[-1] < max(marks), "and it goes"


def test_without_the_pointer_nothing_is_seen(rig: XRig, services: Services, tmp_path: Path) -> None:
    video = recorded(services, tmp_path / "a.mp4", rig, pointer=False)
    assert not any(differing(picture).any() for picture in video.pictures)


def resize(rig: XRig, mode: str) -> None:
    """Give the only screen another mode."""
    if mode == "small":
        for command in (
            ["--newmode", mode, "0", "640", "0", "0", "640", "480", "0", "0", "480"],
            ["--addmode", "screen", mode],
        ):
            subprocess.run(["xrandr", *command], env=rig.env, check=True, timeout=20)
    subprocess.run(["xrandr", "--output", "screen", "--mode", mode], env=rig.env, check=True, timeout=20)


def recorded_while_it_shrinks(services: Services, area: Rect, file: Path, rig: XRig) -> Recorded:
    recording = services.record(area, file, fps=20, pointer=False)
    try:
        events_until(recording, lambda progress: progress.seconds > 0.5)
        resize(rig, "small")
        here = events_until(recording, lambda progress: progress.seconds > 1.5)
        if not isinstance(here, Recorded):
            resize(rig, "800x600")
            events_until(recording, lambda progress: progress.seconds > here.seconds + 2)
            recording.stop()
        return ended(recording)
    finally:
        recording.close()


def test_a_smaller_desktop_leaves_black_and_the_recording_goes_on(
    rig: XRig, services: Services, tmp_path: Path
) -> None:
    result = recorded_while_it_shrinks(services, Rect(0, 0, 800, 600), tmp_path / "a.mp4", rig)
    assert (result.ending, result.width, result.height) == (Ending.STOPPED, 800, 600)
    video = decoded(tmp_path / "a.mp4")
    black = [(picture.astype(int).sum(axis=2) < 24).mean() for picture in video.pictures]
    assert black[0] == 0
    assert max(black) == pytest.approx(1 - 640 * 480 / (800 * 600), abs=0.01)
    assert black[-1] < 0.01, "it is back with the old size"
    smallest = video.pictures[int(np.argmax(black))]
    assert not differing(smallest[:470, :630]).any()


def test_a_part_that_is_gone_ends_the_recording_with_a_sentence(rig: XRig, services: Services, tmp_path: Path) -> None:
    result = recorded_while_it_shrinks(services, Rect(660, 500, 100, 80), tmp_path / "a.mp4", rig)
    assert result.ending is Ending.SCREEN
    assert "no longer there" in result.message
    assert decoded(tmp_path / "a.mp4").times


def test_a_server_that_goes_ends_the_recording_with_a_sentence(rig: XRig, services: Services, tmp_path: Path) -> None:
    recording = services.record(Rect(0, 0, 100, 80), tmp_path / "a.mp4", fps=20)
    try:
        events_until(recording, lambda progress: progress.seconds > 0.5)
        rig.close()
        result = ended(recording)
    finally:
        recording.close()
    assert result.ending is Ending.SCREEN
    assert "gave no picture" in result.message
    assert decoded(tmp_path / "a.mp4").times
