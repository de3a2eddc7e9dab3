"""Questions that have not been asked yet, each with the conversation that it was typed in.

drafts/17/      of conversation 17 of the history (services.draft says what is in it)
drafts/-1/      of a chat in which nothing has been asked yet, so that the history does not know it
drafts/bin/     the one that was deleted last, until another one is, or the app begins again
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from desktop_helper.core.errors import HelperError
from desktop_helper.services.draft import INDEX, Draft, DraftFile
from desktop_helper.services.file_origins import FileOrigins

_BIN = "bin"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DraftGlance:
    """What a list says about a draft: when it was changed, in seconds; its text; its first attachment, or none."""

    changed: float
    text: str = ""
    attached: str = ""
    more: int = 0

    @classmethod
    def of(cls, draft: Draft, changed: float) -> DraftGlance:
        """The same of one that is at hand."""
        names = [name for name, _parts in draft.attachments]
        return cls(changed, draft.text, names[0] if names else "", max(0, len(names) - 1))


def new_key(taken: Iterable[int]) -> int:
    """For a chat in which nothing has been asked yet."""
    return min(0, *taken, 0) - 1


class Drafts:
    """All of them. `keep`, `put_into_bin` and `tidy` return at once, the others may take their time. Any thread.

    `origins` says which files their attachments were made of.

    Args:
        folder: theirs.
        before: where earlier versions kept the only one.
    """

    def __init__(self, folder: Path, before: Path) -> None:
        self._folder, self._before = folder, before
        self.origins = FileOrigins()
        self._lock = threading.Lock()
        self._newest: dict[int, tuple[Draft, float]] = {}  # those that wait to be saved, and since when
        self._thread: ThreadPoolExecutor | None = None

    def keep(self, key: int, draft: Draft) -> None:
        """Save it on another thread; an empty one is deleted.

        Of several that wait only the last one is saved. What fails is only logged.
        """
        with self._lock:
            waiting = key in self._newest
            self._newest[key] = draft, time.time()
        if not waiting:
            self._later(lambda: self._save_newest(key))

    def put_into_bin(self, key: int) -> None:
        """Delete it, so that `restore` brings it back; what was deleted before is gone for good."""
        self._later(lambda: self._throw_away(key))

    def restore(self, key: int) -> Draft:
        """What was put into the bin last is there again. Waits for what is still to be done before."""
        return self._later(lambda: self._take_out(key)).result()

    def load(self, key: int) -> Draft:
        """What was saved; an empty draft if there is nothing, or nothing that can be read."""
        return self._file(key).load()

    def glances(self) -> dict[int, DraftGlance]:
        """All that are there, and nothing in the bin from now on. For the start."""
        self._adopt()
        self._empty_bin()
        found = {}
        for key in self._keys():
            index = self._path(key) / INDEX
            with suppress(OSError):
                changed = index.stat().st_mtime
                text, names = self._file(key).glance()
                found[key] = DraftGlance(changed, text, names[0] if names else "", max(0, len(names) - 1))
        return found

    def tidy(self, there: Callable[[list[int]], set[int]]) -> None:
        """Delete those of conversations that were deleted for good, on another thread.

        `there` says which of some the history has.
        """
        self._later(lambda: self._tidy(there))

    def close(self) -> None:
        """Return when what was to be kept is saved."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            thread.shutdown()

    # --- parts ---

    def _later(self, work: Callable[[], Draft | None]) -> Future[Draft]:
        """On the one thread that writes, in the order of asking."""

        def attempt() -> Draft:
            try:
                return work() or Draft()
            except (OSError, HelperError) as error:  # the user still sees what was typed, and is told when it is asked
                _log.info("A draft cannot be saved: %s", type(error).__name__)
                return Draft()

        with self._lock:
            if self._thread is None:
                self._thread = ThreadPoolExecutor(1, "drafts")
            return self._thread.submit(attempt)

    def _save_newest(self, key: int) -> None:
        with self._lock:
            draft, changed = self._newest.pop(key)
        self._save(key, draft)
        if draft != Draft():  # not when a slow disk was done with it: something may have been asked meanwhile
            os.utime(self._path(key) / INDEX, (changed, changed))

    def _save(self, key: int, draft: Draft) -> None:
        self._file(key).save(draft)
        if draft == Draft():
            with suppress(OSError):
                self._path(key).rmdir()

    def _tidy(self, there: Callable[[list[int]], set[int]]) -> None:
        numbers = [key for key in self._keys() if key > 0]
        for key in set(numbers) - there(numbers):
            self._save(key, Draft())

    def _throw_away(self, key: int) -> None:
        folder = self._path(key)
        self._empty_bin()
        if folder.is_dir():
            (self._folder / _BIN).mkdir(mode=0o700)
            folder.rename(self._folder / _BIN / folder.name)

    def _empty_bin(self) -> None:
        if (self._folder / _BIN).is_dir():
            import shutil  # which is not needed at most starts

            shutil.rmtree(self._folder / _BIN, ignore_errors=True)

    def _take_out(self, key: int) -> Draft:
        folder = self._path(key)
        kept = self._folder / _BIN / folder.name
        if kept.is_dir():
            kept.rename(folder)
        return self.load(key)

    def _adopt(self) -> None:
        """The only draft of an earlier version becomes that of a chat in which nothing has been asked yet."""
        try:
            if (self._before / INDEX).is_file():
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._before.rename(self._path(new_key(self._keys())))
        except OSError as error:
            _log.info("The draft of an earlier version cannot be taken over: %s", type(error).__name__)

    def _keys(self) -> Iterator[int]:
        for path in self._folder.glob(f"*/{INDEX}"):
            name = path.parent.name
            if name.removeprefix("-").isascii() and name.removeprefix("-").isdigit():
                yield int(name)

    def _path(self, key: int) -> Path:
        return self._folder / str(key)

    def _file(self, key: int) -> DraftFile:
        return DraftFile(self._path(key), self.origins)
