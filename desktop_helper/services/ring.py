"""The last seconds of the screen, in the memory of a process of their own until somebody asks about them."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path

from desktop_helper.core import i18n
from desktop_helper.core.child import ChildDied, ChildProcess
from desktop_helper.core.child_side import error_of
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.frames import Frame
from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import tr
from desktop_helper.core.ring import RingSpec, described

# A picture is given back to the system when it is no longer needed, instead of to a heap that only grows.
_ENV = {"MALLOC_MMAP_THRESHOLD_": "1000000", "MALLOC_ARENA_MAX": "2", "OPENBLAS_NUM_THREADS": "1"}


class Ring:
    """Keeps them until `stop`. `follow` is called on one thread, where it blocks; everything else on any.

    Args:
        argv: the command of the process (`desktop_helper.capture._ring`).
        log_dir: where that process's standard error goes; nothing else of it is written anywhere.
        spec: what to keep.
        on_seen: called on the thread of `follow` with the number of a picture that has changed. It is kept when `cover`
            has said, for this number, where windows of ours are.

    Raises `HelperError(WORKER)` if the process cannot be started.
    """

    def __init__(self, argv: Sequence[str], log_dir: Path, spec: RingSpec, on_seen: Callable[[int], None]) -> None:
        self._on_seen = on_seen
        self._lock = threading.Lock()
        self._tokens = itertools.count()
        self._taken: dict[int, Future[bytes]] = {}
        self._ended = False
        try:
            self._child = ChildProcess(argv, log_file=log_dir / "ring.log", env=_ENV)
        except ChildDied as death:
            raise _stopped(death.reason) from death
        self._child.send({"type": "keep", "language": i18n.language(), **spec.to_header()})

    def follow(self) -> None:
        """Until `stop`. Raises `HelperError`: CAPTURE if the screen cannot be looked at, WORKER if the process died."""
        try:
            while True:
                self._take_in(self._child.receive())
        except ChildDied as death:
            if not self._ended:
                raise _stopped(death.reason) from death
        finally:
            self.stop()
            self._child.close()

    def cover(self, number: int, covers: tuple[Rect, ...] | None) -> None:
        """Where windows of ours are, in answer to `on_seen`; None if nobody knows: nothing is kept then."""
        self._child.send({"type": "cover", "number": number, "covers": described(covers)})

    def take(self, area: int, covers: tuple[Rect, ...] | None) -> Future[bytes]:
        """What is kept of an area of the spec until now: an MP4, empty if nothing is. `covers` as for `cover`."""
        future: Future[bytes] = Future()
        with self._lock:
            token = next(self._tokens)
            if self._ended:
                future.set_exception(_over())
                return future
            self._taken[token] = future
        self._child.send({"type": "take", "token": token, "area": area, "covers": described(covers)})
        return future

    def stop(self) -> None:
        """End the process, and with it what it keeps. Does not wait; `follow` returns then. May be called twice."""
        with self._lock:
            self._ended = True
            waiting = list(self._taken.values())
            self._taken.clear()
        self._child.kill()  # it has nothing to bring to an end
        for future in waiting:
            future.set_exception(_over())

    def _take_in(self, frame: Frame) -> None:
        if (error := error_of(frame)) is not None:
            raise error
        if frame.type == "seen":
            self._on_seen(frame.header["number"])
        elif frame.type == "clip":
            with self._lock:
                future = self._taken.pop(frame.header["token"], None)
            if future is not None:
                future.set_result(frame.payloads[0])


def _stopped(reason: str) -> HelperError:
    return HelperError(
        ErrorKind.WORKER,
        tr("The last seconds are no longer kept, since the program that keeps them stopped: {reason}.", reason=reason),
        tr("Switch it on again in the tray's menu."),
    )


def _over() -> HelperError:
    return HelperError(
        ErrorKind.CAPTURE,
        tr("The last seconds of the screen are gone: they are not kept any more."),
        tr("Switch it on again in the tray's menu."),
    )
