"""The last seconds of pictures of one size, encoded, in memory: nothing of them is ever in a file.

They are kept in groups that begin with a key frame and can be decoded by themselves, so the oldest can be forgotten as
they are. A clip is an MP4 made of those that are there, without encoding anything again (docs/adr/026).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from io import BytesIO
from typing import Any

from desktop_helper.capture._yuv import TICKS, Yuv

KEY_FRAME_S = 2.0  # between key frames while there is something to encode: a clip begins at one
# zerolatency: no picture stays in the encoder. The key frames are ours to choose, but for those at cuts; each of them
# carries what a decoder must know, and the MP4 gets it from the first.
_ENCODER = {"preset": "veryfast", "tune": "zerolatency", "crf": "23", "forced-idr": "1", "x264-params": "threads=1"}
_NEVER = 1_000_000  # pictures without a key frame of the encoder's own


@dataclass(frozen=True, slots=True)
class _Piece:
    """One encoded picture, seen from `seconds` on."""

    seconds: float
    data: bytes = field(repr=False)


@dataclass(slots=True)
class _Group:
    """A key frame and what needs it."""

    pieces: list[_Piece]
    bytes: int

    @property
    def begins(self) -> float:
        return self.pieces[0].seconds


class Reel:
    """Belongs to one thread. Times are seconds of one clock and grow.

    Args:
        width, height: even.
        fps: what is expected at most; each picture has its own time all the same.
        seconds: how much is kept.
        max_bytes: what the pictures may take; beyond that fewer seconds are kept.
    """

    def __init__(self, width: int, height: int, fps: float, seconds: float, max_bytes: int) -> None:
        import av

        self._shape, self._rate = (width, height), Fraction(fps).limit_denominator(1001)
        self._seconds, self._max_bytes = seconds, max_bytes
        self._yuv = Yuv(width, height)
        self._encoder: Any = av.CodecContext.create("libx264", "w")
        self._yuv.prepare(self._encoder)
        self._encoder.framerate, self._encoder.gop_size = self._rate, _NEVER
        self._encoder.options = dict(_ENCODER)
        self._groups: deque[_Group] = deque()
        self._times: deque[float] = deque()  # of pictures that are in the encoder
        self._ticks = -1
        self._last: bytearray | None = None
        self._last_at = 0.0

    @property
    def size(self) -> int:
        """What is kept, without the little that describes it."""
        return sum(group.bytes for group in self._groups)

    @property
    def last(self) -> bytearray | None:
        """The picture that was added last."""
        return self._last

    def add(self, pixels: bytearray, seconds: float) -> None:
        """One more picture, as in `core.protocols.Frame`, to be seen from `seconds` on. It must not be changed."""
        self._encode(pixels, seconds, key=not self._groups or seconds - self._groups[-1].begins >= KEY_FRAME_S)
        self._forget(seconds)

    def rest(self, seconds: float) -> None:
        """Nothing has changed until now. A picture that stays is encoded once more, so that it needs nothing older."""
        lone = not self._groups or len(self._groups[-1].pieces) == 1
        if self._last is not None and not lone and seconds - self._last_at >= KEY_FRAME_S:
            self._encode(self._last, seconds, key=True)
        self._forget(seconds)

    def clip(self, seconds: float) -> bytes:
        """An MP4 of what is kept, which ends at `seconds`; empty if nothing is. It goes on after that."""
        if self._last is None:
            return b""
        if seconds > self._last_at:
            self._encode(self._last, seconds, key=False)
        self._forget(seconds)
        return self._joined(seconds - self._seconds)

    def _encode(self, pixels: bytearray, seconds: float, *, key: bool) -> None:
        from av.video.frame import PictureType

        self._ticks = max(self._ticks + 1, round(seconds * TICKS))
        frame = self._yuv.frame(pixels, self._ticks)
        frame.pict_type = PictureType.I if key else PictureType.NONE
        self._last, self._last_at = pixels, seconds
        self._times.append(seconds)
        for packet in self._encoder.encode(frame):
            piece = _Piece(self._times.popleft(), bytes(packet))
            if packet.is_keyframe or not self._groups:
                self._groups.append(_Group([], 0))
            self._groups[-1].pieces.append(piece)
            self._groups[-1].bytes += len(piece.data)

    def _forget(self, now: float) -> None:
        """Groups of which nothing is seen any more, and what is too much."""
        while len(self._groups) > 1 and (self._groups[1].begins <= now - self._seconds or self.size > self._max_bytes):
            self._groups.popleft()

    def _joined(self, begin: float) -> bytes:
        import av

        file = BytesIO()
        with av.open(file, "w", format="mp4") as container:
            width, height = self._shape
            stream = container.add_mux_stream("h264", rate=self._rate, width=width, height=height)
            stream.time_base = Fraction(1, TICKS)
            for ticks, key, data in self._timed(begin):
                packet = av.Packet(data)
                packet.stream, packet.time_base = stream, Fraction(1, TICKS)
                packet.pts = packet.dts = ticks
                packet.is_keyframe = key
                container.mux(packet)
        return file.getvalue()

    def _timed(self, begin: float) -> Iterator[tuple[int, bool, bytes]]:
        """Each piece with its time in the clip, and whether it is a key frame.

        It begins a little early, with the key frame, if pictures came then. Of what stood still for long before, the
        pictures are needed but not seen: they come at the very beginning, one tick after the other.
        """
        first = self._groups[0].begins
        start = first if begin - first <= KEY_FRAME_S else begin
        ticks = -1
        for group in self._groups:
            for piece in group.pieces:
                ticks = max(ticks + 1, round((piece.seconds - start) * TICKS))
                yield ticks, piece is group.pieces[0], piece.data
