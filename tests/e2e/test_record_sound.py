"""Recordings with the sound of a real PipeWire: what was played is heard, at its second, whatever ends them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_helper.bootstrap import build_services
from desktop_helper.core.geometry import Rect
from desktop_helper.core.recording import Ending, Recorded
from desktop_helper.services.container import Services
from tests.support.cli_process import run, running
from tests.support.recordings import ended, events_until, recorder_process
from tests.support.sound_rig import MICROPHONE, SPEAKERS, SoundRig, sound_rig
from tests.support.sounds import heard, loudness, span
from tests.support.videos import decoded, last_time
from tests.support.xrig import XRig, missing_programs

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(bool(missing_programs()), reason=f"needs {', '.join(missing_programs())}"),
]

AREA = Rect(0, 0, 160, 120)


@pytest.fixture(scope="module")
def desktop() -> Iterator[XRig]:
    with XRig(320, 240, wm=False) as rig:
        yield rig


@pytest.fixture(scope="module")
def sound() -> Iterator[SoundRig]:
    with sound_rig(microphone=True) as rig:
        yield rig


@pytest.fixture
def services(desktop: XRig, sound: SoundRig, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    monkeypatch.setenv("DISPLAY", desktop.display)
    for name, value in sound.variables.items():
        monkeypatch.setenv(name, value)
    made = build_services()
    yield made
    made.close()


def test_a_tone_is_heard_when_it_was_played(desktop: XRig, sound: SoundRig, tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    words = ["record", "--seconds", "3.5", "--region", "0,0,160,120", "--system-sound", "--json", "-o", str(file)]
    tone = sound.tone(1000, 0.5)
    with running(tmp_path / "home", *words, DISPLAY=desktop.display, **sound.variables) as process:
        assert process.stdout is not None
        while json.loads(process.stdout.readline())["seconds"] < 0.5:
            pass
        started = time.time()
        assert sound.play(tone).wait(20) == 0
        over = time.time()
        rest, errors = process.communicate(timeout=30)
    finished = json.loads(rest.splitlines()[-1])
    assert (process.returncode, errors, finished["sound"], finished["sound_problem"]) == (0, "", True, "")
    samples = heard(file)
    begin, end = span(samples, 1000)
    # On a busy machine the sound server itself may pause in it, which is in the recording as it was to be heard.
    assert 0.47 < end - begin < 0.65
    assert (loudness(samples, 1000) > 0.05).sum() / 100 == pytest.approx(0.5, abs=0.03)
    assert started - finished["began"] - 0.02 < begin < over - finished["began"] - 0.5 + 0.05
    assert loudness(samples, 1000)[: int(begin * 100) - 1].max() < 0.05, "and nothing before"
    assert len(samples) / 48_000 == pytest.approx(3.5, abs=0.05)
    assert decoded(file).seconds == pytest.approx(3.5, abs=0.05)


def test_both_are_mixed_and_a_pause_is_left_out(services: Services, sound: SoundRig, tmp_path: Path) -> None:
    recording = services.record(AREA, tmp_path / "a.mp4", microphone=True, system_sound=True)
    try:
        first = events_until(recording, lambda progress: progress.seconds >= 0.3)
        assert not isinstance(first, Recorded)
        assert first.microphone
        said, played = sound.play(sound.tone(700), MICROPHONE), sound.play(sound.tone(1900), SPEAKERS)
        assert (said.wait(20), played.wait(20)) == (0, 0)
        recording.pause()
        events_until(recording, lambda progress: progress.paused)
        assert sound.play(sound.tone(3100), SPEAKERS).wait(20) == 0
        recording.resume()
        paused = events_until(recording, lambda progress: not progress.paused).seconds
        assert sound.play(sound.tone(4300), SPEAKERS).wait(20) == 0
        events_until(recording, lambda progress: progress.seconds > paused + 0.5)
        recording.stop()
        result = ended(recording)
    finally:
        recording.close()
    assert (result.ending, result.sound, result.sound_problem) == (Ending.STOPPED, True, "")
    samples = heard(tmp_path / "a.mp4")
    for hertz in (700, 1900, 4300):
        begin, end = span(samples, hertz)
        assert end - begin == pytest.approx(0.5, abs=0.04)
    assert span(samples, 1900)[1] < span(samples, 4300)[0]
    assert loudness(samples, 3100).max() < 0.05, "it was paused"
    assert len(samples) / 48_000 == pytest.approx(result.seconds, abs=0.05)


def test_a_killed_recorder_costs_less_than_a_second_of_sound(
    services: Services, sound: SoundRig, tmp_path: Path
) -> None:
    file = tmp_path / "a.mp4"
    playing = sound.play(sound.tone(1000, 20.0))
    recording = services.record(AREA, file, system_sound=True)
    try:
        process = recorder_process()
        progress = events_until(recording, lambda progress: progress.seconds > 2)
        process.kill()
        with pytest.raises(Exception, match="signal 9"):
            ended(recording)
    finally:
        recording.close()
        playing.kill()
    assert progress.seconds - span(heard(file), 1000)[1] < 1
    assert progress.seconds - last_time(file) < 1


def test_the_limit_of_size_holds_with_sound(services: Services, sound: SoundRig, tmp_path: Path) -> None:
    recording = services.record(AREA, tmp_path / "a.mp4", max_bytes=60_000, system_sound=True)
    try:
        result = ended(recording)
    finally:
        recording.close()
    assert result.ending is Ending.SIZE
    assert result.bytes == (tmp_path / "a.mp4").stat().st_size <= 60_000
    assert len(heard(tmp_path / "a.mp4")) > 48_000 / 2


def test_where_pipewire_does_not_run_it_goes_on_without_sound_and_says_so(desktop: XRig, tmp_path: Path) -> None:
    nowhere = {"XDG_RUNTIME_DIR": str(tmp_path), "PIPEWIRE_RUNTIME_DIR": str(tmp_path)}
    words = ["--seconds", "0.5", "--region", "0,0,160,120", "--microphone", "-o", str(tmp_path / "a.mp4")]
    done = run(tmp_path / "home", "record", *words, DISPLAY=desktop.display, **nowhere)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("The microphone was not recorded. ")
    assert "PipeWire" in done.stderr
    assert decoded(tmp_path / "a.mp4").seconds == pytest.approx(0.5, abs=0.05)


def test_without_a_microphone_the_loudspeakers_do_not_stand_in(desktop: XRig, tmp_path: Path) -> None:
    with sound_rig() as sound:
        words = ["--seconds", "0.5", "--region", "0,0,160,120", "--microphone", "--json", "-o", str(tmp_path / "a.mp4")]
        done = run(tmp_path / "home", "record", *words, DISPLAY=desktop.display, **sound.variables)
    finished = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode, finished["sound"]) == (0, False)
    assert finished["sound_problem"].startswith("The microphone was not recorded. There is no microphone.")


@pytest.mark.parametrize("what", ["the microphone", "PipeWire"])
def test_sound_that_ends_is_told_and_the_pictures_go_on(desktop: XRig, tmp_path: Path, what: str) -> None:
    file = tmp_path / "a.mp4"
    words = ["record", "--seconds", "4", "--region", "0,0,160,120", "--microphone", "--json", "-o", str(file)]
    with (
        sound_rig(microphone=True) as sound,
        running(tmp_path / "home", *words, DISPLAY=desktop.display, **sound.variables) as process,
    ):
        assert process.stdout is not None
        playing = sound.play(sound.tone(1000, 20.0))  # the loudspeakers, which must not be heard
        while (progress := json.loads(process.stdout.readline()))["seconds"] < 0.3:
            pass
        assert progress["microphone"]
        assert sound.play(sound.tone(700, 0.5), MICROPHONE).wait(20) == 0
        if what == "PipeWire":
            sound.crash()
        else:
            sound.unplug()
        rest, errors = process.communicate(timeout=30)
        playing.kill()
    progress, finished = [json.loads(line) for line in rest.splitlines()[-2:]]
    assert (process.returncode, errors, finished["reason"], finished["sound"]) == (0, "", "time", True)
    assert not progress["microphone"], "it says that it is on only while it is"
    assert finished["sound_problem"].startswith("The microphone is silent from some time on")
    samples = heard(file)
    assert span(samples, 700)[1] < 3.5
    assert loudness(samples, 1000).max() < 0.05
    assert len(samples) / 48_000 == pytest.approx(4, abs=0.05)
    assert decoded(file).seconds == pytest.approx(4, abs=0.05)
