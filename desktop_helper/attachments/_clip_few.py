"""Videos of a few pictures, such as most animated ones: all that differ go, however fast they follow each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from desktop_helper.scenes.chooser import Scene

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

    from desktop_helper.attachments._clip import Clip

MOST = 8
_MOST_PIXELS = 16_000_000  # of all that are held until it is known that there are no more
_SIDE = 96  # of the pictures that are compared, in colour: red and green may be equally bright
_DIFFERENT = 24  # of 255; what encoding does to a picture is less


class FewPictures:
    """Is told of each picture in turn."""

    def __init__(self) -> None:
        self._seen: list[tuple[float, VideoFrame]] = []
        self._count = self._pixels = 0

    def note(self, at: float, frame: VideoFrame) -> None:
        """The next one."""
        self._count += 1
        self._pixels += frame.width * frame.height
        if self._count > MOST or self._pixels > _MOST_PIXELS:
            self._seen.clear()
        else:
            self._seen.append((at, frame))

    def scenes(self, clip: Clip) -> list[Scene[VideoFrame]]:
        """Those that show something else than the one before; none if there were more than a few."""
        if len(self._seen) < self._count:
            return []
        found: list[Scene[VideoFrame]] = []
        before: np.ndarray[Any, Any] | None = None
        for at, frame in self._seen:
            small = clip.sized(frame, _SIDE, _SIDE).astype(np.int16)
            if before is not None:
                share = float((np.abs(small - before).max(axis=2) > _DIFFERENT).mean())
                found += [Scene(at, frame, share)] if share else []
            before = small
        return found
