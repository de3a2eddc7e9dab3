"""One answer at a time, and a short queue before it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import anyio
import anyio.to_thread

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.events import Failed, Finished, StreamEvent
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import ChatRequest
from desktop_helper.core.protocols import Backend
from desktop_helper.services.answer_session import answer
from desktop_helper.services.openai_server.refusal import Refusal, stopping

WAITING = 4
RETRY_AFTER_S = 5
SILENCE_S = 5.0


class Desk:
    """Belongs to the server's event loop, but for `close`.

    Args:
        backend: used by one thread at a time.
        waiting: how many requests may wait for their turn.
        silence_s: how long `Turn.next` waits for an event.
    """

    def __init__(self, backend: Backend, *, waiting: int = WAITING, silence_s: float = SILENCE_S) -> None:
        self._backend = backend
        self._places = waiting + 1
        self._silence_s = silence_s
        self._lock = asyncio.Lock()  # lets them in in the order in which they came
        self._cancels: set[CancelToken] = set()
        self._closing = False

    @contextmanager
    def place(self, cancel: CancelToken) -> Iterator[None]:
        """Be answered or wait, while the block lasts. Raises `Refusal` if too many do."""
        if self._closing:
            raise stopping()
        if len(self._cancels) >= self._places:
            message = tr("Too many questions are waiting for the model.")
            headers = {"Retry-After": str(RETRY_AFTER_S)}
            raise Refusal(429, message, tr("Ask again in a few seconds."), code="queue_full", headers=headers)
        self._cancels.add(cancel)
        try:
            yield
        finally:
            self._cancels.discard(cancel)

    @asynccontextmanager
    async def turn(self, request: ChatRequest, cancel: CancelToken) -> AsyncIterator[Turn]:
        """The answer to `request`, when it is its turn. Leaving the block ends it; the backend is free then.

        It is free before that if the answer has come to its end: a client that does not take it keeps nobody waiting.
        """
        turn = Turn(self._silence_s)
        await self._lock.acquire()
        if self._closing:
            self._lock.release()
            raise stopping()
        work = asyncio.ensure_future(anyio.to_thread.run_sync(_answer, self._backend, request, cancel, turn))
        work.add_done_callback(lambda _: self._lock.release())
        try:
            yield turn
        finally:
            cancel.cancel()  # of no effect on an answer that has ended
            with anyio.CancelScope(shield=True):
                await asyncio.wait([work])

    def close(self) -> None:
        """Stop every answer, and begin no other. In the loop's own thread."""
        self._closing = True
        for cancel in tuple(self._cancels):
            cancel.cancel()


class Turn:
    """The events of one answer, from the thread that makes them to the loop that sends them."""

    def __init__(self, silence_s: float) -> None:
        self._silence_s = silence_s
        self._loop = asyncio.get_running_loop()
        self._there = asyncio.Event()
        self._lock = threading.Lock()
        self._events: list[StreamEvent] = []

    def put(self, event: StreamEvent) -> None:
        """Add an event. Any thread."""
        with self._lock:
            self._events.append(event)
            first = len(self._events) == 1
        if first:  # else the loop knows already: to wake it for each token would take longer than the token
            self._loop.call_soon_threadsafe(self._there.set)

    async def events(self) -> AsyncGenerator[list[StreamEvent], None]:
        """What has come since the last time, up to the terminal event; nothing if that is nothing for a while."""
        ended = False
        while not ended:
            with anyio.move_on_after(self._silence_s):
                await self._there.wait()
            self._there.clear()
            with self._lock:
                came, self._events = self._events, []
            ended = bool(came) and isinstance(came[-1], Finished | Failed)
            yield came


def _answer(backend: Backend, request: ChatRequest, cancel: CancelToken, turn: Turn) -> None:
    for event in answer(backend, request, None, None, cancel, model_title=""):
        turn.put(event)
