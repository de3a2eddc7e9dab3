"""Chrome trace events (`--trace FILE`), readable in Perfetto.

Format: the "JSON Array Format" of the Trace Event Format document: one event object per line, `ts` and `dur` in
microseconds, the closing bracket optional, so that the file of a killed process still opens.
"""

from __future__ import annotations

import json
import os
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

_file: TextIO | None = None
_lock = threading.Lock()
_lanes: set[str] = set()  # those that the file knows


def now_us() -> int:
    """The trace clock: microseconds of the system-wide monotonic clock, comparable between processes."""
    return time.monotonic_ns() // 1000


def start(path: Path) -> None:
    """Write events to `path` from now on."""
    global _file
    stop()
    _lanes.clear()
    _file = path.open("w", encoding="utf-8")
    _file.write("[\n")


def stop() -> None:
    """Close the file."""
    global _file
    with _lock:
        if _file is not None:
            _file.close()
        _file = None


def enabled() -> bool:
    """Whether events are written: guards work that only a trace needs."""
    return _file is not None


def complete(name: str, start_us: int, *, lane: str = "", **args: object) -> None:
    """Something lasted from `start_us` until now.

    Args:
        name: what.
        start_us: when it began, by `now_us`.
        lane: a row of its own in the viewer. Without one the event goes to its thread, where events must lie inside or
            beside each other: viewers drop one that begins in another and outlasts it.
        args: shown with it.
    """
    _complete(name, start_us, lane, args)


def instant(name: str, **args: object) -> None:
    """Something happened now."""
    if _file is not None:
        _write({"name": name, "ph": "i", "s": "p", "ts": now_us(), "args": args})


@contextmanager
def span(name: str, **args: object) -> Iterator[None]:
    """Record how long a `with` block takes."""
    begin = now_us()
    try:
        yield
    finally:
        _complete(name, begin, "", args)


def _complete(name: str, start_us: int, lane: str, args: dict[str, object]) -> None:
    if _file is not None:
        _write({"name": name, "ph": "X", "ts": start_us, "dur": now_us() - start_us, "args": args}, lane)


def _write(event: dict[str, object], lane: str = "") -> None:
    row = zlib.crc32(lane.encode()) if lane else threading.get_native_id()
    event |= {"pid": os.getpid(), "tid": row, "cat": "desktop-helper"}
    lines = [event]
    with _lock:
        if _file is None:
            return
        if lane and lane not in _lanes:
            _lanes.add(lane)
            lines.insert(0, {"name": "thread_name", "ph": "M", "pid": os.getpid(), "tid": row, "args": {"name": lane}})
        _file.writelines(json.dumps(line) + ",\n" for line in lines)
        _file.flush()
