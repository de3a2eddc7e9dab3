"""One question after the other: two models at once would not fit into memory, and some providers refuse a second."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import closing
from typing import TYPE_CHECKING

from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Failed, Finished, FinishReason, Progress, StreamEvent
from desktop_helper.core.i18n import tr

if TYPE_CHECKING:
    from desktop_helper.core.cancel import CancelToken
    from desktop_helper.core.messages import ChatRequest
    from desktop_helper.core.protocols import Backend

_POLL_S = 0.05


class Turns:
    """Who comes first is served first. Any thread."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._line: list[object] = []  # the first one is being served

    def join(self) -> object:
        """Wait behind the others; returns the place in the line, which must be left."""
        place = object()
        with self._condition:
            self._line.append(place)
        return place

    def ahead(self, place: object, wait_s: float) -> int:
        """How many come before; waits until something changes, if that is not 0, but not longer than so."""
        with self._condition:
            if self._line[0] is not place:
                self._condition.wait(wait_s)
            return self._line.index(place)

    def leave(self, place: object) -> None:
        """It was served, or does not want to wait any more."""
        with self._condition:
            self._line.remove(place)
            self._condition.notify_all()


class QueuedBackend:
    """A `core.protocols.Backend` for one answer, which waits for its turn and opens the inner one only then.

    Args:
        turns: shared by all that must not run at the same time.
        open_inner: the backend that answers; somebody else closes it. Raises `HelperError`.
    """

    def __init__(self, turns: Turns, open_inner: Callable[[], Backend]) -> None:
        self._turns, self._open = turns, open_inner
        self._inner: Backend | None = None

    def stream(self, request: ChatRequest, cancel: CancelToken) -> Generator[StreamEvent, None, None]:
        """See `core.protocols.Backend.stream`; tells what it waits for."""
        place = self._turns.join()
        try:
            yield from self._wait(place, cancel)
            if cancel.cancelled:
                yield Finished(FinishReason.CANCELLED)
                return
            self._inner = inner = self._open()
            events = inner.stream(request, cancel)
            if isinstance(events, Generator):
                with closing(events):  # before the turn is given on
                    yield from events
            else:
                yield from events
        except HelperError as error:
            yield Failed(error)
        finally:
            self._inner = None
            self._turns.leave(place)

    def prepare(self, request: ChatRequest | None, cancel: CancelToken) -> None:
        """See `core.protocols.Backend.prepare`."""
        self._open().prepare(request, cancel)

    def answer_now(self) -> bool:
        """See `core.protocols.Backend.answer_now`; False while it waits."""
        inner = self._inner
        return inner is not None and inner.answer_now()

    def probe(self, cancel: CancelToken) -> str:
        """See `core.protocols.Backend.probe`."""
        return self._open().probe(cancel)

    def close(self) -> None:
        """The inner one belongs to somebody else."""

    def _wait(self, place: object, cancel: CancelToken) -> Generator[Progress, None, None]:
        told = 0
        while not cancel.cancelled and (ahead := self._turns.ahead(place, _POLL_S)):
            if ahead != told:
                told = ahead
                yield Progress(_waiting(ahead))


def _waiting(ahead: int) -> str:
    if ahead == 1:
        return tr("Waiting for the answer before this one…")
    return tr("Waiting for {count} answers before this one…", count=ahead)
