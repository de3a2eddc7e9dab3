"""A video for servers that read videos: its pictures in an MP4 file, and why it is not sent so if it is not."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import av
import numpy as np
import pytest

from desktop_helper.attachments import _clip_whole, video
from desktop_helper.core.clip_span import Cut, Span
from desktop_helper.core.events import Progress
from desktop_helper.core.messages import CLIP_MIME, NOTE_MIME
from desktop_helper.core.native_video import NativeVideo
from desktop_helper.core.notes import is_marked
from desktop_helper.core.protocols import ConvertOptions
from tests.support.clip_files import clip, three_colours

WISH = NativeVideo()


def converted(data: bytes, wish: NativeVideo | None = WISH, **options):
    return video.HANDLER.convert(data, "a.mp4", ConvertOptions(video=wish, **options))


def looked_at(data: bytes) -> tuple[str, list[str], int, float, tuple[int, int]]:
    """Codec, kinds of tracks, pictures, length and size, by PyAV alone."""
    with av.open(BytesIO(data)) as container:
        stream = container.streams.video[0]
        count = len(list(container.decode(stream)))
        length = float((container.duration or 0) / av.time_base)
        size = stream.codec_context.width, stream.codec_context.height
        return stream.codec_context.name, [one.type for one in container.streams], count, length, size


def test_one_that_is_read_as_it_is_is_copied_without_its_sound() -> None:
    first, *frames = converted(clip("mp4", sound=True))
    assert first.mime == CLIP_MIME
    assert "The server gets the whole video" in first.text
    assert "Its sound is left out" in first.text
    codec, tracks, count, length, size = looked_at(first.data)
    assert (codec, tracks, count, size) == ("h264", ["video"], 30, (320, 240))
    assert length == pytest.approx(3.0, abs=0.15)
    assert all(frame.moment.clip == "a.mp4" for frame in frames)


@pytest.mark.parametrize("kind", ["mkv", "mov"])
def test_another_container_is_no_reason_to_encode_anew(kind: str) -> None:
    assert looked_at(converted(clip(kind))[0].data)[:3] == ("h264", ["video"], 30)


@pytest.mark.parametrize("kind", ["avi"])
def test_what_the_server_does_not_read_is_encoded_with_fewer_pictures(kind: str) -> None:
    told: list[Progress] = []
    data = converted(clip(kind, rate=30), on_progress=told.append)[0].data
    codec, tracks, count, length, size = looked_at(data)
    assert (codec, tracks, size) == ("h264", ["video"], (320, 240))
    assert 3 * _clip_whole.FPS <= count <= 3 * _clip_whole.FPS + 2
    assert length == pytest.approx(3.0, abs=0.4)
    assert [one for one in told if one.message.startswith("Encoding a.mp4, 0:02 of 0:03")]
    with av.open(BytesIO(data)) as container:
        colours = [frame.to_ndarray(format="rgb24").mean(axis=(0, 1)).argmax() for frame in container.decode(video=0)]
    assert colours == sorted(colours), "red, green, blue"


def test_too_large_a_one_is_encoded_anew() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (6, 480, 640, 3), np.uint8)
    large = clip("mp4", list(noise), rate=2)
    wish = NativeVideo(max_mb=max(1, len(large) // 1_000_000 - 1))
    assert len(large) > wish.max_bytes
    first = converted(large, wish)[0]
    assert first.mime == CLIP_MIME
    assert len(first.data) <= wish.max_bytes


@pytest.mark.parametrize(
    ("wish", "cut", "why"),
    [
        (replace(WISH, max_seconds=2), {}, "it is longer than 0:02"),
        (WISH, {"cut": Cut(Span(1.0, 2.0))}, ""),
        (WISH, {"cut": Cut(most_frames=2)}, ""),
        (None, {}, ""),
    ],
)
def test_else_there_are_pictures_and_a_reason(wish, cut, why: str) -> None:
    first, *frames = converted(clip("mp4"), wish, **cut)
    assert first.mime == NOTE_MIME
    assert is_marked(first) is not bool(why), "what was asked for is no warning"
    assert why in first.text
    assert len(frames) >= 2


def test_a_turned_one_goes_as_pictures() -> None:
    first = converted(clip("mp4", turn=90))[0]
    assert (first.mime, "its pictures are turned" in first.text) == (NOTE_MIME, True)


def test_one_that_takes_too_long_goes_as_pictures(monkeypatch) -> None:
    monkeypatch.setattr(_clip_whole, "PATIENCE_S", -1.0)
    first = converted(clip("avi"))[0]
    assert (first.mime, "encoding it takes too long" in first.text) == (NOTE_MIME, True)


def test_large_pictures_are_made_smaller() -> None:
    pictures = list(three_colours(1922, 1080, rate=1))
    assert looked_at(converted(clip("avi", pictures, rate=1))[0].data)[4] == (1280, 720)
