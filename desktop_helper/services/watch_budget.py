"""How often a watched region may be asked about, and for how long. Plain arithmetic with a clock that is handed in."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto


class WatchEnd(Enum):
    """Why a watch is over."""

    STOPPED = auto()  # by the user
    QUESTIONS = auto()  # all of them were asked
    TOKENS = auto()  # as many as were allowed
    TIME = auto()  # it was not to take longer
    FAILED = auto()  # questions are not answered, or the region cannot be seen


@dataclass(frozen=True, slots=True)
class Limits:
    """What ends it.

    Args:
        questions: how many are asked at most.
        minutes: how long it goes on at most.
        tokens: what may be read and written for all answers together; 0 is no limit.
    """

    questions: int = 10
    minutes: float = 60.0
    tokens: int = 200_000


class Budget:
    """Begins when it is made. One question at a time: what changes meanwhile waits for the answer.

    Args:
        limits: what ends it.
        clock: counts seconds; never goes back.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits, self._clock = limits, clock
        self._until = clock() + limits.minutes * 60
        self._waiting = False
        self.asked = 0
        self.tokens = 0

    @property
    def answering(self) -> bool:
        """Whether a question waits for its answer."""
        return self._waiting

    @property
    def left_s(self) -> float:
        """Until its time is over."""
        return max(0.0, self._until - self._clock())

    @property
    def end(self) -> WatchEnd | None:
        """Why no more may be asked; None while it may. An answer that is still written may be waited for."""
        if self.asked >= self._limits.questions:
            return WatchEnd.QUESTIONS
        if self._limits.tokens and self.tokens >= self._limits.tokens:
            return WatchEnd.TOKENS
        return WatchEnd.TIME if self.left_s <= 0 else None

    def ask(self) -> bool:
        """One more question, if it may be asked now."""
        if self._waiting or self.end is not None:
            return False
        self._waiting = True
        self.asked += 1
        return True

    def answered(self, tokens: int) -> None:
        """Its answer is there, or will not come; it took so many tokens."""
        self._waiting = False
        self.tokens += tokens
