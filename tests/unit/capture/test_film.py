"""Pictures become a video with their times and colours; whatever ends it leaves one that can be played."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from desktop_helper.capture import _sound_track
from desktop_helper.capture._film import Film
from desktop_helper.capture._sound_mix import RATE, silence
from tests.support.sounds import heard, span
from tests.support.videos import decoded, last_time

if TYPE_CHECKING:
    from desktop_helper.capture._sound_mix import Samples

WIDTH, HEIGHT = 64, 48


def picture(blue: int, green: int, red: int) -> bytearray:
    return bytearray(bytes((blue, green, red, 0)) * (WIDTH * HEIGHT))


def noise(seed: int) -> bytearray:
    return bytearray(np.random.default_rng(seed).bytes(WIDTH * HEIGHT * 4))


def test_times_and_colours(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    film = Film(path, WIDTH, HEIGHT, 30)
    shots = [(0.0, (0, 0, 200)), (0.1, (0, 200, 0)), (0.7, (200, 0, 0)), (0.71, (255, 255, 255))]
    for seconds, colour in shots:
        film.add(picture(*colour), seconds)
    film.close(2.0)
    video = decoded(path)
    assert (video.width, video.height, video.codec) == (WIDTH, HEIGHT, "h264")
    assert video.seconds == pytest.approx(2.0, abs=0.01)
    assert video.times[:4] == pytest.approx([0.0, 0.1, 0.7, 0.71], abs=0.001)
    for seconds, colour in shots:
        assert video.at(seconds + 0.005)[20, 20].tolist() == pytest.approx(list(reversed(colour)), abs=4)


def test_two_pictures_at_one_time_are_no_error(tmp_path: Path) -> None:
    film = Film(tmp_path / "a.mp4", WIDTH, HEIGHT, 30)
    for seed in range(5):
        film.add(noise(seed), 1.0)
    film.close(1.0)
    assert len(decoded(tmp_path / "a.mp4").times) == 5


def test_it_never_becomes_larger_than_allowed(tmp_path: Path) -> None:
    for limit in (20_000, 61_234):
        path = tmp_path / f"{limit}.mp4"
        film = Film(path, WIDTH, HEIGHT, 30, limit)
        count = 0
        while not film.full:
            film.add(noise(count), count / 30)
            count += 1
        film.close(count / 30)
        assert limit * 0.5 < path.stat().st_size <= limit
        assert len(decoded(path).times) == film.pictures


def test_it_can_be_played_while_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    film = Film(path, WIDTH, HEIGHT, 30)
    for number in range(90):
        film.add(noise(number), number / 30)
    assert last_time(path) > 2.8
    film.close(3)


def beep(at: float, seconds: float) -> Samples:
    """A tone of 0.2 s in silence."""
    samples = silence(round(seconds * RATE))
    count = RATE // 5
    tone = np.sin(np.arange(count) * (2 * np.pi * 1000 / RATE)) * 0.5
    samples[round(at * RATE) :][:count] = tone[:, None]
    return samples


def film_with_sound(path: Path, samples: Samples, limit: int | None = None) -> Film:
    """Pictures at 30 a second, and the sound of their time after each."""
    film = Film(path, WIDTH, HEIGHT, 30, limit, sound=True)
    step = RATE // 30
    for number in range(len(samples) // step):
        film.add(noise(number), number / 30)
        film.hear(samples[number * step : (number + 1) * step])
    return film


@pytest.mark.parametrize("codec", _sound_track.CODECS)
def test_sound_is_heard_at_its_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, codec: str) -> None:
    monkeypatch.setattr(_sound_track, "CODECS", {codec: _sound_track.CODECS[codec]})
    path = tmp_path / "a.mp4"
    film = film_with_sound(path, beep(1.3, 3.0))
    samples = heard(path)  # as if it had been killed now
    assert len(samples) / RATE > 2.8
    assert span(samples, 1000) == pytest.approx((1.3, 1.5), abs=0.011)
    film.close(3.0)
    assert span(heard(path), 1000) == pytest.approx((1.3, 1.5), abs=0.011)
    video = decoded(path)
    assert video.times == pytest.approx([number / 30 for number in range(90)], abs=0.001)
    assert video.seconds == pytest.approx(3.0, abs=0.02)


def test_it_never_becomes_larger_than_allowed_with_sound(tmp_path: Path) -> None:
    loud = np.random.default_rng(1).uniform(-1, 1, (3 * RATE, 2)).astype(np.float32)
    for limit in (30_000, 61_234, 150_001):
        path = tmp_path / f"{limit}.mp4"
        film = film_with_sound(path, loud, limit)
        assert film.full
        film.close(3.0)
        assert limit * 0.5 < path.stat().st_size <= limit
        assert len(decoded(path).times) == film.pictures
        assert len(heard(path))


def test_sound_without_a_picture_is_not_held_back_for_long(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    film = Film(path, WIDTH, HEIGHT, 30, sound=True)
    film.add(noise(1), 0.0)
    film.hear(beep(1.0, 3.0))
    assert len(heard(path)) / RATE > 2
    film.close(3.0)


@pytest.mark.skipif(sys.platform == "win32", reason="RLIMIT_FSIZE")
@pytest.mark.parametrize("room", [9_000, 30_000])
def test_a_disk_without_room_leaves_whole_fragments(tmp_path: Path, room: int) -> None:
    path = tmp_path / "a.mp4"
    code = f"from tests.unit.capture.test_film import fill; fill({str(path)!r}, {room})"
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[3], capture_output=True, text=True)
    written = int(done.stdout)
    assert path.stat().st_size <= room
    shown = subprocess.run(
        [sys.executable, "-c", f"from tests.support.videos import last_time; print(last_time({str(path)!r}))"],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
    )
    assert shown.stderr == ""  # no decoder complains about half a picture
    assert written / 30 - float(shown.stdout) < 0.4


def fill(path: str, room: int) -> None:
    """Write until the disk is full; in a process of its own, since it stays so. Prints how many pictures that took."""
    resource = importlib.import_module("resource")
    film = Film(Path(path), WIDTH, HEIGHT, 30)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    for number in range(10_000):
        try:
            film.add(noise(number), number / 30)
        except OSError:
            film.abandon()
            print(number, flush=True)
            os._exit(0)
