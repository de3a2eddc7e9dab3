"""One open video: its pictures in order of time or near a time, through PyAV, and nothing but the file itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

import av
import av.error
import av.logging
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from desktop_helper.attachments._clip_kinds import READERS
from desktop_helper.core.clip_span import Span
from desktop_helper.core.processors import processor_count
from desktop_helper.scenes.tiles import Picture, small_size

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

MAX_PIXELS = 40_000_000  # of one picture: a little more than 8K
MANY_PIXELS = 4_000_000
LENGTH_S = 4.0  # of reading, to learn how long a file is that does not say it
STEPS_BACK_S = (0.0, 5.0, 30.0)  # some containers lead to a place behind the picture that was asked for
MOST_FAULTS = 200  # pieces in a row that cannot be decoded
_ATTACHED = 0x400  # AV_DISPOSITION_ATTACHED_PIC: the cover of an album


class NoPictures(Exception):
    """The file holds sound or text only."""


def opened(file: BinaryIO) -> InputContainer:
    """The file, for its tracks. A playlist, or a film that refers to others, gets nothing. Raises what PyAV raises."""
    av.logging.set_level(None)
    file.seek(0)
    options = {"format_whitelist": ",".join(READERS), "protocol_whitelist": ""}
    return av.open(file, "r", container_options=options, io_open=_nothing_else, metadata_errors="replace")


class Clip:
    """An open video. Times are in seconds from its first picture.

    Raises what PyAV raises if the file cannot be opened, or `NoPictures`.

    Args:
        file: stays open, and belongs to the caller.
        one_by_one: each picture is decoded as it is asked for, not ahead on several threads: for jumping to and fro.
    """

    def __init__(self, file: BinaryIO, *, one_by_one: bool = False) -> None:
        self._file, self._one_by_one = file, one_by_one
        self._container, self._stream = self._open()
        self._small: tuple[int, int] | None = None
        self._reformatter = VideoReformatter()
        self._first: float | None = None
        self.broken = False  # whether the reading ended with an error

    def close(self) -> None:
        """Free the decoder."""
        self._container.close()

    @property
    def size(self) -> tuple[int, int]:
        """Pixels of its pictures, as the file says."""
        codec = self._stream.codec_context
        return max(1, codec.width or 0), max(1, codec.height or 0)

    @property
    def codec(self) -> str:
        """What its pictures are encoded with, e.g. `h264`."""
        return str(self._stream.codec_context.name)

    @property
    def stream(self) -> VideoStream:
        """The track that is read."""
        return self._stream

    def packets(self) -> Iterator[Packet[VideoStream]]:
        """The track's pictures as they are in the file, in the order of decoding."""
        for packet in self._container.demux(self._stream):
            if packet.size:  # the last one only says that there is no more
                yield packet

    @property
    def has_sound(self) -> bool:
        """Whether there is a track of sound."""
        return bool(self._container.streams.audio)

    @property
    def has_subtitles(self) -> bool:
        """Whether there is a track of subtitles."""
        return bool(self._container.streams.subtitles)

    @property
    def duration(self) -> float | None:
        """As the file says, in seconds; None if it does not."""
        stream = self._stream
        if stream.duration and stream.time_base:
            return float(stream.duration * stream.time_base)
        return self._container.duration / av.time_base if self._container.duration else None

    @property
    def frames(self) -> int:
        """About how many pictures there are, as the file says; 0 if it does not."""
        rate = self._stream.average_rate or self._stream.guessed_rate
        return self._stream.frames or round((self.duration or 0) * float(rate or 0))

    def look_for_duration(self) -> float:
        """Read on to the end, without decoding, and see how far it goes; for files that do not say it."""
        first, last, begun = None, 0.0, time.monotonic()
        base = float(self._stream.time_base or 0)
        with suppress(av.error.FFmpegError):
            for packet in self._container.demux(self._stream):
                if packet.pts is None:
                    continue
                first = packet.pts if first is None else min(first, packet.pts)
                last = max(last, (packet.pts + (packet.duration or 0) - first) * base)
                if time.monotonic() - begun > LENGTH_S:
                    break
        return last

    def pictures(self) -> Iterator[tuple[float, VideoFrame]]:
        """All from here on, with their times, as far as they can be read. Times always grow."""
        rate = float(self._stream.average_rate or self._stream.guessed_rate or 25) or 25.0
        last: float | None = None
        for frame in self._decoded():
            at = self._time(frame)
            if at is None or (last is not None and at <= last):
                at = 0.0 if last is None else last + 1 / rate
            yield at, frame
            last = at

    def near(self, at: float, *, after: bool = False) -> tuple[float, VideoFrame] | None:
        """The picture at `at` or before it (after it) that can be decoded by itself; None if there is none."""
        base = self._stream.time_base or 1
        with suppress(av.error.FFmpegError):
            self._container.seek(
                round(((self._first or 0.0) + at) / base), stream=self._stream, backward=not after, any_frame=False
            )
            for packet in self._container.demux(self._stream):
                frames = [*_decode(packet), *self._rest()] if packet.is_keyframe else []
                if frames and (time := self._time(frames[0])) is not None:
                    return time, frames[0]
        return None

    def part(self, span: Span) -> Iterator[tuple[float, VideoFrame]]:
        """The pictures that are seen in a part of it. The first one was there before, so its time is the part's."""
        if span.is_whole:
            yield from self.pictures()
            return
        seen: VideoFrame | None = None
        for at, frame in self.from_before(span.start):
            if at <= span.start:
                seen = frame
                continue
            if seen is not None:
                yield span.start, seen
                seen = None
            if span.end is not None and at > span.end:
                return
            yield at, frame
        if seen is not None:
            yield span.start, seen

    def from_before(self, at: float) -> Iterator[tuple[float, VideoFrame]]:
        """The pictures from one that is seen at `at` or before it, also in files that are hard to jump in."""
        found = self.near(0.0) if self._first is None else None  # tells when the video begins
        for back in STEPS_BACK_S if found is not None or self._first is not None else ():
            pictures = self.from_near(max(0.0, at - back))
            first = next(pictures, None)
            if first is not None and first[0] <= at:
                return chain((first,), pictures)
        self._container.close()
        self._container, self._stream = self._open()
        return self.pictures()

    def from_near(self, at: float) -> Iterator[tuple[float, VideoFrame]]:
        """The pictures from the last one before `at` that can be decoded by itself."""
        base = self._stream.time_base or 1
        with suppress(av.error.FFmpegError):
            self._container.seek(round(((self._first or 0.0) + at) / base), stream=self._stream, any_frame=False)
            yield from self.pictures()

    def _open(self) -> tuple[InputContainer, VideoStream]:
        container = opened(self._file)
        try:
            stream = _best(container)
            codec, alone = stream.codec_context, self._one_by_one
            codec.options = {"max_pixels": str(MAX_PIXELS)}
            codec.thread_count = 1 if alone else min(2 if _pixels(codec) > MANY_PIXELS else 4, processor_count())
            codec.thread_type = "SLICE" if alone else "AUTO"
        except BaseException:
            container.close()
            raise
        return container, stream

    def small(self, frame: VideoFrame) -> Picture:
        """The small grey picture that changes are looked for in; of the same size for all."""
        if self._small is None:
            self._small = small_size(frame.width, frame.height)
        width, height = self._small
        grey = self._reformatter.reformat(frame, width, height, "gray", interpolation=Interpolation.AREA)
        return np.asarray(grey.to_ndarray(), np.uint8)

    def sized(self, frame: VideoFrame, width: int, height: int) -> np.ndarray[Any, Any]:
        """The picture as RGB, `width` x `height` pixels."""
        way = Interpolation.AREA if width < frame.width else Interpolation.BICUBIC
        return np.asarray(self._reformatter.reformat(frame, width, height, "rgb24", interpolation=way).to_ndarray())

    def shape(self, frame: VideoFrame) -> tuple[int, int]:
        """Its size as it is to be seen, before it is turned: pixels of some videos are not square."""
        aspect = self._stream.sample_aspect_ratio
        ratio = float(aspect) if aspect and 0.1 < aspect < 10 else 1.0
        return max(1, round(frame.width * ratio)), frame.height

    def _time(self, frame: VideoFrame) -> float | None:
        base = frame.time_base or self._stream.time_base  # one that the decoder is asked for at the end has none
        if frame.pts is None or base is None:
            return None
        time = float(frame.pts * base)
        if self._first is None:
            self._first = time
        return time - self._first

    def _decoded(self) -> Iterator[VideoFrame]:
        faults = 0
        try:
            for packet in self._container.demux(self._stream):
                frames = _decode(packet)
                yield from frames
                faults = 0 if frames or packet.dts is None else faults + 1
                if faults > MOST_FAULTS:
                    raise av.error.InvalidDataError(0, "nothing can be decoded")
        except av.error.MemoryError:
            raise
        except av.error.FFmpegError:
            self.broken = True

    def _rest(self) -> list[VideoFrame]:
        with suppress(av.error.FFmpegError):
            return self._stream.decode(None)
        return []


def _decode(packet: Packet[VideoStream]) -> list[VideoFrame]:
    try:
        return packet.decode()
    except av.error.MemoryError:
        raise
    except av.error.FFmpegError:
        return []  # one spoiled piece; the next ones may be sound


def _best(container: InputContainer) -> VideoStream:
    films = [stream for stream in container.streams.video if not int(stream.disposition) & _ATTACHED]
    if not films and (container.streams.audio or container.streams.video):
        raise NoPictures
    if not films:
        raise av.error.InvalidDataError(0, "it names no track")  # its index is missing
    return max(films, key=lambda stream: (_pixels(stream.codec_context), -stream.index))


def _pixels(codec: Any) -> int:
    return int((codec.width or 0) * (codec.height or 0))


def _nothing_else(url: str, _flags: int, _options: dict[str, str]) -> NoReturn:
    raise PermissionError("a video may not open anything else")
