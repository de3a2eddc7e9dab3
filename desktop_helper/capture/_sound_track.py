"""The track of sound in a film."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from desktop_helper.capture._sound_mix import RATE, silence

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.packet import Packet

    from desktop_helper.capture._sound_mix import Samples

# The first one that is there; browsers play both in an MP4. With the form of samples that each takes as they come, and
# how many samples of its own it puts before everything.
CODECS = {"aac": ("fltp", 1024), "libopus": ("flt", 312)}
_BITS_A_SECOND = 128_000


class SoundTrack:
    """Encodes what it is told, from the film's beginning on and without gaps. Belongs to one thread.

    Args:
        container: gets the track; nothing has been written into it yet.
    """

    def __init__(self, container: OutputContainer) -> None:
        import av

        codec = next(name for name in CODECS if name in av.codecs_available)
        self._stream: Any = container.add_stream(codec, rate=RATE, layout="stereo")
        context: Any = self._stream.codec_context
        context.bit_rate, context.time_base = _BITS_A_SECOND, Fraction(1, RATE)
        self._form, lead = CODECS[codec]
        context.format = self._form
        context.open()
        self._length = context.frame_size
        # They would be at times before the film, which a file that grows has no place for. So they get the place of the
        # first 0.02 s, which nobody misses, and all that follows is where it belongs.
        self._skip = self._at = lead
        self._waiting = silence(0)

    def packets(self, samples: Samples) -> Iterator[Packet[Any]]:
        """`samples` follow what came before. Yields what is ready for the file."""
        import numpy as np

        skipped = min(self._skip, len(samples))
        self._skip -= skipped
        self._waiting = np.concatenate((self._waiting, samples[skipped:]))
        while len(self._waiting) >= self._length:
            piece, self._waiting = self._waiting[: self._length], self._waiting[self._length :]
            yield from self._encoded(piece)

    def rest(self) -> Iterator[Packet[Any]]:
        """What is still in the encoder, when nothing follows."""
        if len(self._waiting):
            yield from self._encoded(self._waiting)
        yield from self._stream.encode(None)

    def _encoded(self, piece: Samples) -> Iterator[Packet[Any]]:
        import numpy as np
        from av.audio.frame import AudioFrame

        shaped = piece.T if self._form.endswith("p") else piece.reshape(1, -1)
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(shaped, np.float32), format=self._form, layout="stereo")
        frame.sample_rate, frame.time_base, frame.pts = RATE, Fraction(1, RATE), self._at
        self._at += len(piece)
        yield from self._stream.encode(frame)
