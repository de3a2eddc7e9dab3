"""Texts of a fast model are sent together: each frame costs both processes time that the model's threads miss."""

from __future__ import annotations

import time
from collections.abc import Callable

from desktop_helper.core.events import StreamEvent, TextDelta, ThinkingDelta

GATHER_S = 0.04  # as often as the window draws


class Gathering:
    """Passes events on; texts that follow within `GATHER_S` of the last one wait for the next event.

    A model that is slower than that has every token sent at once.
    """

    def __init__(self, send: Callable[[StreamEvent], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._send = send
        self._clock = clock
        self._kind: type[TextDelta] | type[ThinkingDelta] = TextDelta
        self._texts: list[str] = []
        self._sent_at = -GATHER_S

    def __call__(self, event: StreamEvent) -> None:
        """Take one. Order is kept."""
        if not isinstance(event, TextDelta | ThinkingDelta):
            self.flush()
            self._send(event)
            return
        if type(event) is not self._kind:
            self.flush()
            self._kind = type(event)
        self._texts.append(event.text)
        if self._clock() - self._sent_at >= GATHER_S:
            self.flush()

    def flush(self) -> None:
        """Send what waits."""
        if self._texts:
            self._send(self._kind("".join(self._texts)))
            self._texts.clear()
            self._sent_at = self._clock()
