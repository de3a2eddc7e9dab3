"""Recordings of a real X server: times and colours are true, and no way to end one costs more than a second of it."""

from __future__ import annotations

import itertools
import json
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from desktop_helper.bootstrap import build_services
from desktop_helper.core.geometry import Rect
from desktop_helper.core.recording import Ending, Recorded, RecordingProgress
from desktop_helper.services.container import Services
from tests.support import screen_clock
from tests.support.cli_process import run, running
from tests.support.recordings import ended, events_until, offsets, recorder_process, show_clock
from tests.support.videos import decoded, last_time
from tests.support.xrig import XRig, missing_programs, wait_until

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(bool(missing_programs()), reason=f"needs {', '.join(missing_programs())}"),
]

FPS = 30
AREA = Rect(0, 0, 640, 320)


@pytest.fixture(scope="module")
def clock() -> Iterator[XRig]:
    """A desktop with a clock on it."""
    with XRig(800, 600, wm=False) as rig:
        show_clock(rig, AREA.width, AREA.height)
        yield rig


@pytest.fixture
def services(clock: XRig, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    monkeypatch.setenv("DISPLAY", clock.display)
    made = build_services()
    yield made
    made.close()


@pytest.mark.timed
def test_three_seconds(clock: XRig, tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    words = ["--seconds", "3", "--region", "0,0,640,320", "--fps", str(FPS), "--json", "-o", str(file)]
    done = run(tmp_path / "home", "record", *words, DISPLAY=clock.display)
    assert (done.returncode, done.stderr) == (0, "")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    finished = events[-1]
    assert {event["type"] for event in events[:-1]} == {"progress"}
    assert (finished["type"], finished["reason"], finished["file"]) == ("finished", "time", str(file))
    assert (finished["width"], finished["height"], finished["bytes"]) == (640, 320, file.stat().st_size)
    assert finished["delivered"] + finished["dropped"] == 3 * FPS
    assert finished["dropped"] <= 9, "a busy machine may drop some; the bench is strict"
    assert [path.name for path in tmp_path.glob("*.mp4")] == ["a.mp4"]

    video = decoded(file)
    assert (video.codec, video.width, video.height) == ("h264", 640, 320)
    assert video.seconds == pytest.approx(3.0, abs=0.05)
    assert finished["delivered"] - 2 <= len(video.times) <= 3 * FPS
    assert all(later > sooner for sooner, later in itertools.pairwise(video.times))
    late = sorted(offsets(video, finished["began"]))
    # A picture shows what was painted up to one painting before, and half of that again if the machine is busy.
    assert late[len(late) // 20] > -0.01
    assert late[len(late) * 19 // 20] < 1 / screen_clock.PAINTS + 1 / FPS
    for picture in video.pictures:
        x, y = screen_clock.PROBE
        expected = screen_clock.colour_at(screen_clock.read(picture))
        assert picture[y, x].tolist() == pytest.approx(list(expected), abs=6)


def test_a_still_desktop_costs_nearly_nothing(clock: XRig, tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    words = ["--seconds", "2", "--region", "640,320,160,280", "--json", "-o", str(file)]
    done = run(tmp_path / "home", "record", *words, DISPLAY=clock.display)
    finished = json.loads(done.stdout.splitlines()[-1])
    video = decoded(file)
    assert video.seconds == pytest.approx(2.0, abs=0.05)
    assert len(video.times) < 10
    assert finished["delivered"] + finished["dropped"] == 2 * FPS
    assert finished["bytes"] < 20_000


def test_ctrl_c_ends_it_properly(clock: XRig, tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    words = ["record", "--region", "0,0,640,320", "--json", "-o", str(file)]
    with running(tmp_path / "home", *words, DISPLAY=clock.display) as process:
        assert process.stdout is not None
        while json.loads(process.stdout.readline())["seconds"] < 1:
            pass
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=30)
    finished = json.loads(rest.splitlines()[-1])
    assert (process.returncode, errors, finished["reason"]) == (0, "", "stopped")
    assert decoded(file).seconds == pytest.approx(finished["seconds"], abs=0.1)
    assert finished["seconds"] >= 1


@pytest.mark.timed
def test_pause_stop_and_discard(services: Services, tmp_path: Path) -> None:
    recording = services.record(AREA, tmp_path / "a.mp4", fps=FPS)
    try:
        events_until(recording, lambda progress: progress.seconds >= 0.5)
        recording.pause()
        paused = events_until(recording, lambda progress: progress.paused)
        assert isinstance(paused, RecordingProgress)
        later = events_until(recording, lambda progress: True)
        assert later.seconds == paused.seconds
        recording.resume()
        events_until(recording, lambda progress: progress.seconds > paused.seconds + 0.5)
        recording.stop()
        result = ended(recording)
        assert recording.next_event() is result
    finally:
        recording.close()
    video = decoded(tmp_path / "a.mp4")
    assert result.ending is Ending.STOPPED
    assert video.seconds == pytest.approx(result.seconds, abs=0.1)
    # What the clock shows jumps over the pause, the video's own times do not.
    late = offsets(video, result.began)
    assert late[0] - late[-1] > 0.5
    assert max(later - sooner for sooner, later in itertools.pairwise(video.times)) < 0.3

    recording = services.record(AREA, tmp_path / "b.mp4", fps=FPS)
    try:
        events_until(recording, lambda progress: progress.seconds > 0)
        recording.discard()
        assert (ended(recording).file, ended(recording).ending) == (None, Ending.DISCARDED)
    finally:
        recording.close()
    assert [path.name for path in tmp_path.glob("*.mp4")] == ["a.mp4"]


def test_closing_brings_it_to_its_end(services: Services, tmp_path: Path) -> None:
    recording = services.record(AREA, tmp_path / "a.mp4", fps=FPS)
    events_until(recording, lambda progress: progress.seconds > 0.5)
    recording.close()
    assert (decoded(tmp_path / "a.mp4").seconds or 0) > 0.4


def test_limits_of_size_and_of_the_disk(services: Services, tmp_path: Path) -> None:
    recording = services.record(AREA, tmp_path / "a.mp4", fps=FPS, max_bytes=25_000)
    try:
        result = ended(recording)
    finally:
        recording.close()
    assert (result.ending, result.message) == (Ending.SIZE, "")
    assert result.bytes == (tmp_path / "a.mp4").stat().st_size <= 25_000
    assert decoded(tmp_path / "a.mp4").times

    recording = services.record(AREA, tmp_path / "b.mp4", fps=FPS, keep_free=1 << 60)
    try:
        result = ended(recording)
    finally:
        recording.close()
    assert result.ending is Ending.DISK
    assert result.message == "The recording ended before the disk was full."
    assert decoded(tmp_path / "b.mp4").times


def test_a_disk_that_takes_no_more(services: Services, tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    recording = services.record(AREA, file, fps=FPS)
    try:
        process = recorder_process()
        events_until(recording, lambda progress: progress.seconds > 0)
        process.rlimit(psutil.RLIMIT_FSIZE, (25_000, 25_000))
        result = ended(recording)
    finally:
        recording.close()
    assert result.ending is Ending.DISK
    assert result.message == f"The recording ended, since {file} cannot be written: File too large."
    assert result.bytes == file.stat().st_size <= 25_000
    assert result.seconds - decoded(file).times[-1] < 1


def test_a_region_outside_is_refused_and_leaves_nothing(clock: XRig, tmp_path: Path) -> None:
    words = ["record", "--seconds", "1", "--region", "700,500,200,200", "-o", str(tmp_path / "a.mp4")]
    done = run(tmp_path / "home", *words, DISPLAY=clock.display)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
    assert "outside the desktop" in done.stderr
    assert list(tmp_path.glob("*.mp4")) == []


def kill_recorder(services: Services, file: Path, after_s: float) -> float:
    """Kill it with `kill -9`; returns how many seconds of what happened before are missing."""
    recording = services.record(AREA, file, fps=FPS)
    try:
        process = recorder_process()
        first = events_until(recording, lambda progress: progress.seconds > 0)
        time.sleep(after_s)
        killed = screen_clock.now_ms()
        process.kill()
        with pytest.raises(Exception, match="signal 9"):
            ended(recording)
    finally:
        recording.close()
    if not file.exists():  # before the first pictures were on the disk
        return first.seconds + after_s
    video = decoded(file)
    missing = (killed - screen_clock.read(video.pictures[-1])) % screen_clock.SPAN_MS
    return missing / 1000


@pytest.mark.timed
def test_a_killed_recorder_costs_less_than_a_second(services: Services, tmp_path: Path) -> None:
    for number, after_s in enumerate((0.3, 1.1)):
        file = tmp_path / f"{number}.mp4"
        assert kill_recorder(services, file, after_s) < 1
    assert len(list(tmp_path.glob("*.mp4"))) == 2


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_twenty_killed_recorders(services: Services, tmp_path: Path) -> None:
    chance = random.Random(5)
    missing = [kill_recorder(services, tmp_path / f"{n}.mp4", chance.uniform(0, 4)) for n in range(20)]
    print(f"missing seconds: {', '.join(f'{seconds:.2f}' for seconds in sorted(missing))}")
    assert max(missing) < 1


def test_a_still_desktop_is_in_the_file_of_a_killed_recorder(services: Services, tmp_path: Path) -> None:
    """Though nothing changed, the file says how long that was."""
    recording = services.record(Rect(640, 320, 160, 280), tmp_path / "a.mp4", fps=FPS)
    try:
        process = recorder_process()
        progress = events_until(recording, lambda progress: progress.seconds > 2)
        process.kill()
        with pytest.raises(Exception, match="signal 9"):
            ended(recording)
    finally:
        recording.close()
    assert progress.seconds - last_time(tmp_path / "a.mp4") < 1


def test_a_killed_parent_leaves_a_complete_file_and_no_orphan(clock: XRig, tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    words = ["record", "--region", "0,0,640,320", "--json", "-o", str(file)]
    with running(tmp_path / "home", *words, DISPLAY=clock.display) as process:
        assert process.stdout is not None
        child = recorder_process(process.pid)
        while (progress := json.loads(process.stdout.readline()))["seconds"] < 1:
            pass
        process.kill()
        wait_until(file.exists, "the file", 20)
        wait_until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, "the recorder's end", 20)
    assert decoded(file).seconds >= progress["seconds"]
    assert [path.name for path in tmp_path.glob("*.mp4")] == ["a.mp4"]


def test_an_unfinished_file_is_not_written_over(services: Services, tmp_path: Path) -> None:
    (tmp_path / "a.recording.mp4").write_bytes(b"from before")
    recording = services.record(AREA, tmp_path / "a.mp4", seconds=0.2)
    try:
        assert isinstance(ended(recording), Recorded)
    finally:
        recording.close()
    assert (tmp_path / "a.recording.mp4").read_bytes() == b"from before"
    assert decoded(tmp_path / "a.mp4").times
