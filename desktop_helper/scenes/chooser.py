"""Chooses the pictures that matter while a video goes by, or a screen.

It is fed with small grey pictures in the order of time and says which ones to keep. It looks at nothing else and waits
for nothing, so a file that is decoded at any speed and a live recording use the same one.

What it promises (docs/adr/020): the first and the last picture are kept. A change is kept as soon as the picture has
come to rest after it, with the time at which the rest began. What appears and is gone again at once is kept, too. Of
what goes on moving (a scroll, a film) the beginning, the end and now and then a picture between are kept. Letters that
are typed, a caret, a clock and the mouse's pointer are no changes, but a line of typed text is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from desktop_helper.scenes.movement import REST_S, Movement
from desktop_helper.scenes.tiles import (
    LINE,
    WINDOW,
    Counts,
    Marks,
    Picture,
    changed,
    grown,
    per_tile,
    per_window,
    significant,
    threshold,
)

T = TypeVar("T")

STILL_S = 0.08  # a state that was seen so long is kept when the next one comes at once
PATIENCE_S = 0.45  # after which a change that does not come to rest is kept as it is
GRADUAL_REST_S = 0.6  # who types pauses longer than a film does
GRADUAL_S = 2.0  # between pictures of what changes little by little, such as typing
GRADUAL_PATIENCE_S = 4.0
MOTION_S = 2.0  # between pictures of what never rests; each time half as long again
MOST_MOTION_S = 60.0


@dataclass(frozen=True, slots=True)
class Scene(Generic[T]):
    """A picture that matters.

    Args:
        at: its time in seconds.
        full: what was passed with it.
        change: how much it differs from the one before it, 0 to 1.
    """

    at: float
    full: T
    change: float


@dataclass(frozen=True, slots=True, eq=False)
class _Seen(Generic[T]):
    at: float
    picture: Picture
    full: T
    cells: int = 0  # that differ from the last kept picture


@dataclass(slots=True)
class _Change(Generic[T]):
    """A change that has begun and is not kept yet.

    Args:
        since: when it began.
        latest: the picture of the last movement in it: what is kept when it rests.
        peak: the one that differs most: what is kept if all is as before again.
        where: the tiles that it is about.
        onset: an earlier state that stood still for a moment.
        abrupt: something came or went at once, unlike typing.
    """

    since: float
    latest: _Seen[T]
    peak: _Seen[T]
    where: Marks
    onset: _Seen[T] | None = None
    abrupt: bool = False


class SceneChooser(Generic[T]):
    """Feed it with pictures of one size; `T` is whatever the caller needs to find the full picture again.

    It holds on to at most five of what was passed as `full`, and to some only as long as a change goes on.
    """

    def __init__(self) -> None:
        self._watch: _Watch[T] | None = None

    def feed(self, at: float, picture: Picture, full: T) -> list[Scene[T]]:
        """The next picture. Returns what is to be kept now: this one or earlier ones, in order of time."""
        seen = _Seen(at, picture, full)
        if self._watch is None:
            self._watch = _Watch(seen)
            return [Scene(at, full, 1.0)]
        return self._watch.look(seen)

    def finish(self) -> list[Scene[T]]:
        """The end: what was still waiting, and the last picture. Afterwards a new video may begin."""
        watch, self._watch = self._watch, None
        return watch.finish() if watch is not None else []


class _Watch(Generic[T]):
    """What is known between two pictures."""

    def __init__(self, first: _Seen[T]) -> None:
        self._kept = self._last = first
        self._movement = Movement(first.at, first.picture)
        self._change: _Change[T] | None = None
        self._patience = PATIENCE_S
        self._decided_at = first.at
        self._motion_s = MOTION_S
        self._threshold = threshold(first.picture)

    def look(self, seen: _Seen[T]) -> list[Scene[T]]:
        was_restless = self._movement.restless.any()
        moved = self._movement.note(seen.at, seen.picture)
        before, self._last = self._last, seen
        if self._change is None and not was_restless and not moved.any():
            return []  # most pictures of a desktop
        return self._judge(seen, before, moved)

    def finish(self) -> list[Scene[T]]:
        last, change = self._last, self._change
        if last is self._kept:
            return []
        waiting = [] if change is None else [one for one in (change.onset, change.latest) if one and one is not last]
        if waiting and last.at - waiting[-1].at <= PATIENCE_S and not self._differ(waiting[-1], last):
            waiting.pop()  # the last picture shows the same
        return [scene for one in (*waiting, last) for scene in self._keep(one)]

    def _judge(self, seen: _Seen[T], before: _Seen[T], moved: Marks) -> list[Scene[T]]:
        drift = per_tile(changed(seen.picture, self._kept.picture))
        fresh = np.where(self._movement.restless, 0, drift)
        concerned = significant(fresh, self._threshold)
        if not concerned.any():
            return self._nothing_new(seen, drift)
        change = self._change
        if change is not None and self._is_next(change, seen, concerned & moved):
            return self._keep_change(change, change.latest) + self._judge(seen, before, moved)
        seen = _Seen(seen.at, seen.picture, seen.full, int(fresh.sum()))
        if change is None:
            if seen.at - self._decided_at >= PATIENCE_S:  # what moved before does not go on
                self._patience = PATIENCE_S
            self._change = change = _Change(seen.at, seen, seen, np.zeros_like(moved))
        if not change.abrupt:
            change.abrupt = self._differ(before, seen)
        if not change.abrupt:
            concerned = grown(concerned, *LINE) & (fresh > 0)  # the next letters belong to it
        self._note(change, seen, concerned, moved)
        if not self._is_time(change, seen.at, concerned):
            return []
        self._decided_at = seen.at
        return self._keep_change(change, change.latest)

    def _is_next(self, change: _Change[T], seen: _Seen[T], moving: Marks) -> bool:
        """Whether something new comes after a state that had come to rest and is not kept yet."""
        return seen.at - change.latest.at >= REST_S and bool(moving.any()) and self._differ(change.latest, seen)

    def _note(self, change: _Change[T], seen: _Seen[T], concerned: Marks, moved: Marks) -> None:
        change.where |= concerned
        if (concerned & moved).any() and seen is not change.latest:
            stood = seen.at - change.latest.at >= STILL_S and self._patience == PATIENCE_S
            if stood and change.onset is None and self._differ(change.latest, seen):
                change.onset = change.latest
            change.latest = seen
        if seen.cells > change.peak.cells:
            change.peak = seen

    def _is_time(self, change: _Change[T], now: float, concerned: Marks) -> bool:
        """Whether the change has come to rest, or goes on for so long that it is kept as it is."""
        if (concerned & self._movement.since(now, REST_S if change.abrupt else GRADUAL_REST_S)).any():
            if now - change.since < (self._patience if change.abrupt else GRADUAL_PATIENCE_S):
                return False
            self._patience *= 2
            return True
        if not change.abrupt and now - self._kept.at < GRADUAL_S:
            return False
        self._patience = PATIENCE_S
        return True

    def _nothing_new(self, seen: _Seen[T], drift: Counts) -> list[Scene[T]]:
        if (change := self._change) is not None:
            self._change = None
            if significant(np.where(change.where, drift, 0), self._threshold).any():
                return []  # it has become one of the things that never rest
            flashes = {one for one in (change.onset, change.peak) if one is not None}  # there for a moment only
            return [self._scene(one) for one in sorted(flashes, key=lambda one: one.at)]
        if not self._movement.restless.any():
            self._motion_s = MOTION_S
            return []
        if seen.at - self._kept.at < self._motion_s or not significant(drift, self._threshold).any():
            return []
        self._motion_s = min(MOST_MOTION_S, self._motion_s * 1.5)
        return self._keep(seen)

    def _keep_change(self, change: _Change[T], seen: _Seen[T]) -> list[Scene[T]]:
        onset = self._keep(change.onset) if change.onset is not None else []
        return onset + self._keep(seen)

    def _keep(self, seen: _Seen[T]) -> list[Scene[T]]:
        """Later pictures are compared with this one."""
        scene = self._scene(seen)
        self._change, self._kept = None, seen
        return [scene]

    def _scene(self, seen: _Seen[T]) -> Scene[T]:
        cells = np.count_nonzero(changed(seen.picture, self._kept.picture))
        return Scene(seen.at, seen.full, float(cells / seen.picture.size))

    def _differ(self, one: _Seen[T], other: _Seen[T]) -> bool:
        counts = per_tile(changed(one.picture, other.picture))
        counts = np.where(self._movement.restless, 0, counts)
        return bool((per_window(counts, *WINDOW) >= self._threshold).any())
