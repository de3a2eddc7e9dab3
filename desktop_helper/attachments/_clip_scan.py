"""Looks through a video for the pictures that matter: at all of them, or at what there is time for."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from desktop_helper.attachments._clip import Clip
from desktop_helper.attachments._clip_few import FewPictures
from desktop_helper.attachments._clip_frames import Frames
from desktop_helper.core.clip_span import Cut, Span
from desktop_helper.scenes.chooser import Scene, SceneChooser
from desktop_helper.scenes.tiles import Picture, changed

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

WHOLE_S = 20.0  # of work: a video that takes longer is sampled
TRIAL_S = 0.8  # after which it is known how long it would take
SAMPLING_S = 8.0
TAIL_S = 4.0
MOST_SAMPLES = 1500
_LEAST_CHANGE = 0.001

Told = Callable[[float, float | None], None]  # how far it is, and of how many seconds
Shown = Callable[[float, "VideoFrame"], None]  # what it begins with


@dataclass(slots=True)
class Findings:
    """What was seen.

    Args:
        frames: the chosen pictures.
        looked: how many pictures were looked at.
        count: how many there are, as far as is known.
        duration: in seconds, as far as is known.
        whole: whether all were looked at.
        broken: whether it could not be read to its end.
    """

    frames: Frames
    looked: int = 0
    count: int = 0
    duration: float = 0.0
    whole: bool = True
    broken: bool = False


def scan(file: BinaryIO, clip: Clip, frames: Frames, cut: Cut, tell: Told, show: Shown) -> Findings:
    """Choose pictures of `cut` into `frames`. A long video is opened once more, since it is jumped through."""
    found = _whole(clip, frames, cut, tell, show)
    if found is None:
        clip.close()
        frames.clear()
        sampled = Clip(file, one_by_one=True)
        try:
            found = _Sampler(sampled, frames, cut, tell).run()
        finally:
            sampled.close()
    return found


def _whole(clip: Clip, frames: Frames, cut: Cut, tell: Told, show: Shown) -> Findings | None:
    """Look at every picture; None if that would take too long."""
    chooser, few, span = SceneChooser["VideoFrame"](), FewPictures(), cut.span
    begun, end, found = time.monotonic(), _end(clip, span), Findings(frames)
    trial, due = True, _even_times(cut, end, frames.most)
    for at, frame in clip.part(span):
        if not found.looked:
            show(at, frame)
        frames.add(clip, chooser.feed(at, clip.small(frame), frame))
        few.note(at, frame)
        if due and at >= due[-1]:
            due.pop()
            frames.add(clip, [Scene(at, frame, 0.0)])
        found.looked += 1
        found.duration = at
        spent = time.monotonic() - begun
        if trial and spent > TRIAL_S and end:
            trial = False
            if spent * (end - span.start) / max(at - span.start, 0.01) > WHOLE_S:
                return None
        if spent > WHOLE_S * 1.5:  # it is longer than it said, or does not say
            found.whole = False
            break
        if found.looked % 50 == 0:
            tell(at - span.start, end and end - span.start)
    frames.add(clip, [*chooser.finish(), *few.scenes(clip)])
    missing = (end or 0) - found.duration
    found.broken = clip.broken or (found.whole and missing > _slack(end or 0))
    found.count = found.looked if found.whole else max(found.looked, _count(clip, span))
    found.duration = max(found.duration, (clip.duration or 0) if not found.broken else 0)
    return found


def _even_times(cut: Cut, end: float | None, count: int) -> list[float]:
    """When pictures are kept also if nothing changes, the last one first; none if that is not wanted."""
    if not cut.evenly or not end:
        return []
    start = cut.span.start
    return [start + (end - start) * number / (count - 1) for number in reversed(range(1, count - 1))]


def _end(clip: Clip, span: Span) -> float | None:
    """Where the last picture is looked for, as far as that is known."""
    return min((end for end in (clip.duration, span.end) if end is not None), default=None)


def _count(clip: Clip, span: Span) -> int:
    """About how many pictures the span has."""
    if span.is_whole or not clip.duration:
        return clip.frames
    return round(clip.frames * ((_end(clip, span) or 0) - span.start) / clip.duration)


def _slack(duration: float) -> float:
    """How long before the end of a sound file its last picture may be: sound often goes on for a little."""
    return max(2.0, duration * 0.05)


@dataclass(order=True, slots=True)
class _Gap:
    """Between two samples; the one of the greatest weight is split next."""

    weight: float
    start: float = field(compare=False)
    end: float = field(compare=False)


class _Sampler:
    """Jumps to pictures that can be decoded by themselves: evenly at first, then where the samples differ."""

    def __init__(self, clip: Clip, frames: Frames, cut: Cut, tell: Told) -> None:
        self._clip, self._frames, self._cut, self._tell = clip, frames, cut, tell
        self._span, self._end = cut.span, _end(clip, cut.span) or 0.0
        self._samples: dict[float, Picture] = {}
        self._exact: dict[float, VideoFrame] = {}  # at the ends, where those cannot be decoded by themselves

    def run(self) -> Findings:
        """Within about ten seconds, whatever there is."""
        begun = time.monotonic()
        for found in (self._head(), self._clip.near(self._end)):
            self._sample(found)
        gaps = [self._gap(*sorted(self._samples))] if len(self._samples) == 2 else []
        while gaps and len(self._samples) < MOST_SAMPLES and time.monotonic() - begun < SAMPLING_S:
            gap = heapq.heappop(gaps)
            at = self._sample_between(gap)
            if at is not None:
                heapq.heappush(gaps, self._gap(gap.start, at))
                heapq.heappush(gaps, self._gap(at, gap.end))
            share = min(1.0, (time.monotonic() - begun) / SAMPLING_S)
            self._tell(share * self._length, self._length)
        tail = self._tail()
        self._choose(tail)
        return Findings(
            self._frames,
            looked=len(self._samples) + (tail is not None),
            count=max(_count(self._clip, self._span), len(self._samples)),
            duration=max([self._clip.duration or 0.0, *self._samples]),
            whole=False,
            broken=tail is None,
        )

    @property
    def _length(self) -> float:
        return max(0.0, self._end - self._span.start)

    def _head(self) -> tuple[float, VideoFrame] | None:
        """What is seen when the span begins; None if that would take long."""
        if not self._span.start:
            return self._clip.near(0.0)
        head, begun = None, time.monotonic()
        for found in self._clip.from_before(self._span.start):
            if head is not None and found[0] > self._span.start:
                break
            head = self._span.start, found[1]
            if time.monotonic() - begun > TAIL_S:
                return None  # it is not known what is seen there
        if head is not None:
            self._exact[head[0]] = head[1]
        return head

    def _tail(self) -> tuple[float, VideoFrame] | None:
        """The very last picture; where that lies long behind a picture that can be decoded by itself, one before it."""
        tail, begun = None, time.monotonic()
        for found in self._clip.from_near(self._end):
            if self._span.end is not None and tail is not None and found[0] > self._span.end:
                break
            tail = found
            if time.monotonic() - begun > TAIL_S:
                break
            self._tell(self._length, self._length)
        if tail is not None:
            self._exact[tail[0]] = tail[1]
        return tail

    def _sample_between(self, gap: _Gap) -> float | None:
        middle = (gap.start + gap.end) / 2
        found = self._clip.near(middle)
        if found is None or found[0] <= gap.start:
            found = self._clip.near(middle, after=True)
        if found is None or not gap.start < found[0] < gap.end:
            return None
        return self._sample(found)

    def _sample(self, found: tuple[float, VideoFrame] | None) -> float | None:
        if found is None or found[0] < self._span.start:
            return None
        self._samples[found[0]] = self._clip.small(found[1])
        return found[0]

    def _gap(self, start: float, end: float) -> _Gap:
        one, other = self._samples[start], self._samples[end]
        share = np.count_nonzero(changed(one, other)) / one.size
        return _Gap(-float((end - start) * (share + _LEAST_CHANGE) ** 0.5), start, end)

    def _choose(self, tail: tuple[float, VideoFrame] | None) -> None:
        """Which of the samples matter; those are decoded once more, in full."""
        chooser, scenes = SceneChooser[float](), []
        for at in sorted(self._samples):
            scenes += chooser.feed(at, self._samples[at], at)
        if tail is not None and (not self._samples or tail[0] > max(self._samples)):
            scenes += chooser.feed(tail[0], self._clip.small(tail[1]), tail[0])
        scenes += chooser.finish()
        known = {scene.at for scene in scenes}
        evenly = {self._sample_near(at) for at in _even_times(self._cut, self._end, self._frames.most)} - known
        scenes = sorted([*scenes, *(Scene(at, at, 0.0) for at in evenly)], key=lambda scene: scene.at)
        self._frames.add(self._clip, list(self._decoded(self._frames.kept_of(scenes))))

    def _sample_near(self, at: float) -> float:
        return min(self._samples, key=lambda sample: abs(sample - at))

    def _decoded(self, scenes: list[Scene[float]]) -> Iterator[Scene[VideoFrame]]:
        for scene in scenes:
            frame = self._exact.get(scene.at)
            if frame is None and (found := self._clip.near(scene.at + 0.001)) is not None:
                frame = found[1]
            if frame is not None:
                yield Scene(scene.at, frame, scene.change)
