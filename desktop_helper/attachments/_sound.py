"""The sound of a file as whisper.cpp wants it: one channel, 16,000 numbers a second, a few minutes at a time.

Times are in seconds from the beginning of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

import av
import av.error
import numpy as np
import numpy.typing as npt
from av.audio.resampler import AudioResampler

from desktop_helper.attachments._clip import opened
from desktop_helper.core.clip_span import Span

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

RATE = 16_000
PIECE_S = 300  # hours of sound would take gigabytes
_PAUSE_S, _SEARCH_S = 0.2, 10  # the end of a piece is the quietest moment of its last seconds: no word is cut in two

Samples = npt.NDArray[np.float32]


def pieces(file: BinaryIO, span: Span, piece_s: int = PIECE_S) -> Iterator[tuple[float, Samples]]:
    """The sound between `span`'s ends: where each piece begins, in seconds of the file, and its samples.

    Nothing for a file without sound. What is damaged is left out; errors of FFmpeg's are raised while it opens.
    """
    with opened(file) as container:
        if not container.streams.audio:
            return
        held: list[Samples] = []
        begin: float | None = None
        for at, samples in _decoded(container, container.streams.audio[0], span):
            begin = at if begin is None else begin
            held.append(samples)
            if sum(map(len, held)) >= piece_s * RATE:
                whole = np.concatenate(held)
                cut = _quietest(whole)
                yield begin, whole[:cut]
                begin, held = begin + cut / RATE, [whole[cut:]]
        if held and begin is not None:
            yield begin, np.concatenate(held)


def duration_of(file: BinaryIO, span: Span) -> float | None:
    """How many seconds `pieces` will give, as far as the file says it."""
    with opened(file) as container:
        length = container.duration / av.time_base if container.duration else None
    end = length if span.end is None else min(span.end, length or span.end)
    return None if end is None else max(0.0, end - span.start)


def _decoded(container: InputContainer, stream: AudioStream, span: Span) -> Iterator[tuple[float, Samples]]:
    first = (container.start_time or 0) / av.time_base
    resampler = AudioResampler("flt", "mono", RATE)
    if span.start:
        container.seek(round((first + span.start) * av.time_base))
    at = 0.0
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            continue  # one spoiled piece; the next ones may be sound
        for frame in frames:
            at = float(frame.time) - first if frame.time is not None else at
            for samples in _resampled(resampler, frame):
                begin, end = at, at + len(samples) / RATE
                at = end
                if span.end is not None and begin >= span.end:
                    return
                if end > span.start:
                    yield max(begin, span.start), samples[max(0, round((span.start - begin) * RATE)) :]


def _resampled(resampler: AudioResampler, frame: AudioFrame) -> Iterator[Samples]:
    for made in resampler.resample(frame):
        yield made.to_ndarray().reshape(-1).astype(np.float32, copy=False)


def _quietest(samples: Samples) -> int:
    """Where to cut: the middle of the quietest moment near the end."""
    step = round(_PAUSE_S * RATE)
    first = max(0, len(samples) - _SEARCH_S * RATE)
    moments = samples[first : first + (len(samples) - first) // step * step].reshape(-1, step)
    return first + int(np.argmin((moments * moments).sum(1))) * step + step // 2
