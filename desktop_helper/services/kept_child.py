"""A child process that is started when there is work, waits a while for more, and ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.child import ChildDied, ChildProcess, ChildTimeout
from desktop_helper.core.child_side import error_of
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.frames import Frame


class KeptChild:
    """Does one piece of work at a time; may be used from any thread, where the others wait.

    Args:
        argv: its command.
        log_file: where its standard error goes.
        memory_limit: address space of the process, in bytes.
        keep_warm_s: how long it waits for more work.
        prepare: called with each new process before its first piece of work.
    """

    def __init__(
        self,
        argv: Sequence[str],
        log_file: Path,
        *,
        memory_limit: int,
        keep_warm_s: float,
        prepare: Callable[[ChildProcess], None] | None = None,
    ) -> None:
        self._argv = tuple(argv)
        self._log_file = log_file
        self._memory_limit = memory_limit
        self._keep_warm_s = keep_warm_s
        self._prepare = prepare
        self._busy = threading.Lock()  # held during a piece of work; guards the two below
        self._child: ChildProcess | None = None
        self._idle: threading.Timer | None = None
        self._closing = CancelToken()

    def warm(self, hint: dict[str, Any] | None = None) -> None:
        """Start the process now, so that it is ready when work comes. Does not wait, never fails.

        `hint` is a frame's header, which tells of that work and is not answered.
        """
        if self._busy.acquire(blocking=False):
            try:
                if not self._closing.cancelled:
                    self._forget_idle()
                    child = self._ready()
                    if hint is not None:
                        child.send(hint)
            except ChildDied:
                pass  # the work will try again and say so
            finally:
                self._retire_later()
                self._busy.release()

    @contextmanager
    def at_work(self, cancel: CancelToken) -> Iterator[ChildProcess]:
        """The process, for one piece of work, after what others gave it. It is killed on `cancel`.

        A `HelperError` that the work ends with is the process's own word, so that it lives on; whatever else ends the
        work ends the process too. Raises `HelperError(CANCELLED)`, or `ChildDied`.
        """
        while not self._busy.acquire(timeout=0.05):
            cancel.raise_if_cancelled()
        forgets: list[Callable[[], None]] = []
        try:
            self._forget_idle()
            self._closing.raise_if_cancelled()
            child = self._ready()
            forgets = [token.on_cancel(child.kill) for token in (cancel, self._closing)]
            yield child
        except ChildDied:
            self._end()
            cancel.raise_if_cancelled()
            self._closing.raise_if_cancelled()
            raise
        except HelperError:
            raise
        except BaseException:  # e.g. Ctrl+C: the process is still at work
            self._end()
            raise
        finally:
            for forget in forgets:
                forget()
            self._retire_later()
            self._busy.release()

    def close(self) -> None:
        """End the process, and the work that it does. May be called twice."""
        self._closing.cancel()
        with self._busy:
            idle = self._forget_idle()
            self._end()
        if idle is not None and idle is not threading.current_thread():
            idle.join()

    def _ready(self) -> ChildProcess:
        if self._child is not None and not self._child.alive:
            self._end()
        if self._child is None:
            self._child = ChildProcess(self._argv, log_file=self._log_file, memory_limit=self._memory_limit)
            if self._prepare is not None:
                self._prepare(self._child)
        return self._child

    def _end(self) -> None:
        """It keeps nothing that is worth an orderly end."""
        if self._child is not None:
            self._child.kill()
            self._child.close()
            self._child = None

    def _retire_later(self) -> None:
        if self._child is not None and not self._closing.cancelled:
            self._idle = threading.Timer(self._keep_warm_s, self._retire)
            self._idle.name = f"{self._log_file.stem}-idle"
            self._idle.daemon = True
            self._idle.start()

    def _retire(self) -> None:
        if self._busy.acquire(blocking=False):
            try:
                if self._idle is threading.current_thread():  # else more work came meanwhile
                    self._end()
            finally:
                self._busy.release()

    def _forget_idle(self) -> threading.Timer | None:
        idle, self._idle = self._idle, None
        if idle is not None:
            idle.cancel()
        return idle


class UnreadableError(Exception):
    """What it sent means nothing."""


@contextmanager
def no_trust() -> Iterator[None]:
    """A process that a file has taken over may send anything: what cannot be understood raises `UnreadableError`."""
    try:
        yield
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise UnreadableError from error


def await_done(
    child: ChildProcess,
    time_limit_s: float,
    on_progress: Callable[[Progress], None],
    on_part: Callable[[Frame], None] | None = None,
) -> Frame:
    """The frame that ends a piece of work: its `done`. What is sent ahead of it goes to `on_part`.

    Raises the `HelperError` that the process sends instead, ChildTimeout, ChildDied, or `UnreadableError`.
    """
    deadline = time.monotonic() + time_limit_s
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise ChildTimeout  # also for one that reports progress without end
        frame = child.receive(left)
        if frame.type == "progress":
            on_progress(_progress(frame))
        elif frame.type == "part" and on_part is not None:
            with no_trust():
                on_part(frame)
        elif (error := error_of(frame)) is not None:
            raise error
        elif frame.type == "done":
            return frame


def _progress(frame: Frame) -> Progress:
    with no_trust():
        fraction = frame.header["fraction"]
        return Progress(str(frame.header["message"]), None if fraction is None else min(1.0, max(0.0, fraction)))
