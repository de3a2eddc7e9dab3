"""A recording for whoever must not wait for it: the window's thread."""

from __future__ import annotations

import threading
from collections.abc import Callable

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.recording import Recorded, RecordingProgress
from desktop_helper.services.recording import Recording


class RecordingRun:
    """`work` makes the recording and follows it on a thread of its own; everything else returns at once, on any.

    What is wanted before the recorder process is there is told to it first thing.

    Args:
        begin: starts the recording. Called by `work`.

    Attributes:
        progress: the latest; None before the first.
    """

    def __init__(self, begin: Callable[[], Recording]) -> None:
        self._begin = begin
        self._lock = threading.Lock()
        self._recording: Recording | None = None
        self._waiting: list[Callable[[Recording], None]] = []
        self.progress: RecordingProgress | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether the recorder waits for the first picture, about which the desktop may be asking the user."""
        recording = self._recording
        return recording is not None and recording.is_waiting

    @property
    def is_held(self) -> bool:
        """Whether the recorder does not look at the screen, as `hold` wants it."""
        recording = self._recording
        return recording is not None and recording.is_held

    def work(self, cancel: CancelToken) -> Recorded:
        """Until it is over; `cancel` stops it, and what was recorded is kept. Raises as `Recording.next_event` does."""
        recording = self._begin()
        try:
            with self._lock:
                self._recording = recording
                for wish in self._waiting:
                    wish(recording)
            cancel.on_cancel(self.stop)
            while not isinstance(event := recording.next_event(), Recorded):
                self.progress = event
            return event
        finally:
            recording.close()

    def pause(self) -> None:
        """Record nothing until `resume`."""
        self._tell(lambda recording: recording.pause())

    def resume(self) -> None:
        """Go on after `pause`."""
        self._tell(lambda recording: recording.resume())

    def hold(self, held: bool) -> None:
        """See `Recording.hold`."""
        self._tell(lambda recording: recording.hold(held))

    def stop(self) -> None:
        """End it, and keep the file."""
        self._tell(lambda recording: recording.stop())

    def discard(self) -> None:
        """End it, and delete the file."""
        self._tell(lambda recording: recording.discard())

    def _tell(self, wish: Callable[[Recording], None]) -> None:
        with self._lock:
            if self._recording is None:
                self._waiting.append(wish)
            else:
                wish(self._recording)
