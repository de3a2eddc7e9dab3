"""Videos by FFmpeg's encoders in its containers: a second of red, then of green, then of blue."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from io import BytesIO
from typing import Any

import av
import numpy as np

from tests.support.corpus.entry import Colour, Entry

os.environ.setdefault("SVT_LOG", "1")  # else the AV1 encoder tells about itself
RED, GREEN, BLUE = (230, 40, 40), (40, 200, 60), (50, 80, 230)
RATE = 10


@dataclass(frozen=True)
class Film:
    """How one is written.

    Args:
        name: the file's.
        container: FFmpeg's name of it.
        codec: of the pictures.
        pixels: their layout.
        size: of the pictures.
        rate: pictures in a second.
        seconds: how long each colour stays.
        sound: the codec of a track with silence, if there is one.
        bits: a second.
    """

    name: str
    container: str
    codec: str
    pixels: str = "yuv420p"
    size: tuple[int, int] = (176, 144)
    rate: Fraction = Fraction(RATE)
    seconds: int = 1
    sound: str = ""
    bits: int = 400_000


FILMS = (
    Film("h264.mp4", "mp4", "libx264", sound="aac"),
    Film("h265.mp4", "mp4", "libx265"),
    Film("av1.mp4", "mp4", "libsvtav1"),
    Film("part2.mp4", "mp4", "mpeg4"),
    Film("phone.3gp", "3gp", "h263"),
    Film("apple.m4v", "ipod", "libx264"),
    Film("h264.mov", "mov", "libx264"),
    Film("prores.mov", "mov", "prores_ks", "yuv422p10le"),
    Film("photo.mov", "mov", "mjpeg", "yuvj420p"),
    Film("rle.mov", "mov", "qtrle", "rgb24"),
    Film("deep.mkv", "matroska", "libx264", "yuv420p10le"),
    Film("full.mkv", "matroska", "libx264", "yuv444p"),
    Film("lossless.mkv", "matroska", "ffv1"),
    Film("vp9.mkv", "matroska", "libvpx-vp9", sound="libopus"),
    Film("odd.mkv", "matroska", "libx264", "yuv444p", size=(175, 143)),
    Film("slow.mkv", "matroska", "libx264", rate=Fraction(2), seconds=2),
    Film("ntsc.mkv", "matroska", "libx264", rate=Fraction(30000, 1001)),
    Film("vp8.webm", "webm", "libvpx"),
    Film("vp9.webm", "webm", "libvpx-vp9"),
    Film("av1.webm", "webm", "libsvtav1"),
    Film("old.avi", "avi", "mpeg4", sound="mp3"),
    Film("photo.avi", "avi", "mjpeg", "yuvj420p"),
    Film("huff.avi", "avi", "huffyuv", "rgb24"),
    Film("raw.avi", "avi", "rawvideo", "bgr24"),
    Film("screen.avi", "avi", "zmbv", "bgr0"),
    Film("older.avi", "avi", "msmpeg4v2"),
    Film("windows.wmv", "asf", "wmv2", sound="wmav2"),
    Film("flash.flv", "flv", "flv"),
    Film("camera.flv", "flv", "libx264"),
    Film("disc.mpg", "mpeg", "mpeg1video", rate=Fraction(25)),
    Film("dvd.vob", "vob", "mpeg2video", rate=Fraction(25)),
    Film("sky.m2ts", "mpegts", "libx264"),
    Film("stream.ts", "mpegts", "mpeg2video", rate=Fraction(25)),
    Film("studio.mxf", "mxf", "mpeg2video", rate=Fraction(25)),
    Film("real.rm", "rm", "rv10"),
    Film("free.nut", "nut", "mpeg4"),
    Film("bare.ivf", "ivf", "libvpx"),
    Film("bare.h264", "h264", "libx264"),
    Film("bare.y4m", "yuv4mpegpipe", "wrapped_avframe"),
    Film("tape.dv", "dv", "dvvideo", "yuv420p", size=(720, 576), rate=Fraction(25)),
    Film("moving.gif", "gif", "gif", "rgb8"),
    Film("moving.apng", "apng", "apng", "rgb24"),
)


def written(film: Film) -> bytes:
    """Its bytes."""
    buffer = BytesIO()
    with _kept_scheduling(), av.open(buffer, "w", format=film.container) as container:
        video: Any = container.add_stream(film.codec, rate=film.rate)
        video.width, video.height = film.size
        video.pix_fmt, video.bit_rate = film.pixels, film.bits
        track: Any = container.add_stream(film.sound, rate=44100) if film.sound and film.sound != "libopus" else None
        if film.sound == "libopus":
            track = container.add_stream("libopus", rate=48000)
        if track is not None:
            track.bit_rate = 96_000
        for colour in (RED, GREEN, BLUE):
            for _ in range(max(1, round(film.rate * film.seconds))):
                container.mux(video.encode(_frame(colour, film)))
        container.mux(video.encode(None))
        if track is not None:
            _silence(container, track)
    return buffer.getvalue()


@contextmanager
def _kept_scheduling() -> Iterator[None]:
    """The AV1 encoder gives its caller the highest real-time priority where it may, as root may, and leaves it so.

    Busy children of such a process keep everything from running, the process itself as well.
    """
    if not hasattr(os, "sched_getscheduler"):
        yield
        return
    policy, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
    yield
    os.sched_setscheduler(0, policy, parameters)


def _frame(colour: Colour, film: Film) -> av.VideoFrame:
    width, height = film.size
    picture = np.empty((height, width, 3), np.uint8)
    picture[:] = colour
    return av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format=film.pixels)


def _silence(container: Any, track: Any) -> None:
    rate = track.codec_context.sample_rate
    resampler = av.AudioResampler(
        track.codec_context.format, track.codec_context.layout, rate, track.frame_size or 1024
    )
    frame = av.AudioFrame.from_ndarray(np.zeros((1, rate), np.int16), "s16", "mono")
    frame.sample_rate = rate
    for piece in [*resampler.resample(frame), *resampler.resample(None)]:
        container.mux(track.encode(piece))
    container.mux(track.encode(None))


def _kind(film: Film) -> str:
    return "an animation" if film.container in ("gif", "apng") else "a video"


def entries() -> list[Entry]:
    """All of them."""
    seen = ((0, ((0.5, 0.5, RED),)),)
    more: dict[str, Any] = {"within": 45, "needs": ("av",)}
    return [
        Entry(
            film.name,
            "FFmpeg",
            partial(written, film),
            notes=(f"{film.name} is {_kind(film)} of", *(("Its sound is left out",) if film.sound else ())),
            later=(*seen, (-1, ((0.5, 0.5, BLUE),))),
            **more,
        )
        for film in FILMS
    ]
