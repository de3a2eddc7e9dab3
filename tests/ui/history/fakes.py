"""A history that is only a list, and answers when the test says so."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.services.history_records import ConversationInfo, Glance
from desktop_helper.ui.history.entries import PAGE, Entry, Listing

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


def entry(number, *, hours=0.0, title="", pinned=False, glance=None):
    moment = NOW - timedelta(hours=hours)
    info = ConversationInfo(number, title or f"Talk {number}", moment, moment, 2, None, pinned)
    return Entry(info, glance or Glance("", 0, "stop"))


class FakeSource:
    """Newest first; `gate` holds every call back until it is set."""

    def __init__(self, count=0):
        self.entries = [entry(number, hours=count - number) for number in range(count, 0, -1)]
        self.gate = threading.Event()
        self.gate.set()
        self.error = None
        self.calls = []
        self.hits = {}
        self.threads = set()

    def begin(self, others):
        self._called(("begin", others))
        pinned = tuple(one for one in self.entries if one.info.pinned)
        rest = tuple(one for one in self.entries if not one.info.pinned)
        return Listing(pinned, rest[:others], len(self.entries))

    def more(self, offset):
        self._called(("more", offset))
        return tuple(one for one in self.entries if not one.info.pinned)[offset : offset + PAGE]

    def search(self, text, limit):
        self._called(("search", text))
        return self.hits.get(text, [])[:limit]

    def picture(self, name):
        self._called(("picture", name))
        return None

    def change(self, number, **values):
        place = next(place for place, one in enumerate(self.entries) if one.id == number)
        old = self.entries.pop(place)
        new = replace(old, info=replace(old.info, **values))
        self.entries.insert(0 if "updated" in values else place, new)

    def _called(self, call):
        self.calls.append(call)
        self.threads.add(threading.current_thread())
        assert self.gate.wait(10)
        if self.error is not None:
            raise HelperError(ErrorKind.STORAGE, "The disk is gone.", self.error)
