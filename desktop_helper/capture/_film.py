"""Pictures to H.264 in an MP4 file that can be played at every moment, also if the process is killed.

While it is written the file is a fragmented MP4, whose fragments stand for themselves; closing makes an ordinary one of
it in place (docs/adr/019).
"""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop_helper.capture._yuv import TICKS, Yuv

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.packet import Packet

_CONTAINER = {"movflags": "hybrid_fragmented", "frag_duration": "100000", "flush_packets": "1"}  # microseconds
# zerolatency: a picture is in the file before the next one comes, instead of half a second of them in the encoder.
_ENCODER = {"preset": "veryfast", "tune": "zerolatency", "crf": "23"}
_KEY_FRAME_S = 5  # at the full rate; jumping to a place decodes from the key frame before it
_INDEX_BYTES = 64  # at most, for each picture in the index that closing writes, and in the fragments' own
_HEADER_BYTES = 4096


class Film:
    """One file. Belongs to one thread.

    Args:
        path: is written over.
        width, height: even.
        fps: what is expected; each picture has its own time all the same.
        max_bytes: the file, index included, does not become larger than this.

    Attributes:
        full: `max_bytes` are reached; further pictures are ignored.
    """

    def __init__(self, path: Path, width: int, height: int, fps: float, max_bytes: int | None = None) -> None:
        import av

        self._path = path
        self._max_bytes = max_bytes
        self._length = round(TICKS / fps)  # of the last picture
        self._last_pixels: bytearray | None = None
        self._last_ticks = -1
        self._bytes = self._pictures = 0
        self._sound = 0  # bytes of the file that are whole fragments
        self._yuv = Yuv(width, height)
        self.full = False
        self._container: OutputContainer | None = av.open(str(path), "w", format="mp4", options=dict(_CONTAINER))
        rate = Fraction(fps).limit_denominator(1001)
        self._stream: Any = self._container.add_stream("libx264", rate=rate, options=dict(_ENCODER))
        context = self._stream.codec_context
        self._yuv.prepare(context)
        context.gop_size = max(1, round(fps * _KEY_FRAME_S))

    @property
    def bytes(self) -> int:
        """About the size of the file so far."""
        return self._bytes + _HEADER_BYTES + self._pictures * _INDEX_BYTES

    @property
    def pictures(self) -> int:
        """How many are in it."""
        return self._pictures

    def add(self, pixels: bytearray, seconds: float) -> None:
        """One more picture, as in `core.protocols.Frame`, to be seen from `seconds` on. Raises OSError."""
        # The index rounds to ticks, and two pictures at one time would be an error.
        ticks = max(self._last_ticks + 1, round(seconds * TICKS))
        self._last_pixels, self._last_ticks = pixels, ticks
        for packet in self._stream.encode(self._yuv.frame(pixels, ticks)):
            self._write(packet)

    def close(self, seconds: float) -> None:
        """Make it `seconds` long and an ordinary MP4. Raises OSError; the file can be played all the same."""
        if self._last_pixels is not None and round(seconds * TICKS) - self._last_ticks > 2 * self._length:
            self.add(self._last_pixels, seconds - self._length / TICKS)
        for packet in self._stream.encode(None):
            self._write(packet)
        if self._container is not None:
            self._container.close()

    def abandon(self) -> None:
        """After an OSError: leave what can be played, without the half of a fragment that the error cut off."""
        self._container = self._stream = None
        os.truncate(self._path, self._sound)

    def _write(self, packet: Packet[Any]) -> None:
        room = None if self._max_bytes is None else self._max_bytes - self.bytes - _INDEX_BYTES
        if self.full or (room is not None and packet.size > room):
            self.full = True
            return
        self._bytes += packet.size
        self._pictures += 1
        if self._container is not None:
            self._container.mux(packet)
            self._sound = self._path.stat().st_size  # fragments are written whole, and at once
