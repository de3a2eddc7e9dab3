"""Looking at areas of the screen again and again, without what windows of ours hide: for what goes on for long.

Each picture that has changed is told to the parent as `seen` and waits for a `cover`, which says where windows of ours
are. Until then nothing is done with it.

A locked session may give no pictures at all (Windows does not, nor while it asks for an administrator): that is waited
for, once the parent has said so with a `cover` that covers everything.
"""

from __future__ import annotations

import contextlib
import queue
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from desktop_helper.capture._covers import covered
from desktop_helper.capture._pacing import Pacer
from desktop_helper.core.child_side import Channel
from desktop_helper.core.errors import HelperError
from desktop_helper.core.frames import Frame
from desktop_helper.core.geometry import Rect
from desktop_helper.core.ring import rects

LOCK_S = 4.0  # in which the parent has learned that the session is locked, or there is another reason for no pictures
AGAIN_S = 0.5  # between two tries while there are none
WAITING = 3  # pictures of an area that wait for their covers; 8 MB each at 1080p
Size = tuple[int, int]


class Sink(Protocol):
    """What pictures are for."""

    @property
    def last(self) -> bytearray | None:
        """The picture that was added last."""
        ...

    def add(self, pixels: bytearray, seconds: float) -> None:
        """One that differs from the last one; it must not be changed."""
        ...

    def rest(self, seconds: float) -> None:
        """Nothing has changed until now."""
        ...


S = TypeVar("S", bound=Sink)


@dataclass(frozen=True, slots=True)
class _Shot:
    number: int
    seconds: float
    pixels: bytearray = field(repr=False)


class Track(Generic[S]):
    """One area: what is seen of it, and what waits.

    Args:
        area: of the desktop.
        look: takes a picture of it, which is the caller's own.
        size: of the pictures; asked after the first one.
        open_sink: makes the sink for pictures of that size.
        hold: where windows of ours are, show what was there before; else it is grey.

    Attributes:
        sink: None before the first picture.
    """

    def __init__(
        self,
        area: Rect,
        look: Callable[[], bytearray],
        size: Callable[[], Size],
        open_sink: Callable[[Size], S],
        *,
        hold: bool = False,
    ) -> None:
        self._area, self._look, self._size, self._open_sink = area, look, size, open_sink
        self._hold = hold
        self._seen: bytearray | None = None
        self._waiting: deque[_Shot] = deque()
        self._stale = False  # what was added last was covered where now nothing is to be hidden
        self.sink: S | None = None

    def look(self, now: float, number: int) -> bool:
        """Look once. Returns whether there is something new, which waits for `cover`."""
        pixels = self._look()
        if pixels == self._seen and not self._stale:
            if self.sink is not None and not self._waiting:
                self.sink.rest(now)
            return False
        self._seen = pixels
        if len(self._waiting) == WAITING:
            self._waiting.popleft()
        self._waiting.append(_Shot(number, now, pixels))
        return True

    def cover(self, number: int, before: tuple[Rect, ...] | None, after: tuple[Rect, ...] | None) -> None:
        """Take what waits up to `number`, without what windows cover; None covers everything.

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
                under = self.sink.last if self.sink is not None and self._hold else None
                painted = covered(shot.pixels, self._area, self._size(), (*before, *after), under)
            if painted is None:
                self._stale = True
            else:
                self._add(painted, shot.seconds)

    def newest(self, seconds: float) -> int:
        """Number of the newest picture that waits and is no newer than that; 0 if there is none."""
        return max((shot.number for shot in self._waiting if shot.seconds <= seconds), default=0)

    def _add(self, pixels: bytearray, seconds: float) -> None:
        if self.sink is None:
            self.sink = self._open_sink(self._size())
        if pixels == self.sink.last:  # it has changed only where it is covered
            self.sink.rest(seconds)
        else:
            self.sink.add(pixels, seconds)


class Rounds(Generic[S]):
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
        tracks: Sequence[Track[S]],
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
        self._seen_at: float | None = None  # when there were pictures, or there could be none
        self._again_at = 0.0

    def run(self) -> None:
        """Until the process ends. Raises `HelperError(CAPTURE)` if the screen cannot be looked at any more."""
        while True:
            self.step()

    def step(self) -> None:
        """Heed what was said until the next picture is due, then take it.

        What has been said is heeded also by who is late: else, where looking takes all the time there is, nobody would
        ever hear where windows are, and nothing would be kept.
        """
        with contextlib.suppress(queue.Empty):
            while True:
                left = self._pacer.due - self._now()
                self._heed(self._inbox.get(timeout=left) if left > 0 else self._inbox.get_nowait())
        self._look()
        self._pacer.taken(self._now())

    def _look(self) -> None:
        now = self._now()
        if now < self._again_at:
            return
        try:
            self._look_at_all(now)
        except HelperError:
            if self._seen_at is None or (self._covers is not None and now - self._seen_at > LOCK_S):
                raise
            self._again_at = now + AGAIN_S
            self._seen_at = now if self._covers is None else self._seen_at
        else:
            self._seen_at = now

    def _look_at_all(self, now: float) -> None:
        self._number += 1
        news = [track.look(now, self._number) for track in self._tracks]
        if any(news):
            self._channel.send({"type": "seen", "number": self._number})

    def _heed(self, frame: Frame) -> None:
        if frame.type == "cover":
            self._cover(frame, frame.header["number"])

    def _cover(self, frame: Frame, number: int) -> None:
        before, self._covers = self._covers, rects(frame.header["covers"])
        for track in self._tracks:
            track.cover(number, before, self._covers)

    def _now(self) -> float:
        return self._seconds(self._clock())

    def _seconds(self, clock: float) -> float:
        """A time of the clock, which all processes share, as one of the pictures."""
        return clock - self._began
