"""The process that keeps the last seconds of the screen in its memory. It writes to no file, and ends with its input.

Frames from the parent (`services.ring`): `keep` with a `RingSpec`, then `cover` and `take`. Frames back: `seen` for
each picture that has changed, which then waits for a `cover` that says where windows of ours are; `clip` with an MP4
for each `take`; `error` if the screen cannot be looked at any more.
"""

from __future__ import annotations

import contextlib
import queue
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from desktop_helper.capture._covers import covered
from desktop_helper.capture._lens import Lens
from desktop_helper.capture._pacing import Pacer
from desktop_helper.capture._pointer import open_pointer
from desktop_helper.capture._reel import Reel
from desktop_helper.core import registry
from desktop_helper.core.capture_choice import best_source
from desktop_helper.core.child_side import Channel, serve
from desktop_helper.core.frames import Frame
from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import set_language
from desktop_helper.core.ring import RingSpec, rects

WAITING = 3  # pictures of an area that wait for their covers; 8 MB each at 1080p


@dataclass(frozen=True, slots=True)
class _Shot:
    number: int
    seconds: float
    pixels: bytearray = field(repr=False)


class Track:
    """One area: what is seen of it, what waits, what is kept.

    Args:
        area: of the desktop.
        look: takes a picture of it, which is the caller's own.
        size: of the pictures; asked after the first one.
        spec: how much is kept, and its share of `max_bytes` is this track's.
    """

    def __init__(
        self, area: Rect, look: Callable[[], bytearray], size: Callable[[], tuple[int, int]], spec: RingSpec
    ) -> None:
        self._area, self._look, self._size, self._spec = area, look, size, spec
        self._reel: Reel | None = None
        self._seen: bytearray | None = None
        self._waiting: deque[_Shot] = deque()
        self._stale = False  # what was kept last was covered where now nothing is to be hidden

    def look(self, now: float, number: int) -> bool:
        """Look once. Returns whether there is something new, which waits for `cover`."""
        pixels = self._look()
        if pixels == self._seen and not self._stale:
            if self._reel is not None and not self._waiting:
                self._reel.rest(now)
            return False
        self._seen = pixels
        if len(self._waiting) == WAITING:
            self._waiting.popleft()
        self._waiting.append(_Shot(number, now, pixels))
        return True

    def cover(self, number: int, before: tuple[Rect, ...] | None, after: tuple[Rect, ...] | None) -> None:
        """Keep what waits up to `number`, without what windows cover; None covers everything.

        Args:
            number: of a picture that was taken before `after` was found out.
            before: where windows were the last time that somebody looked.
            after: where they were after the picture.
        """
        while self._waiting and self._waiting[0].number <= number:
            shot = self._waiting.popleft()
            self._stale = before != after
            painted = None
            if before is not None and after is not None:
                painted = covered(shot.pixels, self._area, self._size(), (*before, *after))
            if painted is None:
                self._stale = True
            else:
                self._keep(painted, shot.seconds)

    def clip(self, now: float) -> bytes:
        """An MP4 of what is kept, until now; empty if nothing is."""
        return b"" if self._reel is None else self._reel.clip(now)

    def _keep(self, pixels: bytearray, seconds: float) -> None:
        if self._reel is None:
            spec = self._spec
            self._reel = Reel(*self._size(), spec.fps, spec.seconds, spec.max_bytes // len(spec.areas))
        if pixels != self._reel.last:  # else it has changed only where it is covered
            self._reel.add(pixels, seconds)


class Ring:
    """Looks at all areas and heeds what comes in between; all of it on the thread that calls `run`.

    Args:
        tracks: one for each area.
        fps: how often to look.
        inbox: what the parent says.
        channel: where it is answered.
        clock: counts seconds; never goes back.
    """

    def __init__(
        self,
        tracks: list[Track],
        fps: float,
        inbox: queue.SimpleQueue[Frame],
        channel: Channel,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tracks, self._pacer = tracks, Pacer(fps)
        self._inbox, self._channel, self._clock = inbox, channel, clock
        self._began = clock()
        self._number = 0
        self._covers: tuple[Rect, ...] | None = ()

    def run(self) -> None:
        """Until the process ends. Raises `HelperError(CAPTURE)` if the screen cannot be looked at any more."""
        while True:
            self.step()

    def step(self) -> None:
        """Heed what was said until the next picture is due, then take it."""
        with contextlib.suppress(queue.Empty):
            while (left := self._pacer.due - self._now()) > 0:
                self._heed(self._inbox.get(timeout=left))
        self._look()
        self._pacer.taken(self._now())

    def _look(self) -> None:
        now = self._now()
        self._number += 1
        news = [track.look(now, self._number) for track in self._tracks]
        if any(news):
            self._channel.send({"type": "seen", "number": self._number})

    def _heed(self, frame: Frame) -> None:
        header = frame.header
        if frame.type == "take":
            self._look()
        before, self._covers = self._covers, rects(header["covers"])
        number = self._number if frame.type == "take" else header["number"]
        for track in self._tracks:
            track.cover(number, before, self._covers)
        if frame.type == "take":
            clip = self._tracks[header["area"]].clip(self._now())
            self._channel.send({"type": "clip", "token": header["token"]}, clip)

    def _now(self) -> float:
        return self._clock() - self._began


_inbox: queue.SimpleQueue[Frame] = queue.SimpleQueue()


def handle(frame: Frame, channel: Channel) -> None:
    """Keep what the parent asks for; each process does so once."""
    set_language(frame.header["language"])
    spec = RingSpec.from_header(frame.header)
    capturer = best_source(registry.discover("desktop_helper.capture", "SOURCE")).create()
    pointer = open_pointer() if spec.pointer else None
    tracks = []
    for area in spec.areas:
        lens = Lens(capturer, area, pointer)
        tracks.append(Track(area, lens.look, lambda lens=lens: lens.size, spec))  # type: ignore[misc]
    Ring(tracks, spec.fps, _inbox, channel).run()


def urgent(frame: Frame) -> bool:
    """What is said while pictures are taken."""
    if frame.type == "keep":
        return False
    _inbox.put(frame)
    return True


if __name__ == "__main__":
    serve(handle, urgent)
