"""Small videos, sound and hostile, made in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

import av
import cv2
import numpy as np

TONE_HZ = 440
CODECS = {
    "mp4": "libx264",
    "mkv": "libx264",
    "webm": "libvpx",
    "avi": "mpeg4",
    "mov": "libx264",
    "gif": "gif",
    "mpegts": "libx264",
    "flv": "libx264",
}
FORMATS = {"mkv": "matroska"}
COLOURS = ((230, 40, 40), (40, 200, 60), (50, 80, 230))


def painted(colour: tuple[int, int, int], width: int = 320, height: int = 240, words: str = "") -> np.ndarray:
    picture = np.full((height, width, 3), colour, np.uint8)
    cv2.putText(picture, words, (10, height // 2), cv2.FONT_HERSHEY_SIMPLEX, 1, (255, 255, 255), 2)
    return picture


def three_colours(width: int = 320, height: int = 240, rate: int = 10, each_s: int = 1) -> Iterator[np.ndarray]:
    """Red, green, blue, each for so many seconds."""
    for colour in COLOURS:
        yield from [painted(colour, width, height)] * (rate * each_s)


def clip(
    kind: str = "mp4",
    pictures: Sequence[np.ndarray] | None = None,
    rate: int = 10,
    *,
    times_ms: Sequence[int] | None = None,
    sound: bool = False,
    sound_s: float = 0.1,
    turn: int = 0,
    options: dict[str, str] | None = None,
) -> bytes:
    """A video as bytes; without `pictures`, three seconds of red, green and blue."""
    shown = list(pictures) if pictures is not None else list(three_colours(rate=rate))
    buffer = BytesIO()
    with av.open(buffer, "w", format=FORMATS.get(kind, kind), options=options or {}) as container:
        video: Any = container.add_stream(CODECS[kind], rate=1000 if times_ms else rate)
        video.height, video.width = shown[0].shape[:2]
        video.pix_fmt = "rgb8" if kind == "gif" else "yuv420p"
        if turn:
            video.set_display_rotation(turn)
        track: Any = container.add_stream("aac", rate=44100, layout="mono") if sound else None
        for number, picture in enumerate(shown):
            frame = av.VideoFrame.from_ndarray(picture, "rgb24")
            if times_ms:
                frame.pts = times_ms[number]
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if track is not None:
            container.mux(track.encode(_silence(44100, sound_s)))
            container.mux(track.encode(None))
    return buffer.getvalue()


def sound_only(kind: str = "wav") -> bytes:
    """A tenth of a second of silence."""
    buffer = BytesIO()
    with av.open(buffer, "w", format=kind) as container:
        codec = {"wav": "pcm_s16le", "mp3": "mp3", "ogg": "libopus"}[kind]
        track: Any = container.add_stream(codec, rate=48000, layout="mono")
        container.mux(track.encode(_silence(48000)))
        container.mux(track.encode(None))
    return buffer.getvalue()


def tone(seconds: int, kind: str = "wav", *, rate: int = 48000, pause: tuple[float, float] | None = None) -> bytes:
    """A note of `TONE_HZ`, silent in the pause."""
    buffer = BytesIO()
    codec = {"wav": "pcm_s16le", "mp3": "mp3", "ogg": "libopus", "mp4": "aac"}[kind]
    at = np.arange(seconds * rate) / rate
    loud = np.ones(len(at)) if pause is None else (at < pause[0]) | (at >= pause[1])
    wave = (8000 * np.sin(2 * np.pi * TONE_HZ * at) * loud).astype(np.int16)
    with av.open(buffer, "w", format=kind) as container:
        track: Any = container.add_stream(codec, rate=rate, layout="mono")
        for begin in range(0, len(wave), rate):
            frame = av.AudioFrame.from_ndarray(wave[None, begin : begin + rate], "s16", "mono")
            frame.sample_rate, frame.pts = rate, begin
            container.mux(track.encode(frame))
        container.mux(track.encode(None))
    return buffer.getvalue()


def _silence(rate: int = 44100, seconds: float = 0.1) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(np.zeros((1, round(rate * seconds)), np.int16), "s16", "mono")
    frame.sample_rate = rate
    return frame


def playlist(target: str) -> bytes:
    return f"#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{target}\n#EXT-X-ENDLIST\n".encode()
