"""Opening a backend while files are read, and stopping when the user says so."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING

from desktop_helper.core import trace
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.services.providers import LOCAL_BACKEND

if TYPE_CHECKING:
    from desktop_helper.core.protocols import Backend, ModelProfile
    from desktop_helper.services.container import Services


class Opening:
    """Opens the backend on a thread: importing its packages takes as long as reading a file, so both happen at once.

    A model on this machine begins to load as well; a question that comes before the end of that tells how far it is.
    """

    def __init__(self, services: Services, profile: ModelProfile) -> None:
        self._executor = ThreadPoolExecutor(1, "open-backend")
        self._future = self._executor.submit(_open, services, profile)
        self._cancel = CancelToken()
        if profile.backend == LOCAL_BACKEND:
            self._executor.submit(self._load)

    def __enter__(self) -> Opening:
        return self

    def __exit__(self, *_: object) -> None:
        self._cancel.cancel()
        self._executor.shutdown()

    def backend(self) -> Backend:
        """The backend, as soon as it is open. Raises `HelperError`."""
        return self._future.result()

    def _load(self) -> None:
        with trace.span("ask:load"), suppress(HelperError):  # an error is told by whoever asks for the backend
            self.backend().prepare(None, self._cancel)


@contextmanager
def stopped_by_signals(
    cancel: CancelToken, signals: Sequence[signal.Signals] = (signal.SIGINT, signal.SIGTERM)
) -> Iterator[None]:
    """Ctrl+C and SIGTERM cancel; a second Ctrl+C ends the process where it stands.

    Python's own way, an exception wherever the process is just then, is lost in a destructor or a callback.
    """

    def stop(number: int, frame: FrameType | None) -> None:
        if cancel.cancelled:
            raise KeyboardInterrupt
        # Not here: the handler may have interrupted code that holds a lock which a callback needs.
        threading.Thread(target=cancel.cancel, name="cancel", daemon=True).start()

    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may handle signals; whoever runs us on another one has a way to stop us
        return
    before = {number: signal.signal(number, stop) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def answered_now_by_signal(backend: Backend) -> Iterator[bool]:
    r"""Ctrl+\ ends the reasoning and lets the answer begin. Yields whether that is so here."""

    def answer_now(number: int, frame: FrameType | None) -> None:
        # Not here either.
        threading.Thread(target=backend.answer_now, name="answer-now", daemon=True).start()

    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield False
        return
    before = signal.signal(signal.SIGQUIT, answer_now)
    try:
        yield True
    finally:
        signal.signal(signal.SIGQUIT, before)


def _open(services: Services, profile: ModelProfile) -> Backend:
    with trace.span("ask:open_backend"):
        backend = services.backend(profile)
    plug = services.plugs.backend(profile.backend)
    if plug is not None:
        # Importing a client may take longer than anything else before the request, and the backend would begin it only
        # when the files are read.
        with trace.span("ask:warm_up"):
            plug.warm_up()
    return backend
