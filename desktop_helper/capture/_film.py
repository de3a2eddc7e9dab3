"""Pictures to H.264, and sound, in an MP4 file that can be played at every moment, also if the process is killed.

While it is written the file is a fragmented MP4, whose fragments stand for themselves; closing makes an ordinary one of
it in place (docs/adr/019).
"""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop_helper.capture._sound_track import SoundTrack
from desktop_helper.capture._yuv import TICKS, Yuv

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.packet import Packet

    from desktop_helper.capture._sound_mix import Samples

_CONTAINER = {
    "movflags": "hybrid_fragmented",
    "frag_duration": "100000",  # microseconds, as below
    "flush_packets": "1",
    "max_interleave_delta": "200000",  # a picture waits for the sound of its time, and the other way: not for 10 s
}
# zerolatency: a picture is in the file before the next one comes, instead of half a second of them in the encoder.
_ENCODER = {"preset": "veryfast", "tune": "zerolatency", "crf": "23"}
_KEY_FRAME_S = 5  # at the full rate; jumping to a place decodes from the key frame before it
_INDEX_BYTES = 64  # at most, for each piece in the index that closing writes, and in the fragments' own
_HEADER_BYTES = 4096


class Film:
    """One file. Belongs to one thread.

    Args:
        path: is written over.
        width, height: even.
        fps: what is expected; each picture has its own time all the same.
        max_bytes: the file, index included, does not become larger than this.
        sound: it has a track for what `hear` is told.

    Attributes:
        full: `max_bytes` are reached; further pictures and sounds are ignored.
    """

    def __init__(
        self, path: Path, width: int, height: int, fps: float, max_bytes: int | None = None, *, sound: bool = False
    ) -> None:
        import av

        self._path = path
        self._max_bytes = max_bytes
        self._length = round(TICKS / fps)  # of the last picture
        self._last_pixels: bytearray | None = None
        self._last_ticks = -1
        self._bytes = self._packets = self._pictures = 0
        self._whole = 0  # bytes of the file that are fragments
        self._yuv = Yuv(width, height)
        self.full = False
        self._container: OutputContainer | None = av.open(str(path), "w", format="mp4", options=dict(_CONTAINER))
        rate = Fraction(fps).limit_denominator(1001)
        self._stream: Any = self._container.add_stream("libx264", rate=rate, options=dict(_ENCODER))
        context = self._stream.codec_context
        self._yuv.prepare(context)
        context.gop_size = max(1, round(fps * _KEY_FRAME_S))
        self._track = SoundTrack(self._container) if sound else None

    @property
    def bytes(self) -> int:
        """About the size of the file so far."""
        return self._bytes + _HEADER_BYTES + self._packets * _INDEX_BYTES

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
            self._pictures += self._write(packet)

    def hear(self, samples: Samples) -> None:
        """What is heard after what came before, from the beginning on. Raises OSError."""
        for packet in self._track.packets(samples) if self._track is not None else ():
            self._write(packet)

    def close(self, seconds: float) -> None:
        """Make it `seconds` long and an ordinary MP4. Raises OSError; the file can be played all the same."""
        if self._last_pixels is not None and round(seconds * TICKS) - self._last_ticks > 2 * self._length:
            self.add(self._last_pixels, seconds - self._length / TICKS)
        for packet in self._stream.encode(None):
            self._pictures += self._write(packet)
        for packet in self._track.rest() if self._track is not None else ():
            self._write(packet)
        if self._container is not None:
            self._container.close()

    def abandon(self) -> None:
        """After an OSError: leave what can be played, without the half of a fragment that the error cut off."""
        self._container = self._stream = self._track = None
        os.truncate(self._path, self._whole)

    def _write(self, packet: Packet[Any]) -> bool:
        """Returns whether there was room."""
        room = None if self._max_bytes is None else self._max_bytes - self.bytes - _INDEX_BYTES
        if self.full or (room is not None and packet.size > room):
            self.full = True
            return False
        self._bytes += packet.size
        self._packets += 1
        if self._container is not None:
            self._container.mux(packet)
            self._whole = self._path.stat().st_size  # fragments are written whole, and at once
        return True
