"""Trying again, for as long as that makes sense and nobody has stopped it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError

T = TypeVar("T")
_MAX_WAIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How often, and how long to wait before each further try, in seconds. What brought bytes does not count."""

    delays: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0, 16.0)


USUAL_PATIENCE = Patience()


def patiently(
    work: Callable[[], T],
    patience: Patience,
    cancel: CancelToken,
    waits: Callable[[HelperError], None],
    moved: Callable[[], bool] = lambda: False,
) -> T:
    """What `work` returns; after an error that says `retry` it is tried again.

    Args:
        work: raises `HelperError`.
        patience: how often.
        cancel: ends the waiting, too.
        waits: told of what is waited out, before each further try.
        moved: whether the last try got anything, so that a line that breaks every minute still brings the whole file.
    """
    failures = 0
    while True:
        cancel.raise_if_cancelled()
        try:
            return work()
        except HelperError as error:
            cancel.raise_if_cancelled()  # a line that was cut on purpose looks like one that broke
            failures = 0 if moved() else failures
            if not error.retry or failures >= len(patience.delays):
                raise
            pause = patience.delays[failures]
            if error.retry_after is not None and pause > 0:
                pause = min(max(pause, error.retry_after), _MAX_WAIT_S)
            failures += 1
            waits(error)
            cancel.wait(pause)
