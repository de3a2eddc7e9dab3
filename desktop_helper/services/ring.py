"""The last seconds of the screen, in the memory of a process of their own until somebody asks about them."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.frames import Frame
from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import tr
from desktop_helper.core.ring import RingSpec, described
from desktop_helper.services.looker import Looker


class Ring(Looker):
    """Keeps them until `stop`; see `Looker`.

    Args:
        argv: the command of the process (`desktop_helper.capture._ring`).
        log_dir: where its log file is.
        spec: what to keep.
        on_seen: as `Looker` says.
    """

    def __init__(self, argv: Sequence[str], log_dir: Path, spec: RingSpec, on_seen: Callable[[int], None]) -> None:
        self._lock = threading.Lock()
        self._tokens = itertools.count()
        self._taken: dict[int, Future[bytes]] = {}
        super().__init__(argv, log_dir / "ring.log", {"type": "keep", **spec.to_header()}, on_seen)

    def take(self, area: int, covers: tuple[Rect, ...] | None) -> Future[bytes]:
        """What is kept of an area of the spec until now: an MP4, empty if nothing is.

        `covers` as for `cover`, at this moment: what is opened from now on is not in it.
        """
        future: Future[bytes] = Future()
        with self._lock:
            token = next(self._tokens)
            if self._ended:
                future.set_exception(_over())
                return future
            self._taken[token] = future
        header = {"type": "take", "token": token, "area": area, "at": time.monotonic()}
        self._child.send(header | {"covers": described(covers)})
        return future

    def stop(self) -> None:
        """Who waits for a clip learns of it; see `Looker.stop`."""
        with self._lock:
            super().stop()
            waiting = list(self._taken.values())
            self._taken.clear()
        for future in waiting:
            future.set_exception(_over())

    def _take_in(self, frame: Frame) -> None:
        super()._take_in(frame)
        if frame.type == "clip":
            with self._lock:
                future = self._taken.pop(frame.header["token"], None)
            if future is not None:
                future.set_result(frame.payloads[0])

    def _stopped(self, reason: str) -> HelperError:
        return HelperError(
            ErrorKind.WORKER,
            tr(
                "The last seconds are no longer kept, since the program that keeps them stopped: {reason}.",
                reason=reason,
            ),
            tr("Switch it on again in the tray's menu."),
        )


def _over() -> HelperError:
    return HelperError(
        ErrorKind.CAPTURE,
        tr("The last seconds of the screen are gone: they are not kept any more."),
        tr("Switch it on again in the tray's menu."),
    )
