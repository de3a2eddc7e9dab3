"""The last seconds of pictures: what a clip shows, what is forgotten, and that nothing is in a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_helper.capture._reel import KEY_FRAME_S, Reel
from tests.support.videos import Video, decoded

WIDTH, HEIGHT = 64, 48


def reel(seconds: float = 30.0, max_bytes: int = 10_000_000) -> Reel:
    return Reel(WIDTH, HEIGHT, 5, seconds, max_bytes)


def grey(level: int) -> bytearray:
    return bytearray(bytes((level, level, level, 0)) * (WIDTH * HEIGHT))


def noise(seed: int) -> bytearray:
    return bytearray(np.random.default_rng(seed).bytes(WIDTH * HEIGHT * 4))


def video(clip: bytes, folder: Path) -> Video:
    path = folder / "clip.mp4"
    path.write_bytes(clip)
    return decoded(path)


def shade(found: Video, second: float) -> int:
    return int(found.at(second)[20, 20].mean())


def test_a_clip_has_the_pictures_at_their_times_and_ends_now(tmp_path: Path) -> None:
    made = reel()
    for seconds, level in ((0.0, 20), (0.6, 120), (1.2, 220)):
        made.add(grey(level), seconds)
    found = video(made.clip(2.0), tmp_path)
    assert (found.width, found.height, found.codec) == (WIDTH, HEIGHT, "h264")
    assert found.times == pytest.approx([0.0, 0.6, 1.2, 2.0], abs=0.001)
    assert [shade(found, second) for second in (0.3, 0.9, 1.5)] == pytest.approx([20, 120, 220], abs=3)


def test_only_the_last_seconds_are_left(tmp_path: Path) -> None:
    made = reel(10)
    for number in range(200):
        made.add(grey(50 + number), number / 5)
    found = video(made.clip(40.0), tmp_path)
    assert 10 <= (found.seconds or 0) <= 10 + KEY_FRAME_S + 0.3
    first = 40 - found.times[-1]
    assert shade(found, 0) == pytest.approx(50 + first * 5, abs=4), "it begins with what was seen then"
    assert shade(found, 5) == pytest.approx(50 + (first + 5) * 5, abs=4)


def test_a_desktop_that_stands_still_costs_nothing_and_is_seen_all_the_while(tmp_path: Path) -> None:
    made = reel(10)
    made.add(grey(100), 0.0)
    made.add(grey(200), 0.4)
    for tenth in range(6, 3000):
        made.rest(tenth / 10)
    assert made.size < 2000
    found = video(made.clip(300.0), tmp_path)
    assert found.seconds == pytest.approx(10, abs=0.5)
    assert [shade(found, second) for second in (0.0, 5.0, 9.9)] == pytest.approx([200] * 3, abs=3)


def test_what_was_seen_before_a_long_rest_is_not_in_the_clip_for_longer_than_a_tick(tmp_path: Path) -> None:
    """It never rested, as far as the reel was told: its key frame is needed, but not seen."""
    made = reel(10)
    made.add(grey(100), 0.0)
    made.add(grey(200), 0.4)
    found = video(made.clip(300.0), tmp_path)
    assert found.seconds == pytest.approx(10, abs=0.5)
    assert shade(found, 0.01) == pytest.approx(200, abs=3)


def test_it_goes_on_after_a_clip(tmp_path: Path) -> None:
    made = reel()
    made.add(grey(20), 0.0)
    first = made.clip(1.0)
    made.add(grey(220), 2.0)
    assert shade(video(first, tmp_path), 0.9) == pytest.approx(20, abs=3)
    found = video(made.clip(3.0), tmp_path)
    assert [shade(found, second) for second in (1.5, 2.5)] == pytest.approx([20, 220], abs=3)


def test_no_picture_no_clip() -> None:
    made = reel()
    made.rest(1.0)
    assert made.clip(2.0) == b""


def test_it_never_takes_more_than_allowed() -> None:
    made = reel(1000, max_bytes=200_000)
    for number in range(400):
        made.add(noise(number), number / 5)
        assert made.size < 200_000 + 120_000, "at most one group more, the one that grows"
    assert made.size > 50_000


@settings(max_examples=25, deadline=None)
@given(
    gaps=st.lists(st.floats(0.05, 8.0), min_size=1, max_size=40),
    kept=st.floats(1.0, 20.0),
    after=st.floats(0.0, 30.0),
)
def test_whatever_the_times_are_the_clip_shows_each_second_what_was_there(
    tmp_path_factory: pytest.TempPathFactory, gaps: list[float], kept: float, after: float
) -> None:
    made, now, seen = reel(kept), 0.0, []
    for number, gap in enumerate(gaps):
        level = 40 + (number * 37) % 180
        made.add(grey(level), now)
        seen.append((now, level))
        now += gap
    end = now + after
    found = video(made.clip(end), tmp_path_factory.mktemp("clip"))
    begin = end - found.times[-1]
    assert begin <= end - min(kept, end) + 0.001
    for at in np.linspace(max(begin + 0.01, 0.0), end - 0.001, 9):
        if any(abs(at - time) < 0.002 for time, _ in seen):
            continue  # on the very edge between two
        wanted = [level for time, level in seen if time <= at][-1]
        assert shade(found, at - begin) == pytest.approx(wanted, abs=6)
