"""The line to one server: runs a call on a thread of its own, so that it can be given up at any moment.

A blocking read, a name lookup or a handshake cannot be interrupted from outside. So the call runs on its own thread and
hands over what it gets; the caller waits for that, for a cancel, or for the silence to last too long. A call that is
given up has its sockets shut down, which wakes the thread wherever it waits; it never sends anything afterwards.
"""

from __future__ import annotations

import queue
import socket
import threading
import time
import weakref
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from desktop_helper.core.cancel import CancelToken

if TYPE_CHECKING:
    import httpx2

T = TypeVar("T")

CONNECT_S = 10.0
FIRST_S = 120.0
IDLE_S = 60.0
_JOIN_S = 0.3
_LOOK_S = 0.25  # how often the waiting side looks whether the thread got a sign of life


@dataclass(frozen=True, slots=True)
class Silence:
    """How long the server may be silent, in seconds."""

    connect: float = CONNECT_S
    first: float = FIRST_S
    idle: float = IDLE_S

    @classmethod
    def of(cls, timeout_s: float | None) -> Silence:
        """The usual limits, or `timeout_s` for each of them."""
        return cls() if timeout_s is None else cls(min(CONNECT_S, timeout_s), timeout_s, timeout_s)


class CallCancelledError(Exception):
    """The call was given up on purpose."""


class SilentError(Exception):
    """The server was silent for too long."""


class Line:
    """Makes calls over one `httpx2.Client`, one at a time. `close` may come from any thread."""

    def __init__(self, http: httpx2.Client, prepare: Callable[[httpx2.Request], None]) -> None:
        self._http = http
        self._prepare = prepare
        self._here = threading.local()  # the call that this thread makes
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._running: Call[Any] | None = None
        self._closed = False
        http.event_hooks = {"request": [self._on_request], "response": [_on_response]}

    def call(self, work: Callable[[], Iterator[T]], cancel: CancelToken, limit_s: float) -> Generator[T]:
        """What `work` yields; it runs on another thread and uses the client.

        Raises:
            CallCancelledError: `cancel` or `close` was called.
            SilentError: the server was silent for longer than `limit_s` (or what `limit` set since).
        """
        call = Call(work, limit_s)
        with self._lock:
            if self._closed:
                raise CallCancelledError
            self._running = call
        thread = threading.Thread(target=self._run, args=(call,), name="model-call", daemon=True)
        forget = cancel.on_cancel(call.give_up)
        try:
            thread.start()
            yield from call.results()
        finally:
            forget()
            thread.join(_JOIN_S if call.complete else 0)
            if thread.is_alive():
                call.give_up()
                self._hang_up()
                thread.join(_JOIN_S)
            with self._lock:
                self._running = None

    def limit(self, seconds: float) -> None:
        """From now on, the running call may be silent for so long."""
        with self._lock:
            if self._running is not None:
                self._running.limit_s = seconds

    def close(self) -> None:
        """Give up a running call and free the connections."""
        with self._lock:
            self._closed = True
            running = self._running
        if running is not None:
            running.give_up()
            self._hang_up()
        self._http.close()

    def _run(self, call: Call[Any]) -> None:
        self._here.call = call
        call.run()

    def _on_request(self, request: httpx2.Request) -> None:
        from desktop_helper.backends.openai_compatible._upload import watch

        call: Call[Any] = self._here.call
        call.check()
        watch(request, call.tell)
        request.extensions["trace"] = lambda name, info: self._on_trace(call, name, info)
        self._prepare(request)

    def _on_trace(self, call: Call[Any], name: str, info: dict[str, Any]) -> None:
        if name.endswith(("connect_tcp.complete", "start_tls.complete")):
            with self._lock:
                self._sockets.add(info["return_value"].get_extra_info("socket"))
        elif name.endswith("send_request_headers.started"):
            call.sent = False
        elif name.endswith("send_request_body.complete"):
            call.touch()
            call.sent = True
        is_closing = name.endswith(
            ("response_closed.started", "close.started")
        )  # must go on, most of all when given up
        if name.endswith((".started", "connect_tcp.complete", "start_tls.complete")) and not is_closing:
            call.check()

    def _hang_up(self) -> None:
        with self._lock:  # the set must not grow while it is read
            sockets = list(self._sockets)
        for open_socket in sockets:
            try:
                # Not `SSLSocket.shutdown`, which would pull the TLS state from under the reading thread.
                socket.socket.shutdown(open_socket, socket.SHUT_RDWR)
            except OSError:
                continue  # closed already


def _on_response(response: httpx2.Response) -> None:
    from desktop_helper.backends.openai_compatible._limit import limit  # loads httpx2, which is there by now

    limit(response)


class _End:
    """The call is over."""


class Call(Generic[T]):
    """One call: what the thread hands to the waiting side."""

    def __init__(self, work: Callable[[], Iterator[T]], limit_s: float) -> None:
        self.sent = False  # whether the request is out; before, the client's own time limits hold
        self.complete = False
        self.limit_s = limit_s
        self._work = work
        self._queue: queue.SimpleQueue[T | _End | Exception] = queue.SimpleQueue()
        self._given_up = threading.Event()
        self._last = time.monotonic()

    def run(self) -> None:
        """On the call's own thread."""
        try:
            for item in self._work():
                self.touch()
                self._queue.put(item)
                self.check()
            self._queue.put(_End())
        except Exception as error:  # noqa: BLE001 - carried over to the waiting side
            self._queue.put(error)

    def results(self) -> Iterator[T]:
        """On the waiting side."""
        while True:
            item = self._next()
            if isinstance(item, _End):
                self.complete = True
                return
            if isinstance(item, Exception):
                self.complete = True
                raise item
            yield item

    def tell(self, item: T) -> None:
        """Something for the waiting side, between what the work yields. Raises `CallCancelledError` as `check` does."""
        self._queue.put(item)
        self.check()

    def touch(self) -> None:
        """A sign of life from the server."""
        self._last = time.monotonic()

    def give_up(self) -> None:
        """Nobody waits any more. May be called from any thread."""
        self._given_up.set()
        self._queue.put(CallCancelledError())

    def check(self) -> None:
        """Raise `CallCancelledError` if nobody waits any more."""
        if self._given_up.is_set():
            raise CallCancelledError

    def _next(self) -> T | _End | Exception:
        while True:
            self.check()
            left = self._last + self.limit_s - time.monotonic() if self.sent else _LOOK_S
            try:
                # Whoever reads may have been slower than the server: what has come meanwhile is no silence.
                return self._queue.get(timeout=min(left, _LOOK_S)) if left > 0 else self._queue.get_nowait()
            except queue.Empty:
                if left <= 0:
                    raise SilentError from None
