"""A region that is watched by a process of its own, until there is something to ask about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.frames import Frame
from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import Frame as Pixels
from desktop_helper.core.watch import WatchSpec
from desktop_helper.services.looker import Looker


class Watch(Looker):
    """Looks until `stop`; see `Looker`.

    Args:
        argv: the command of the process (`desktop_helper.capture._watcher`).
        log_dir: where its log file is.
        spec: what to watch.
        on_seen: as `Looker` says.
        on_picture: called on the thread of `follow` with the first picture and False, then with each one that shows
            something new and True.
    """

    def __init__(
        self,
        argv: Sequence[str],
        log_dir: Path,
        spec: WatchSpec,
        on_seen: Callable[[int], None],
        on_picture: Callable[[Pixels, bool], None],
    ) -> None:
        self._area, self._on_picture = spec.area, on_picture
        super().__init__(argv, log_dir / "watch.log", {"type": "watch", **spec.to_header()}, on_seen)

    def _take_in(self, frame: Frame) -> None:
        super()._take_in(frame)
        if frame.type in ("began", "news"):
            width, height = frame.header["width"], frame.header["height"]
            pixels = Pixels(frame.payloads[0], Rect(self._area.x, self._area.y, width, height))
            self._on_picture(pixels, frame.type == "news")

    def _stopped(self, reason: str) -> HelperError:
        return HelperError(
            ErrorKind.WORKER,
            tr("The region is no longer watched, since the program that watches it stopped: {reason}.", reason=reason),
            tr("Choose the region again."),
        )
