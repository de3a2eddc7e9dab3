"""What a test leaves behind: threads, child processes, another priority and, with Qt, timers, pool jobs and windows."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

GRACE_S = 2.0

# Started once per process by a library and meant to stay.
_LASTING_PROCESSES = ("multiprocessing.resource_tracker", "multiprocessing.forkserver")
_LASTING_THREADS = ("tqdm_monitor", "pytest_timeout")


@dataclass(frozen=True)
class Snapshot:
    """What existed before the test.

    It refers to the things themselves, weakly: the id of one that is gone may soon be that of a leak.
    """

    threads: weakref.WeakSet[threading.Thread]
    processes: frozenset[int]
    scheduling: int
    qt_objects: _Known | None


class _Known:
    """Objects that are recognised as long as they live.

    Args:
        things: are not kept alive.
        held: of these, those that are: Python's side of what Qt made would be another one at the next look.
    """

    def __init__(self, things: Iterable[Any], held: Iterable[Any] = ()) -> None:
        self._things = {id(thing): weakref.ref(thing) for thing in things}
        self._held = tuple(held)

    def __contains__(self, thing: object) -> bool:
        known = self._things.get(id(thing))
        return known is not None and known() is thing


def snapshot(*, with_qt: bool) -> Snapshot:
    """Remember the threads and processes of now and, on request (it takes a while), Qt's timers and windows."""
    return Snapshot(
        weakref.WeakSet(threading.enumerate()),
        frozenset(process.pid for process in _children()),
        _scheduling(),
        _known_qt_objects() if with_qt else None,
    )


def find_leaks(before: Snapshot) -> dict[str, list[str]]:
    """What is new since `before` and does not end by itself within the grace time: kind to descriptions."""
    leaks = {
        "threads": _wait_until_gone(lambda: _new_threads(before)),
        "processes": _wait_until_gone(lambda: _new_processes(before)),
        "scheduling": _other_scheduling(before),
        "qt": _wait_until_gone(lambda: _new_qt_objects(before)),
    }
    return {kind: found for kind, found in leaks.items() if found}


def kill_leaked_processes(before: Snapshot) -> None:
    """End what a test started and left, so that it does not disturb the next ones."""
    for process in _children():
        if process.pid not in before.processes:
            process.kill()


def _wait_until_gone(look: Callable[[], list[str]]) -> list[str]:
    deadline = time.monotonic() + GRACE_S
    collected = False
    while found := look():
        if not collected:
            # Only when something is there: a full collection after each of a thousand tests would take minutes.
            gc.collect()
            collected = True
            continue
        if time.monotonic() > deadline:
            return found
        time.sleep(0.01)
    return []


def _new_threads(before: Snapshot) -> list[str]:
    return [
        f"thread {thread.name!r} (target {getattr(thread, '_target', None)})"
        for thread in threading.enumerate()
        if thread not in before.threads
        and not thread.name.startswith(_LASTING_THREADS)
        # A stand-in that Python makes when a foreign thread (Qt, libuv) calls in; it cannot be joined.
        and not isinstance(thread, threading._DummyThread)
    ]


def _scheduling() -> int:
    """The kernel's policy for this thread, where there is one to ask for: 0 is the usual one."""
    return os.sched_getscheduler(0) if hasattr(os, "sched_getscheduler") else 0


def _other_scheduling(before: Snapshot) -> list[str]:
    """A real-time process starves the machine, and so do all that it starts."""
    now = _scheduling()
    return [f"scheduling policy {now} instead of {before.scheduling}"] if now != before.scheduling else []


def _may_have_children() -> bool:
    """A quick look where Linux offers one: psutil reads the whole process table, twice for each of a thousand tests."""
    try:
        return any((task / "children").read_bytes() for task in Path("/proc/self/task").iterdir())
    except OSError:
        return True


def _children() -> list[psutil.Process]:
    alive: list[psutil.Process] = []
    if not _may_have_children():
        return alive
    for process in psutil.Process().children(recursive=True):
        try:
            command = " ".join(process.cmdline())
            if process.status() != psutil.STATUS_ZOMBIE and not any(name in command for name in _LASTING_PROCESSES):
                alive.append(process)
        except psutil.NoSuchProcess:
            continue
    return alive


def _new_processes(before: Snapshot) -> list[str]:
    found = []
    for process in _children():
        if process.pid not in before.processes:
            try:
                found.append(f"process {process.pid}: {' '.join(process.cmdline())[:200]}")
            except psutil.NoSuchProcess:
                continue
    return found


def _application() -> Any | None:
    widgets = sys.modules.get("PySide6.QtWidgets")
    return widgets.QApplication.instance() if widgets else None


def _qt_objects() -> list[Any]:
    """Top-level widgets, active timers, running threads and busy pools; empty while there is no QApplication."""
    application = _application()
    if application is None:
        return []
    from PySide6.QtCore import QThread, QThreadPool, QTimer
    from PySide6.QtWidgets import QApplication
    from shiboken6 import isValid

    found: list[Any] = [widget for widget in QApplication.topLevelWidgets() if isValid(widget)]
    # `type`, not `isinstance`: the latter runs the `__class__` properties of foreign lazy objects. And looked up in a
    # set: this goes through 100,000 objects, several times for each of a thousand tests.
    kinds = _with_subclasses(QTimer) | _with_subclasses(QThread)
    ours = [thing for thing in gc.get_objects() if type(thing) in kinds and isValid(thing)]
    found += [thing for thing in ours if isinstance(thing, QTimer) and thing.isActive()]
    found += [thing for thing in ours if isinstance(thing, QThread) and thing.isRunning()]
    main_thread = application.thread()
    found = [thing for thing in found if thing is not main_thread]
    pool = QThreadPool.globalInstance()
    return [*found, pool] if pool.activeThreadCount() else found


def _with_subclasses(kind: type[Any]) -> set[type[Any]]:
    return {kind}.union(*(_with_subclasses(sub) for sub in kind.__subclasses__()))


def _known_qt_objects() -> _Known:
    found = _qt_objects()
    if not found:
        return _Known(())
    from shiboken6 import ownedByPython

    return _Known(found, [thing for thing in found if not ownedByPython(thing)])


def _new_qt_objects(before: Snapshot) -> list[str]:
    if before.qt_objects is None or _application() is None:
        return []
    from PySide6.QtCore import QCoreApplication, QEvent

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QCoreApplication.processEvents()
    return [_describe(thing) for thing in _qt_objects() if thing not in before.qt_objects]


def _describe(thing: Any) -> str:
    name = thing.objectName()
    parent = thing.parent()
    where = f", child of {type(parent).__name__}" if parent is not None else ""
    return f"{type(thing).__name__}{f' {name!r}' if name else ''}{where}"
