"""The process that keeps the last seconds of the screen in its memory. It writes to no file, and ends with its input.

Frames from the parent (`services.ring`): `keep` with a `RingSpec`, then `cover` and `take`, which says when that was.
Frames back: `seen`, as in `capture._tracks`; `clip` with an MP4 for each `take`; `error` if the screen cannot be looked
at any more.
"""

from __future__ import annotations

import queue

from desktop_helper.capture._lens import Lens
from desktop_helper.capture._pointer import open_pointer
from desktop_helper.capture._reel import Reel
from desktop_helper.capture._tracks import Rounds, Size, Track
from desktop_helper.core import registry
from desktop_helper.core.capture_choice import best_source
from desktop_helper.core.child_side import Channel, serve
from desktop_helper.core.frames import Frame
from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import set_language
from desktop_helper.core.ring import RingSpec

PROMPT_S = 0.02  # after which a window that was opened since a clip was asked for may be seen


class Ring(Rounds[Reel]):
    """The rounds of this process; `take` asks for a clip.

    It ends with what is there now. If that was asked for longer ago, since this process had a large picture to encode,
    it ends with what was there then: the window that will show it is open by now.
    """

    def _heed(self, frame: Frame) -> None:
        if frame.type != "take":
            super()._heed(frame)
            return
        asked_at = self._seconds(frame.header["at"])
        if self._now() - asked_at <= PROMPT_S:
            self._look()
            asked_at = self._now()
        self._cover(frame, max(track.newest(asked_at) for track in self._tracks))
        reel = self._tracks[frame.header["area"]].sink
        clip = b"" if reel is None else reel.clip(self._now())
        self._channel.send({"type": "clip", "token": frame.header["token"]}, clip)


def track(area: Rect, lens: Lens, spec: RingSpec) -> Track[Reel]:
    """What is kept of an area; its share of `max_bytes` is that of each."""

    def open_reel(size: Size) -> Reel:
        return Reel(*size, spec.fps, spec.seconds, spec.max_bytes // len(spec.areas))

    return Track(area, lens.look, lambda: lens.size, open_reel)


_inbox: queue.SimpleQueue[Frame] = queue.SimpleQueue()


def handle(frame: Frame, channel: Channel) -> None:
    """Keep what the parent asks for; each process does so once."""
    set_language(frame.header["language"])
    spec = RingSpec.from_header(frame.header)
    capturer = best_source(registry.discover("desktop_helper.capture", "SOURCE")).create()
    pointer = open_pointer() if spec.pointer else None
    tracks = [track(area, Lens(capturer, area, pointer), spec) for area in spec.areas]
    Ring(tracks, spec.fps, _inbox, channel).run()


def urgent(frame: Frame) -> bool:
    """What is said while pictures are taken."""
    if frame.type == "keep":
        return False
    _inbox.put(frame)
    return True


if __name__ == "__main__":
    serve(handle, urgent)
