"""Which part of a video is meant: its times as people write them, and two ends that never pass each other."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

LEAST_FRAMES = 2  # the first and the last
MOST_FRAMES = 64  # of one video; more of them are too small to be read

_CLOCK = re.compile(r"(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,6}(?:[.,]\d{1,6})?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a video, in seconds from the video's beginning. Without an end it goes to the last picture."""

    start: float = 0.0
    end: float | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return self.start <= 0 and self.end is None


WHOLE = Span()


@dataclass(frozen=True, slots=True)
class Cut:
    """What of a video a question gets.

    Args:
        span: the part that pictures are chosen from.
        most_frames: how many of them at most; the first and the last always go.
        most_tokens: what they may cost together; None for as much as the model allows.
        evenly: also where nothing changes, as many as there is room for, at even distances.
    """

    span: Span = WHOLE
    most_frames: int = MOST_FRAMES
    most_tokens: int | None = None
    evenly: bool = False


AS_A_WHOLE = Cut()


def span_of(start: object, end: object) -> Span:
    """A span from numbers that somebody else sent or wrote down. Raises ValueError or TypeError."""
    if not isinstance(start, int | float) or not (end is None or isinstance(end, int | float)):
        raise TypeError("times are numbers")
    if not (math.isfinite(start) and start >= 0 and (end is None or (math.isfinite(end) and end >= start))):
        raise ValueError("a span goes forward from the beginning")
    return Span(float(start), None if end is None else float(end))


def seconds_of(text: str) -> float:
    """What somebody wrote as a time: `12`, `12.5`, `0:12`, `1:02:03`. Raises ValueError for anything else.

    The last two places are below 60 where one stands before them.
    """
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    hours, minutes, seconds = (float((place or "0").replace(",", ".")) for place in found.groups())
    if (found[2] is not None and seconds >= 60) or (found[1] is not None and minutes >= 60):
        raise ValueError(text)
    return hours * 3600 + minutes * 60 + seconds


@dataclass(frozen=True, slots=True)
class Ends:
    """Two handles on a video of `duration` seconds, and the place that is looked at.

    All are between 0 and `duration`, and `start` is never behind `end`.
    """

    duration: float
    start: float = 0.0
    end: float = 0.0
    at: float = 0.0

    @classmethod
    def around(cls, span: Span, duration: float) -> Ends:
        """The handles at a span, as far as the video has it; what is looked at is its beginning."""
        duration = max(0.0, duration)
        end = duration if span.end is None else _within(span.end, 0.0, duration)
        start = _within(span.start, 0.0, end)
        return cls(duration, start, end, start)

    @property
    def span(self) -> Span:
        """What lies between them; an end that was not moved is none."""
        return Span(self.start, None if self.end >= self.duration else self.end)

    @property
    def length(self) -> float:
        """Seconds between them."""
        return self.end - self.start

    def look(self, at: float) -> Ends:
        """Look at another place, which may lie outside of them."""
        return replace(self, at=_within(at, 0.0, self.duration))

    def drag_start(self, at: float) -> Ends:
        """Pull the first handle, no further than the other one, and look there."""
        at = _within(at, 0.0, self.end)
        return replace(self, start=at, at=at)

    def drag_end(self, at: float) -> Ends:
        """Pull the second handle, no further than the other one, and look there."""
        at = _within(at, self.start, self.duration)
        return replace(self, end=at, at=at)

    def set_start(self, at: float) -> Ends:
        """Begin there. Where that is behind the end, the end goes back to the video's."""
        at = _within(at, 0.0, self.duration)
        return replace(self, start=at, end=self.end if at <= self.end else self.duration)

    def set_end(self, at: float) -> Ends:
        """End there. Where that is before the beginning, the beginning goes back to the video's."""
        at = _within(at, 0.0, self.duration)
        return replace(self, end=at, start=self.start if at >= self.start else 0.0)


def _within(value: float, least: float, most: float) -> float:
    return min(max(value, least), most)
