"""What is in a video, by PyAV and by nothing of ours."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Video:
    """Every picture, with the second from which it is seen.

    Args:
        seconds: the length that the container tells, None if it tells none.
    """

    width: int
    height: int
    codec: str
    seconds: float | None
    times: list[float]
    pictures: list[NDArray[np.uint8]]

    def at(self, second: float) -> NDArray[np.uint8]:
        """What is seen at `second`."""
        return self.pictures[max(at for at, time in enumerate(self.times) if time <= second)]


def rgb(frame: av.VideoFrame) -> NDArray[np.uint8]:
    """Rows of red, green, blue."""
    return frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False)


def decoded(path: Path) -> Video:
    """All of it."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = [(float(frame.time or 0), rgb(frame)) for frame in container.decode(stream)]
        seconds = None if container.duration is None else container.duration / av.time_base
        context = stream.codec_context
        times, pictures = [time for time, _ in frames], [picture for _, picture in frames]
        return Video(context.width, context.height, context.name, seconds, times, pictures)


def last_time(path: Path) -> float:
    """When the last picture that can be decoded is seen; -1 if there is none."""
    with av.open(str(path)) as container:
        return max((float(frame.time or 0) for frame in container.decode(video=0)), default=-1.0)
