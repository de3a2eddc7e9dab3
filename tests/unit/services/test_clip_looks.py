"""Looking at single pictures of a video: at their times, turned as they are to be seen, and never in this process."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from desktop_helper.core.child import child_argv
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.services.clip_looks import ClipLooks, Look
from tests.support import clip_files, sample_files
from tests.support.clip_files import COLOURS, clip, painted

ROOM = (200, 200)
WORKER = child_argv("desktop_helper.attachments._worker")


@pytest.fixture
def open_looks(tmp_path: Path) -> Iterator:
    made: list[ClipLooks] = []

    def begin(data: bytes, name: str = "a.mkv") -> ClipLooks:
        path = tmp_path / name
        path.write_bytes(data)
        made.append(ClipLooks(WORKER, tmp_path, path))
        return made[-1]

    yield begin
    for looks in made:
        looks.close()


def colour(look: Look) -> int:
    pixel = np.asarray(sample_files.decoded(look.data).convert("RGB"))[10, 10].astype(int)
    return min(range(3), key=lambda n: int(np.abs(np.array(COLOURS[n]) - pixel).sum()))


@pytest.mark.parametrize("kind", clip_files.CODECS)
def test_what_is_seen_at_a_time_and_until_when(open_looks, kind: str) -> None:
    """Red until 1, green until 2, blue until 3; ten a second."""
    looks = open_looks(clip(kind), f"a.{kind}")
    about = looks.about()
    assert (about.width, about.height) == (320, 240)
    assert about.duration == pytest.approx(3, abs=0.25)
    for at, shown in ((0.0, 0), (2.55, 2), (0.95, 0), (1.0, 1), (1.95, 1), (2.85, 2), (0.0, 0)):
        look = looks.exact(at, ROOM)
        assert look.at <= at + 1e-3
        assert look.until is not None
        assert look.until > at
        assert look.until - look.at == pytest.approx(0.1, abs=0.002)
        assert colour(look) == shown, at
    assert looks.exact(99, ROOM).until is None
    assert sample_files.decoded(looks.exact(0, ROOM).data).size == (200, 150)


def test_stepping_frame_by_frame_comes_by_every_picture_both_ways(open_looks) -> None:
    shown = [painted(COLOURS[n % 3], words=str(n)) for n in range(40)]
    looks = open_looks(clip("mkv", shown, 10))
    there, at = [], 0.0
    while True:
        look = looks.exact(at, ROOM)
        there.append(round(look.at, 3))
        if look.until is None:
            break
        at = look.until
    assert there == [n / 10 for n in range(40)]
    back = [there[-1]]
    while back[-1] > 0:
        back.append(round(looks.exact(back[-1] - 0.001, ROOM).at, 3))
    assert back == there[::-1]


def test_pictures_near_a_time_are_spread_over_a_long_video(open_looks) -> None:
    shown = [painted(COLOURS[n // 100]) for n in range(300)]
    looks = open_looks(clip("mkv", shown, 1))
    assert [colour(looks.near(at, 20, ROOM)) for at in (10, 290, 150)] == [0, 2, 1]
    assert [looks.near(at, 95, ROOM).at for at in (10, 290)] == [0, 200], "what can be decoded by itself is near enough"


def test_a_turned_video_is_seen_upright(open_looks) -> None:
    looks = open_looks(clip("mp4", [painted(COLOURS[0])] * 3, turn=90), "a.mp4")
    about = looks.about()
    assert (about.width, about.height) == (240, 320)
    assert sample_files.decoded(looks.exact(0, ROOM).data).size == (150, 200)


def test_a_single_picture_is_a_video_too(open_looks) -> None:
    looks = open_looks(clip("mkv", [painted(COLOURS[1])]))
    assert looks.about().duration == pytest.approx(0, abs=0.2)
    look = looks.exact(0, ROOM)
    assert (look.at, look.until, colour(look)) == (0, None, 1)


def test_the_length_of_a_recording_that_was_killed_is_found(open_looks) -> None:
    rich = [np.random.default_rng(n // 10).integers(0, 255, (240, 320, 3), np.uint8) for n in range(60)]
    data = clip("mkv", rich)
    looks = open_looks(data[: len(data) // 2])
    assert 1 < looks.about().duration < 7


@pytest.mark.parametrize("data", [b"", b"\0\1\2" * 500, clip_files.sound_only()])
def test_what_is_no_video_is_a_sentence(open_looks, data: bytes) -> None:
    with pytest.raises(HelperError, match=r"a.mkv is damaged") as caught:
        open_looks(data).about()
    assert caught.value.kind is ErrorKind.SOURCE


def test_a_file_that_is_gone_is_a_sentence(open_looks, tmp_path: Path) -> None:
    looks = open_looks(clip("mkv"))
    (tmp_path / "a.mkv").unlink()
    with pytest.raises(HelperError, match="There is no file"):
        looks.about()


@pytest.mark.timed
def test_closing_ends_what_is_under_way(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    path.write_bytes(clip("mkv"))
    looks = ClipLooks(child_argv("tests.support.deaf_child"), tmp_path, path)
    found: list[HelperError] = []

    def look() -> None:
        try:
            looks.about()
        except HelperError as error:
            found.append(error)

    thread = threading.Thread(target=look)
    thread.start()
    time.sleep(0.3)
    begun = time.monotonic()
    looks.close()
    thread.join(5)
    assert time.monotonic() - begun < 1
    assert found[0].kind is ErrorKind.CANCELLED


def test_one_that_says_nothing_or_nonsense_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    path.write_bytes(clip("mkv"))
    deaf = ClipLooks(child_argv("tests.support.deaf_child"), tmp_path, path, time_limit_s=0.5)
    liar = ClipLooks(child_argv("tests.support.deaf_child", "lie"), tmp_path, path)
    nowhere = ClipLooks(child_argv("tests.support.deaf_child", "nan"), tmp_path, path)
    try:
        with pytest.raises(HelperError, match="it took too long"):
            deaf.about()
        with pytest.raises(HelperError, match="it sent something unreadable"):
            liar.about()
        with pytest.raises(HelperError, match="it sent something unreadable"):
            liar.exact(0, ROOM)
        assert liar._child._child is None, "it is asked nothing any more"
        with pytest.raises(HelperError, match="it sent something unreadable"):
            nowhere.exact(0, ROOM)
    finally:
        for each in (deaf, liar, nowhere):
            each.close()
