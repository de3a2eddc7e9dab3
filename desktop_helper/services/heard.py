"""What was heard lately, in memory only: another part of a video, or fewer frames of it, needs no second listening."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import replace
from pathlib import Path

from desktop_helper.core.clip_span import Span
from desktop_helper.core.speech import Spoken

MOST = 4  # files


class Heard:
    """Of the last files. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[Hashable, tuple[Span, tuple[Spoken, ...]]] = OrderedDict()

    def find(self, key: Hashable, span: Span) -> tuple[Spoken, ...] | None:
        """What is said between the ends of `span`; None if not all of that was heard."""
        with self._lock:
            known, spoken = self._known.get(key, (None, ()))
        if (
            known is None
            or known.start > span.start
            or not (known.end is None or (span.end is not None and span.end <= known.end))
        ):
            return None
        inside = (one for one in spoken if one.end > span.start and (span.end is None or one.start < span.end))
        return tuple(replace(one, start=max(one.start, span.start)) for one in inside)

    def keep(self, key: Hashable, span: Span, spoken: Sequence[Spoken]) -> None:
        """The oldest one goes."""
        with self._lock:
            self._known[key] = span, tuple(spoken)
            self._known.move_to_end(key)
            if len(self._known) > MOST:
                self._known.popitem(last=False)

    def forget(self) -> None:
        """All of it."""
        with self._lock:
            self._known.clear()


def key_of(source: Path | bytes, *chosen: str) -> Hashable:
    """The same as long as the file and what is `chosen` for listening are the same; None if the file is gone."""
    if isinstance(source, bytes):
        import hashlib  # brings OpenSSL, which the idle app does not need

        return hashlib.sha256(source).hexdigest(), *chosen
    try:
        found = source.stat()
    except OSError:
        return None
    return str(source), found.st_size, found.st_mtime_ns, *chosen
