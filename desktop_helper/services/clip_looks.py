"""Single pictures of a video, decoded in a converter process of their own, for who chooses a part of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from desktop_helper.services.looks_child import LooksChild

TIME_LIMIT_S = 20.0
_LONGEST = 30 * 86_400.0  # seconds of video that a file may claim to have


@dataclass(frozen=True, slots=True)
class ClipAbout:
    """What a video says of itself. `duration` in seconds; `frames` is about how many there are, 0 if nobody knows."""

    duration: float
    frames: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Look:
    """One picture, as a JPEG file; seen since `at`, and until `until` if another one follows."""

    data: bytes = field(repr=False)
    at: float
    until: float | None = None


class ClipLooks:
    """One video. Used from any thread, one call at a time; `close` ends a call that is under way.

    Args:
        argv: the command of the converter process.
        log_dir: where that process's standard error goes.
        path: of the video.
        time_limit_s: for one picture.
    """

    def __init__(self, argv: Sequence[str], log_dir: Path, path: Path, *, time_limit_s: float = TIME_LIMIT_S) -> None:
        self._child = LooksChild(argv, log_dir, path, time_limit_s=time_limit_s)

    def about(self) -> ClipAbout:
        """Length and shape. Raises `HelperError`, as the others do: SOURCE, or CANCELLED."""
        header = self._child.ask({"type": "look", "what": "about"}, "about").header
        with self._child.no_trust():
            duration = float(header["duration"])
            width, height, frames = (int(header[key]) for key in ("width", "height", "frames"))
            if not (math.isfinite(duration) and width > 0 and height > 0):
                raise ValueError(duration)
        return ClipAbout(min(max(0.0, duration), _LONGEST), max(0, frames), width, height)

    def near(self, at: float, within: float, room: tuple[int, int]) -> Look:
        """A picture close to `at`, `within` so many seconds if that is quick, no larger than `room`."""
        return self._look("near", at, room, within)

    def exact(self, at: float, room: tuple[int, int]) -> Look:
        """What is seen at `at`."""
        return self._look("exact", at, room)

    def close(self) -> None:
        """End the process. May be called twice, from any thread."""
        self._child.close()

    def _look(self, what: str, at: float, room: tuple[int, int], within: float = 0.0) -> Look:
        wanted = {"type": "look", "what": what, "at": at, "within": within, "width": room[0], "height": room[1]}
        frame = self._child.ask(wanted, "picture")
        with self._child.no_trust():
            until = frame.header["until"]
            (data,) = frame.payloads
            return Look(data, _time(frame.header["at"]), None if until is None else _time(until))


def _time(sent: object) -> float:
    """A second of a video. Raises TypeError or ValueError."""
    at = float(sent) if isinstance(sent, int | float | str) else math.nan
    if not 0 <= at <= _LONGEST:
        raise ValueError(at)
    return at
