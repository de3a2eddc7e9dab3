"""A process that looks at the screen for long, and is told where windows of ours are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from desktop_helper.core import i18n
from desktop_helper.core.child import ChildDied, ChildProcess
from desktop_helper.core.child_side import error_of
from desktop_helper.core.errors import HelperError
from desktop_helper.core.frames import Frame
from desktop_helper.core.geometry import Rect
from desktop_helper.core.ring import described

# A picture is given back to the system when it is no longer needed, instead of to a heap that only grows.
_ENV = {"MALLOC_MMAP_THRESHOLD_": "1000000", "MALLOC_ARENA_MAX": "2", "OPENBLAS_NUM_THREADS": "1"}


class Looker:
    """Looks until `stop`. `follow` is called on one thread, where it blocks; everything else on any.

    Args:
        argv: the command of the process.
        log_file: where that process's standard error goes; nothing else of it is written anywhere.
        start: the header of the first frame, which says what to do.
        on_seen: called on the thread of `follow` with the number of a picture that has changed. The process makes use
            of it when `cover` has said, for this number, where windows of ours are.

    Raises `HelperError(WORKER)` if the process cannot be started.
    """

    def __init__(
        self, argv: Sequence[str], log_file: Path, start: dict[str, Any], on_seen: Callable[[int], None]
    ) -> None:
        self._on_seen = on_seen
        self._ended = False
        try:
            self._child = ChildProcess(argv, log_file=log_file, env=_ENV)
        except ChildDied as death:
            raise self._stopped(death.reason) from death
        self._child.send({"language": i18n.language(), **start})

    def follow(self) -> None:
        """Until `stop`. Raises `HelperError`: CAPTURE if the screen cannot be looked at, WORKER if the process died."""
        try:
            while True:
                self._take_in(self._child.receive())
        except ChildDied as death:
            if not self._ended:
                raise self._stopped(death.reason) from death
        finally:
            self.stop()
            self._child.close()

    def cover(self, number: int, covers: tuple[Rect, ...] | None) -> None:
        """Where windows of ours are, in answer to `on_seen`; None if nobody may see this picture.

        With number 0 it is said unasked, of the pictures to come.
        """
        self._child.send({"type": "cover", "number": number, "covers": described(covers)})

    def stop(self) -> None:
        """End the process, and with it what it keeps. Does not wait; `follow` returns then. May be called twice."""
        self._ended = True
        self._child.kill()  # it has nothing to bring to an end

    def _take_in(self, frame: Frame) -> None:
        if (error := error_of(frame)) is not None:
            raise error
        if frame.type == "seen":
            self._on_seen(frame.header["number"])

    def _stopped(self, reason: str) -> HelperError:
        """What to tell if it stopped for this `reason`."""
        raise NotImplementedError
