"""The thread that takes the pictures of a recording, at their times."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from desktop_helper.capture._control import Control
from desktop_helper.capture._lens import Lens
from desktop_helper.capture._pacing import Pacer
from desktop_helper.core.errors import HelperError
from desktop_helper.core.recording import Ending, RecordingSpec

WAITING = 4  # pictures that the encoder may be behind; 33 MB each at 4K
REPEAT_S = 0.4  # a picture that stays is written again after this, so that a killed recording does not end long before


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture, and the second of the recording that it shows."""

    seconds: float
    pixels: bytearray = field(repr=False)


class Grabber:
    """Puts what changed into `shots`, the first picture ahead of time and None at the end.

    Args:
        spec: what is wanted.
        control: begins, pauses and ends it.
        open_lens: called on the thread, since capturers belong to one; the result is closed there.

        on_held: called on the thread when nobody looks any more, as `control` wants it.

    Attributes:
        shots: for the encoder.
        size: width and height of all pictures; known when the first one is in `shots`.
        delivered, dropped: pictures so far; see `RecordingProgress`.
    """

    def __init__(
        self, spec: RecordingSpec, control: Control, open_lens: Callable[[], Lens], on_held: Callable[[], None]
    ) -> None:
        self._spec = spec
        self._on_held = on_held
        self._control = control
        self._open_lens = open_lens
        self._pacer = Pacer(spec.fps)
        self._late = 0
        self._last: bytearray | None = None
        self._seen: bytearray | None = None  # since it has begun
        self._told = False
        self._last_at = 0.0
        self._thread = threading.Thread(target=self._run, name="grab", daemon=True)
        self.shots: queue.Queue[Shot | None] = queue.Queue(WAITING)
        self.size = (0, 0)
        self.delivered = 0

    @property
    def dropped(self) -> int:
        """Pictures that are missing: not taken in time, or not written in time."""
        return self._pacer.missed + self._late

    def start(self) -> None:
        """Begin; nothing is taken before `control.begin`, but for the first picture, which tells the size."""
        self._thread.start()

    def join(self) -> None:
        """Wait until the thread has ended, once the recording is over; throws away what it still sends.

        One that waits for the first picture, for which the desktop may ask the user, is left to end with the process.
        """
        while self._thread.is_alive() and self.size != (0, 0):
            with contextlib.suppress(queue.Empty):
                self.shots.get(timeout=0.02)

    def _run(self) -> None:
        try:
            lens = self._open_lens()
            try:
                self._first(lens)
                self._follow(lens)
            finally:
                lens.close()
        except HelperError as error:
            self._control.stop(Ending.SCREEN, error)
        finally:
            self.shots.put(None)

    def _first(self, lens: Lens) -> None:
        pixels = lens.look()
        self.size = lens.size
        self.shots.put(Shot(0.0, pixels))

    def _follow(self, lens: Lens) -> None:
        limit = self._spec.seconds
        while self._control.wait_until(self._pacer.due if limit is None else min(self._pacer.due, limit)):
            now = self._control.seconds()
            if limit is not None and now >= limit:
                self._pacer.over(limit)
                self._control.stop(Ending.TIME)
                return
            held = self._control.held
            if held and not self._told:
                self._on_held()
            elif not held:
                self._seen = lens.look()
            self._told = held
            after = self._control.seconds()
            self._pacer.taken(after if limit is None else min(after, limit))
            if self._seen is not None:
                self._hand_over(Shot(now, self._seen))

    def _hand_over(self, shot: Shot) -> None:
        """To the encoder, unless it would see what it has seen already."""
        same = shot.pixels is self._last or shot.pixels == self._last  # comparing takes time, the first time too
        if shot.seconds - self._last_at < REPEAT_S and same:
            self.delivered += 1
            return
        try:
            self.shots.put(shot, timeout=max(0.0, self._pacer.due - self._control.seconds()))
        except queue.Full:
            self._late += 1
            return
        self.delivered += 1
        self._last, self._last_at = shot.pixels, shot.seconds
