"""Single pictures of a video, decoded in a converter process of their own, for who chooses a part of it."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desktop_helper.core import i18n
from desktop_helper.core.child import ChildDied, ChildProcess, ChildTimeout
from desktop_helper.core.child_side import error_of
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.frames import Frame
from desktop_helper.core.i18n import tr
from desktop_helper.services.converter import MEMORY_LIMIT

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
        name: what the user calls it; its file's name if that is not given.
        time_limit_s: for one picture.
    """

    def __init__(
        self, argv: Sequence[str], log_dir: Path, path: Path, name: str = "", *, time_limit_s: float = TIME_LIMIT_S
    ) -> None:
        self._argv, self._log_file = tuple(argv), log_dir / "looks.log"
        self._path, self._name, self._time_limit_s = path, name or path.name, time_limit_s
        self._busy = threading.Lock()  # held while something is looked for
        self._guard = threading.Lock()  # of the two below
        self._child: ChildProcess | None = None
        self._closed = False

    def about(self) -> ClipAbout:
        """Length and shape. Raises `HelperError`, as the others do: SOURCE, or CANCELLED."""
        header = self._ask({"what": "about"}, "about").header
        with self._no_trust():
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
        with self._guard:
            self._closed = True
            child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.close()

    def _look(self, what: str, at: float, room: tuple[int, int], within: float = 0.0) -> Look:
        wanted = {"what": what, "at": at, "within": within, "width": room[0], "height": room[1]}
        frame = self._ask(wanted, "picture")
        with self._no_trust():
            until = frame.header["until"]
            (data,) = frame.payloads
            return Look(data, _time(frame.header["at"]), None if until is None else _time(until))

    def _ask(self, request: dict[str, Any], expected: str) -> Frame:
        name = self._name
        header = {"type": "look", "path": str(self._path.absolute()), "name": name, "language": i18n.language()}
        with self._busy:
            try:
                child = self._ready_child()
                child.send(header | request)
                frame = child.receive(self._time_limit_s)
            except ChildTimeout:
                self._end_child()
                raise _unreadable(name, tr("it took too long")) from None
            except ChildDied as death:
                self._end_child()
                self._raise_if_closed()
                raise _unreadable(name, death.reason) from death
        if (error := error_of(frame)) is not None:
            raise error
        if frame.type != expected:
            self._end_child()
            raise _unreadable(name, tr("it sent something unreadable"))
        return frame

    def _ready_child(self) -> ChildProcess:
        with self._guard:
            self._raise_if_closed()
            if self._child is None:
                self._child = ChildProcess(self._argv, log_file=self._log_file, memory_limit=MEMORY_LIMIT)
            return self._child

    def _end_child(self) -> None:
        with self._guard:
            child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.close()

    @contextmanager
    def _no_trust(self) -> Iterator[None]:
        """A process that a file has taken over may send anything, and is asked nothing any more."""
        try:
            yield
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            self._end_child()
            raise _unreadable(self._name, tr("it sent something unreadable")) from error

    def _raise_if_closed(self) -> None:
        if self._closed:
            raise HelperError(ErrorKind.CANCELLED, tr("Stopped."))


def _time(sent: object) -> float:
    """A second of a video. Raises TypeError or ValueError."""
    at = float(sent) if isinstance(sent, int | float | str) else math.nan
    if not 0 <= at <= _LONGEST:
        raise ValueError(at)
    return at


def _unreadable(name: str, reason: str) -> HelperError:
    return HelperError(
        ErrorKind.SOURCE,
        tr("{name} cannot be shown, since the program that reads files stopped: {reason}.", name=name, reason=reason),
        tr("The file may be damaged or made to do harm."),
    )
