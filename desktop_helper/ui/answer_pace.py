"""How fast an answer comes while it still does, for whoever points at it; the exact counts come with its end."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from desktop_helper.core.i18n import tr

_EAST_ASIAN = re.compile("[\u2e80-\ud7ff\uf900-\ufaff\uff00-\uffef]")
_CHARS_PER_TOKEN, _EAST_ASIAN_PER_TOKEN = 4.0, 1.6
_WORTH_TELLING_S = 1.0  # before, the speed is a guess


class AnswerPace:
    """Made when the question is asked."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._asked = clock()
        self._first: float | None = None
        self._tokens = 0.0

    def resume(self, asked: float, first: float | None) -> None:
        """The question was asked earlier, and its first word may be there: moments of the clock."""
        self._asked, self._first = asked, first

    def count(self, text: str) -> None:
        """Something of the answer or its reasoning has come."""
        if self._first is None:
            self._first = self._clock()
            return  # what comes first took the time before, not the time since
        wide = len(_EAST_ASIAN.findall(text))
        self._tokens += wide / _EAST_ASIAN_PER_TOKEN + (len(text) - wide) / _CHARS_PER_TOKEN

    def lines(self) -> list[str]:
        """What can be said by now."""
        if self._first is None:
            return []
        lines = [tr("{seconds} s to first token", seconds=f"{self._first - self._asked:.1f}")]
        spent = self._clock() - self._first
        if spent >= _WORTH_TELLING_S and self._tokens:
            lines.append(tr("about {speed} tokens/s", speed=f"{self._tokens / spent:.0f}"))
        return lines
