"""Several sources of sound as one track, in step with the pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Samples = NDArray[Any]  # of float32: one row for each moment, with CHANNELS columns, between -1 and 1

RATE, CHANNELS = 48_000, 2
SLACK = RATE // 25  # samples by which a source may be off before it is corrected: nobody sees 40 ms
PATIENCE_S = 0.3  # with a source that is behind; after that it is taken for silent


class Line:
    """One source on the recording's time, counted in samples. Belongs to one thread."""

    def __init__(self) -> None:
        self._waiting = silence(0)
        self._begin = 0
        self._runs = False

    @property
    def end(self) -> int:
        """Up to where it has been heard."""
        return self._begin + len(self._waiting)

    def hear(self, end: int, samples: Samples) -> None:
        """What lasted until `end`.

        Pieces follow each other without a seam as long as the source's clock is about right. Where it is not, silence
        is put in, or what comes twice is dropped; what comes too late is gone.
        """
        import numpy as np

        begin = end - len(samples)
        if self._runs and abs(begin - self.end) <= SLACK:
            begin = self.end
        samples = samples[max(0, self.end - begin) :]
        if not len(samples):
            return
        gap = silence(max(0, begin - self.end))
        self._waiting = np.concatenate((self._waiting, gap, samples))
        self._runs = True

    def take(self, until: int) -> Samples:
        """Everything from where the last call ended until `until`, with silence for what has not been heard."""
        import numpy as np

        count = until - self._begin
        taken, self._waiting = self._waiting[:count], self._waiting[count:]
        self._begin = until
        if len(taken) < count:
            self._runs = False  # the next piece has its own time again
            taken = np.concatenate((taken, silence(count - len(taken))))
        return taken


class Mix:
    """All sources as one. Belongs to one thread.

    Args:
        count: of sources.
    """

    def __init__(self, count: int) -> None:
        self.lines: Sequence[Line] = [Line() for _ in range(count)]
        self._at = 0

    def due(self, now: int) -> Samples:
        """What can be told by now: all that every source has said, and what nobody waits for any longer."""
        heard = min(line.end for line in self.lines)
        return self.take(min(now, max(heard, now - round(PATIENCE_S * RATE))))

    def take(self, until: int) -> Samples:
        """From where the last call ended until `until`; nothing if that is before."""
        import numpy as np

        until = max(self._at, until)
        self._at = until
        together = sum((line.take(until) for line in self.lines[1:]), self.lines[0].take(until))
        return np.clip(together, -1.0, 1.0)


def silence(count: int) -> Samples:
    """Nothing to be heard."""
    import numpy as np

    return np.zeros((count, CHANNELS), np.float32)
