"""The worker process of a local model: started when it is needed, kept while questions come, ended when none does."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desktop_helper.core.child import ChildDied, ChildProcess, ChildTimeout, child_argv
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

WORKER = "desktop_helper.backends.local.worker"
_SAVING_S = 5.0  # for writing states; a disk that is slower loses them
# Pages of 2 MB for what llama.cpp computes in: tokens and pictures take 7 to 9 % less time, and 5 MB more memory.
_LARGE_PAGES = "glibc.malloc.hugetlb=1"
# How often a thread of llama.cpp looks whether the others are there before it sleeps (GNU's OpenMP: 300,000 times).
# When another program takes one's processor, the others look for as long as it waits, at hundreds of steps for each
# token, until `engine.crew` sends one of them away. With 1000 a token takes a tenth longer when nothing else runs.
_SPINS = "30000"
_OWN_WAITING = ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")  # who has set these knows better


class WarmWorker:
    """Owns the worker. Any thread.

    Args:
        log_file: for what llama.cpp says.
        keep_warm_s: seconds without a question after which the model's memory is given back; 0 keeps it for ever.
        saves: the worker saves states before it ends.
    """

    def __init__(self, log_file: Path, keep_warm_s: float, *, saves: bool) -> None:
        self._log_file = log_file
        self._keep_warm_s = keep_warm_s
        self._saves = saves
        self._lock = threading.Lock()
        self._falling_asleep = threading.Lock()  # held until the memory of the one before is free
        self._child: ChildProcess | None = None
        self._idle: threading.Timer | None = None
        self._leases = 0
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed

    @contextmanager
    def lease(self) -> Iterator[ChildProcess]:
        """The running worker, or a new one; it stays awake meanwhile. Raises `ChildDied` or `HelperError`."""
        with self._lock:
            self._stop_timer()
            child = self._running()
            self._leases += 1
        try:
            yield child
        finally:
            with self._lock:
                self._leases -= 1
                if self._leases == 0 and self._keep_warm_s and not self._closed:
                    self._idle = threading.Timer(self._keep_warm_s, self._fall_asleep)
                    self._idle.daemon = True
                    self._idle.start()

    def close(self) -> None:
        """End the worker and start none any more."""
        with self._lock:
            self._closed = True
            self._stop_timer()
            child, self._child, idle = self._child, None, self._leases == 0
        if child is not None:
            self._end(child, may_save=idle)

    def _running(self) -> ChildProcess:
        if self._closed:
            raise HelperError(ErrorKind.INTERRUPTED, tr("The model was closed."), tr("Ask again."))
        old = self._child
        if old is not None and old.alive:
            return old
        if old is not None:
            old.close(grace=0)
        with self._falling_asleep:
            self._child = ChildProcess(child_argv(WORKER), log_file=self._log_file, env=_environment())
        return self._child

    def _fall_asleep(self) -> None:
        with self._lock:
            if self._leases or self._idle is not threading.current_thread():
                return
            child, self._child = self._child, None
            self._falling_asleep.acquire()
        try:
            if child is not None:
                self._end(child, may_save=True)
        finally:
            self._falling_asleep.release()

    def _end(self, child: ChildProcess, *, may_save: bool) -> None:
        if self._saves and may_save:
            child.send({"type": "unload", "turn": 0, "language": ""})
            with contextlib.suppress(ChildDied, ChildTimeout):
                while child.receive(_SAVING_S).type != "unloaded":
                    pass
        child.close(grace=0.2)

    def _stop_timer(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None


def _environment() -> dict[str, str]:
    tunables = [*filter(None, [os.environ.get("GLIBC_TUNABLES")]), _LARGE_PAGES]
    # A backtrace would start a debugger and print what is in memory.
    environment = {"GGML_NO_BACKTRACE": "1", "GLIBC_TUNABLES": ":".join(tunables)}
    if not any(name in os.environ for name in _OWN_WAITING):
        environment["GOMP_SPINCOUNT"] = _SPINS
    return environment
