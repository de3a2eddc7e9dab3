"""A video as a server gets it that reads videos: one track of pictures in an MP4 file, without sound and other data.

One that such a server reads already is copied into it; every other one is encoded anew, with as many pictures a second
as the models look at.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO

import av
import av.error

from desktop_helper.attachments._clip import Clip
from desktop_helper.core.clips import clock
from desktop_helper.core.i18n import tr
from desktop_helper.core.native_video import NativeVideo

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

FPS = 6  # GLM-V looks at three a second, in pairs
LONG_SIDE = 1280  # pixels
PATIENCE_S = 25.0  # of the minute that the converter has for a file
_TICKS = 1000  # a second
_ENCODER = {"preset": "veryfast", "crf": "28"}

Tell = Callable[[float, float], None]


class UnfitError(Exception):
    """It cannot be sent whole; says why, as a sentence for the user."""


def whole(file: BinaryIO, name: str, wish: NativeVideo, duration: float, tell: Tell) -> bytes:
    """The MP4 file. Raises `UnfitError`, or what PyAV raises.

    Args:
        file: stays open.
        name: of the video.
        wish: what the server takes.
        duration: of the video, in seconds.
        tell: gets the second that is encoded, and the duration.
    """
    if duration > wish.max_seconds:
        limit = clock(wish.max_seconds)
        raise UnfitError(tr("{name} is sent as single pictures: it is longer than {limit}.", name=name, limit=limit))
    if _is_odd(file):
        raise UnfitError(tr("{name} is sent as single pictures: its pictures are turned.", name=name))
    made = _copied(file, wish)
    if made is None:
        made = _encoded(file, name, duration, tell)
    if len(made) > wish.max_bytes:
        raise UnfitError(
            tr("{name} is sent as single pictures: it is larger than {limit} MB.", name=name, limit=wish.max_mb)
        )
    return made


def _is_odd(file: BinaryIO) -> bool:
    """Whether its pictures must be turned or stretched to be seen right, which not every server does."""
    clip = Clip(file, one_by_one=True)
    try:
        frame = next((frame for _at, frame in clip.pictures()), None)
        return frame is None or bool(frame.rotation % 360) or clip.shape(frame) != (frame.width, frame.height)
    finally:
        clip.close()


def _copied(file: BinaryIO, wish: NativeVideo) -> bytes | None:
    """The track as it is; None if the server does not read it so, or it is too large."""
    clip, out = Clip(file), BytesIO()
    try:
        if clip.codec not in wish.codecs:
            return None
        with av.open(out, "w", format="mp4") as made:
            track = made.add_stream_from_template(clip.stream)
            for packet in _in_order(clip.packets()):
                packet.stream = track
                made.mux(packet)
                if out.tell() > wish.max_bytes:
                    return None
    finally:
        clip.close()
    return out.getvalue()


def _in_order(packets: Iterator[Packet[VideoStream]]) -> Iterator[Packet[VideoStream]]:
    """With a time of decoding for each: Matroska does not tell that of the first ones."""
    waiting: list[Packet[VideoStream]] = []
    for packet in packets:
        if packet.dts is None:
            waiting.append(packet)
            continue
        for place, earlier in enumerate(waiting):
            earlier.dts = packet.dts - (len(waiting) - place) * max(1, earlier.duration or 1)
        yield from waiting
        waiting = []
        yield packet
    if waiting:
        raise av.error.InvalidDataError(0, "nothing tells when its pictures are decoded")


def _encoded(file: BinaryIO, name: str, duration: float, tell: Tell) -> bytes:
    clip, out = Clip(file), BytesIO()
    until = time.monotonic() + PATIENCE_S
    try:
        width, height = _size(*clip.size)
        with av.open(out, "w", format="mp4") as made:
            track: Any = made.add_stream("libx264", rate=FPS, options=dict(_ENCODER))
            track.width, track.height, track.pix_fmt = width, height, "yuv420p"
            track.codec_context.time_base = Fraction(1, _TICKS)
            for at, frame in _thinned(clip):
                picture = frame.reformat(width, height, "yuv420p")
                picture.pts, picture.time_base = round(at * _TICKS), Fraction(1, _TICKS)
                made.mux(track.encode(picture))
                tell(at, duration)
                if time.monotonic() > until:
                    raise UnfitError(tr("{name} is sent as single pictures: encoding it takes too long.", name=name))
            made.mux(track.encode(None))
    finally:
        clip.close()
    return out.getvalue()


def _thinned(clip: Clip) -> Iterator[tuple[float, VideoFrame]]:
    """As many a second as are looked at, and the last one."""
    due, left = 0.0, None
    for at, frame in clip.pictures():
        left = (at, frame)
        if at >= due:
            yield at, frame
            due, left = (math.floor(at * FPS + 0.02) + 1) / FPS - 0.002, None
    if left is not None:
        yield left


def _size(width: int, height: int) -> tuple[int, int]:
    """No side longer than `LONG_SIDE`, both even."""
    scale = min(1.0, LONG_SIDE / max(width, height))
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)
