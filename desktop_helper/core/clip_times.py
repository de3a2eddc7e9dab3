"""Moments of a video that an answer speaks of: “at 0:12”, “1:02:03”, “12.5 seconds”."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from desktop_helper.core.messages import ImagePart, MediaPart

_CLOCK = r"(?:(?P<hours>\d{1,2}):)?(?P<minutes>\d{1,2}):(?P<seconds>[0-5]\d(?:\.\d{1,3})?)(?!\d|[:.]\d)"
_PLAIN = (
    r"(?P<plain>\d{1,5}\.\d{1,3})(?=\s?(?:seconds?|sec|s|秒)(?![A-Za-z]))"  # as each frame's time is told to the model
)
_TIME = re.compile(rf"(?<![\d:.,])(?:{_CLOCK}|{_PLAIN})", re.ASCII)
_ROUNDED = 1.0  # seconds by which an answer may be beyond the end


@dataclass(frozen=True, slots=True)
class Mention:
    """Characters `start` to `end` of a text speak of a moment, `at` seconds."""

    start: int
    end: int
    at: float


def mentions(text: str, duration: float) -> Iterator[Mention]:
    """The moments that `text` speaks of, as far as a video of `duration` seconds has them."""
    for found in _TIME.finditer(text):
        if found["plain"] is not None:
            at = float(found["plain"])
        else:
            at = int(found["hours"] or 0) * 3600 + int(found["minutes"]) * 60 + float(found["seconds"])
        if at <= duration + _ROUNDED:
            yield Mention(found.start(), found.end(), at)


def duration_of(media: Sequence[MediaPart]) -> float:
    """Length of the longest video among them; 0 without any."""
    return max((part.moment.duration for part in media if isinstance(part, ImagePart) and part.moment), default=0.0)


def is_shown_by(part: MediaPart, at: float) -> bool:
    """Whether it is the frame of that moment, as exactly as answers speak of one; else it is another one's."""
    return isinstance(part, ImagePart) and part.moment is not None and abs(part.moment.at - at) < _ROUNDED


def nearest(media: Sequence[MediaPart], at: float) -> int | None:
    """Place of the frame that was seen at that moment, or else comes next to it. None without a video."""
    frames = [
        (abs(part.moment.at - at), part.moment.at > at, place)
        for place, part in enumerate(media)
        if isinstance(part, ImagePart) and part.moment is not None and at <= part.moment.duration + _ROUNDED
    ]
    return min(frames)[2] if frames else None
