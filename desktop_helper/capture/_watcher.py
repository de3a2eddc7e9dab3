"""The process that watches a region: it looks all the time, and says when there is something to ask about.

Frames from the parent (`services.watch`): `watch` with a `WatchSpec`, then `cover`. Frames back: `seen`, as in
`capture._tracks`; `began` with the first picture and `news` with each one that shows something new, as pixels; `error`
if the region cannot be looked at any more.
"""

from __future__ import annotations

import queue

import cv2
import numpy as np

from desktop_helper.capture._lens import Lens
from desktop_helper.capture._tracks import Rounds, Size, Track
from desktop_helper.core import registry
from desktop_helper.core.capture_choice import best_source
from desktop_helper.core.child_side import Channel, serve
from desktop_helper.core.frames import Frame
from desktop_helper.core.i18n import set_language
from desktop_helper.core.watch import Rule, WatchSpec
from desktop_helper.scenes.change_watch import ChangeWatch
from desktop_helper.scenes.tiles import Picture, small_size


class Lookout:
    """The sink of the pictures of a region of one size.

    Args:
        size: of the pictures.
        spec: what matters.
        channel: where that is told.
    """

    def __init__(self, size: Size, spec: WatchSpec, channel: Channel) -> None:
        self._size, self._channel = size, channel
        self._watch = ChangeWatch(spec.rest_s, None) if spec.rule is Rule.REST else ChangeWatch()
        self._last: bytearray | None = None
        self._small: Picture | None = None

    @property
    def last(self) -> bytearray | None:
        """The picture that was added last."""
        return self._last

    def add(self, pixels: bytearray, seconds: float) -> None:
        """Another picture."""
        first = self._last is None
        width, height = self._size
        grey = cv2.cvtColor(np.frombuffer(pixels, np.uint8).reshape(height, width, 4), cv2.COLOR_BGRA2GRAY)
        small = cv2.resize(grey, small_size(width, height), interpolation=cv2.INTER_AREA)
        self._last, self._small = pixels, np.asarray(small, np.uint8)
        if first:
            self._tell("began")
        self.rest(seconds)

    def rest(self, seconds: float) -> None:
        """It stands still, which may be what was waited for."""
        if self._small is not None and self._watch.feed(seconds, self._small):
            self._tell("news")

    def _tell(self, kind: str) -> None:
        width, height = self._size
        self._channel.send({"type": kind, "width": width, "height": height}, bytes(self._last or b""))


_inbox: queue.SimpleQueue[Frame] = queue.SimpleQueue()


def handle(frame: Frame, channel: Channel) -> None:
    """Watch what the parent asks for; each process does so once."""
    set_language(frame.header["language"])
    spec = WatchSpec.from_header(frame.header)
    lens = Lens(best_source(registry.discover("desktop_helper.capture", "SOURCE")).create(), spec.area)
    track = Track(spec.area, lens.look, lambda: lens.size, lambda size: Lookout(size, spec, channel), hold=True)
    Rounds([track], spec.fps, _inbox, channel).run()


def urgent(frame: Frame) -> bool:
    """What is said while it looks."""
    if frame.type == "watch":
        return False
    _inbox.put(frame)
    return True


if __name__ == "__main__":
    serve(handle, urgent)
