"""Gets a model on this machine ready while the user still aims or types, so that Enter need not wait for it.

Nothing is shown, and what fails is said when the question is asked. No server is ever reached: it would learn that
somebody is about to ask.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from desktop_helper.core import trace
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.core.messages import ChatRequest
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.qt.background import Background
from desktop_helper.services import practice
from desktop_helper.services.container import Services
from desktop_helper.services.providers import LOCAL_BACKEND

MakeRequest = Callable[[], ChatRequest]


class WarmUp:
    """One thing at a time; of those that wait only the last is wanted. All methods belong to the UI thread.

    What runs is let run, also if its picture was taken back: a model that reads a picture can only be stopped by ending
    it, and then it would have to be loaded again.
    """

    def __init__(self, services: Services, background: Background) -> None:
        self._services = services
        self._background = background
        self._running: tuple[ModelProfile, CancelToken] | None = None
        self._waiting: tuple[ModelProfile, MakeRequest | None] | None = None
        self._closed = False

    def load(self) -> None:
        """A question may come: have the model in memory."""
        if self._waiting is None or self._waiting[1] is None:  # what waits to be read loads it as well
            self._want(None)

    def read(self, make_request: MakeRequest) -> None:
        """A question about these pictures will come: have them read. `make_request` is called on another thread."""
        self._want(make_request)

    def forget(self) -> None:
        """The question was asked, or will not be: begin nothing more."""
        self._waiting = None

    def close(self) -> None:
        """End it."""
        self._closed = True
        self._stop()

    def _want(self, make_request: MakeRequest | None) -> None:
        profile = self._local_profile()
        if self._running is not None and self._running[0] != profile:
            self._stop()  # the other model holds the memory that this one needs
        if profile is None:
            return
        if self._running is not None:
            self._waiting = (profile, make_request)
            return
        work = partial(self._prepare, profile, make_request)
        self._running = (profile, self._background.run(work, done=self._next, failed=self._next))

    def _next(self, _outcome: object) -> None:
        self._running = None
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self._want(waiting[1])

    def _stop(self) -> None:
        self._waiting = None
        if self._running is not None:
            self._running[1].cancel()
            self._running = None

    def _local_profile(self) -> ModelProfile | None:
        if self._closed:
            return None
        try:
            profile = self._services.active_profile()
        except HelperError:
            return None
        # The practice model is loaded in a moment, and most of those who see it only look at the window.
        return profile if profile.backend == LOCAL_BACKEND and not practice.is_practice(profile) else None

    def _prepare(self, profile: ModelProfile, make_request: MakeRequest | None, cancel: CancelToken) -> None:
        """On a thread of its own."""
        with trace.span("warm:read" if make_request else "warm:load"):
            request = make_request() if make_request is not None else None
            self._services.backend(profile).prepare(request, cancel)
