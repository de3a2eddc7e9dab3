"""Keeps the backend of the last model warm, and lets a running answer end before its backend is closed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from weakref import WeakSet

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Failed, StreamEvent
from desktop_helper.core.i18n import tr

if TYPE_CHECKING:
    from desktop_helper.core.cancel import CancelToken
    from desktop_helper.core.messages import ChatRequest
    from desktop_helper.core.protocols import Backend, ModelProfile


class KeptBackend:
    """A `core.protocols.Backend` around another one that may be closed and opened again while somebody holds this one.

    The inner one is in use while `stream`, `prepare` or `probe` runs. `close_if_unused` and `retire` only ever close it
    between two uses; the next use opens a new one.

    Args:
        open_inner: a new inner backend; called at once, and on the next use after it was closed. Raises `HelperError`.
    """

    def __init__(self, open_inner: Callable[[], Backend]) -> None:
        self._open = open_inner
        self._lock = threading.Lock()
        self._inner: Backend | None = open_inner()
        self._uses = 0
        self._retired = False
        self._closed = False

    def stream(self, request: ChatRequest, cancel: CancelToken) -> Iterator[StreamEvent]:
        """See `core.protocols.Backend.stream`."""
        try:
            with self._in_use() as inner:
                yield from inner.stream(request, cancel)
        except HelperError as error:
            yield Failed(error)

    def prepare(self, request: ChatRequest | None, cancel: CancelToken) -> None:
        """See `core.protocols.Backend.prepare`."""
        with suppress(HelperError), self._in_use() as inner:
            inner.prepare(request, cancel)

    def answer_now(self) -> bool:
        """See `core.protocols.Backend.answer_now`."""
        with self._lock:
            inner = self._inner
        return inner is not None and inner.answer_now()

    def probe(self, cancel: CancelToken) -> str:
        """See `core.protocols.Backend.probe`."""
        with self._in_use() as inner:
            return inner.probe(cancel)

    def close_if_unused(self) -> bool:
        """Free what it holds until the next use, e.g. because it was idle for long. False if it is in use."""
        with self._lock:
            if self._uses:
                return False
            inner, self._inner = self._inner, None
        if inner is not None:
            inner.close()
        return True

    def retire(self) -> None:
        """Another model was chosen: close now, or else after the use that runs."""
        with self._lock:
            self._retired = True
        self.close_if_unused()

    def close(self) -> None:
        """Close at once and for good, in mid-answer too."""
        with self._lock:
            self._closed = True
            inner = self._inner  # kept: what still runs in it, or comes yet, gets its own word for being closed
        if inner is not None:
            inner.close()

    @contextmanager
    def _in_use(self) -> Iterator[Backend]:
        with self._lock:
            if self._inner is None:
                if self._closed:
                    raise HelperError(ErrorKind.INTERRUPTED, tr("The model was closed."), tr("Ask again."))
                self._inner = self._open()
            inner = self._inner
            self._uses += 1
        try:
            yield inner
        finally:
            with self._lock:
                self._uses -= 1
                retired = self._retired
            if retired:
                self.close_if_unused()


class BackendKeeper:
    """The backend of the model that was asked for last; earlier ones end with their last use. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._current: tuple[ModelProfile, KeptBackend] | None = None
        self._given: WeakSet[KeptBackend] = WeakSet()  # whoever uses one holds it

    def get(self, profile: ModelProfile, open_inner: Callable[[], Backend]) -> KeptBackend:
        """The kept backend if it is for `profile`, else a new one in its place.

        Raises `HelperError` if a new one cannot be opened; the old one is given up all the same.
        """
        while True:
            with self._lock:
                if self._current is not None and self._current[0] == profile:
                    return self._current[1]
                if self._current is None:
                    kept = KeptBackend(open_inner)
                    self._current = (profile, kept)
                    self._given.add(kept)
                    return kept
                old, self._current = self._current[1], None
            # Not under the lock, since ending a process takes its time; and before the new one opens, whose model needs
            # the room.
            old.retire()

    def retire_if(self, unwanted: Callable[[ModelProfile], bool]) -> None:
        """Give the present one up if its profile is `unwanted`: it ends now, or with its last use."""
        with self._lock:
            if self._current is None or not unwanted(self._current[0]):
                return
            old, self._current = self._current[1], None
        old.retire()

    def close(self) -> None:
        """Close all of them at once, in mid-answer too."""
        with self._lock:
            given = list(self._given)
            self._current = None
        for kept in given:
            kept.close()
