"""Notices that a model says the same again and again.

The authors of GLM-4.1V name this as a weakness of it, and small quantised models do it more often. Tables and lists of
zeros repeat themselves too, so only a long run of exactly the same counts.
"""

from __future__ import annotations

LONGEST_PERIOD = 512  # tokens
LEAST_REPEATS = 4
LEAST_RUN = 256  # tokens
_EVERY = 32  # tokens between two looks
_PROBE = 8  # tokens whose earlier occurrences suggest a period


class RepetitionGuard:
    """Watches the tokens of one answer."""

    def __init__(self) -> None:
        self._tokens: list[int] = []

    def add(self, token: int) -> bool:
        """One more token. True if the answer has got into a loop."""
        self._tokens.append(token)
        if len(self._tokens) < LEAST_RUN or len(self._tokens) % _EVERY:
            return False
        return any(self._repeats(period) for period in self._periods())

    def _periods(self) -> list[int]:
        """How far back the last few tokens stood before."""
        tokens = self._tokens[-(LONGEST_PERIOD + _PROBE) :]
        probe, last = tokens[-_PROBE:], len(tokens) - _PROBE
        return [
            last - at for at in range(last - 1, -1, -1) if tokens[at] == probe[0] and tokens[at : at + _PROBE] == probe
        ]

    def _repeats(self, period: int) -> bool:
        run = max(LEAST_RUN, LEAST_REPEATS * period)
        tail = self._tokens[-run:]
        return len(tail) == run and tail[period:] == tail[:-period]
