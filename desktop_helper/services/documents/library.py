"""The indexes of documents, and where their files are.

An index is a file of the cache, named after the document's digest. It holds what the document says, so it is as private
as the history: whatever deletes conversations deletes all indexes (`forget`), and they can be made again. What a
password protects is indexed in memory only.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.documents import PageReading, PageText, Reference, Unit
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import ImagePart
from desktop_helper.core.protocols import ConvertOptions
from desktop_helper.core.text_layout import layout
from desktop_helper.ocr import models
from desktop_helper.services.converter import Converter
from desktop_helper.services.documents import folder_texts
from desktop_helper.services.documents.page_index import IN_MEMORY, PageIndex
from desktop_helper.services.text_reader import TextReader

PAGES_AT_ONCE = 64  # so that it can be told how far the reading is, and another file can come between
MOST_BYTES = 256 * 1024 * 1024  # of all indexes on the disk
KEEP_DAYS = 30
SCANS_AT_ONCE = 20  # pages that are read in their pictures before a question is asked
SCANS_S = 40.0  # seconds that this may take
_POLL_S = 0.1
SCAN_TOKENS = 3_000  # of a page's picture: letters of 8 points can be read

_log = logging.getLogger(__name__)
OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document is: a file, or its bytes. The password is in no other place."""

    at: Path | bytes
    password: str = field(default="", repr=False)


class Documents:
    """Any thread.

    Args:
        folder: of the indexes.
        converter, reader: read files and pictures in processes of their own.
    """

    def __init__(self, folder: Path, converter: Callable[[], Converter], reader: Callable[[], TextReader]) -> None:
        self._folder = folder
        self._converter, self._reader = converter, reader
        self._guard = threading.Lock()
        self._ended = False
        self._building = threading.Lock()  # held while pages are added: twice the same work helps nobody
        self._sources: dict[str, Source] = {}
        self._open: dict[str, PageIndex] = {}  # by the names of their files
        self._checked: dict[str, tuple[Path, int, int]] = {}

    def remember(self, reference: Reference, at: Path | bytes, password: str = "") -> None:
        """Where a document is that has been attached. On the disk this is noted when it is asked about."""
        with self._guard:
            self._sources[reference.digest] = Source(at, password)
            held = [digest for digest, source in self._sources.items() if isinstance(source.at, bytes)]
            for digest in held[:-1]:
                del self._sources[digest]

    def index(self, reference: Reference, cancel: CancelToken, on_progress: OnProgress) -> PageIndex | None:
        """All that its pages say; None if the file is gone and nothing is left of it. Raises `HelperError`."""
        with self._alone(cancel):
            if not self._index_of(reference).complete:
                self.tidy()
            while True:
                index = self._index_of(reference)
                try:
                    return self._read(reference, index, cancel, on_progress)
                except HelperError:
                    if self._ended or not index.closed:
                        raise
                    cancel.raise_if_cancelled()  # it was forgotten in the middle, and is begun anew

    def _read(
        self, reference: Reference, index: PageIndex, cancel: CancelToken, on_progress: OnProgress
    ) -> PageIndex | None:
        """What is missing in the index, for the one that is alone. Raises `HelperError`."""
        while not index.complete:
            cancel.raise_if_cancelled()
            if (source := self._source_of(reference)) is None:
                return None if index.next_page == 1 else index
            first, count = index.next_page, index.count or reference.pages
            on_progress(_progress(reference, first, count))
            count, pages = self._texts(reference, source, first, cancel, on_progress)
            if not pages:
                count = first - 1  # it says that it has more than it has
            for at in range(0, len(pages), PAGES_AT_ONCE):  # all parts come at once, and nobody shall wait for them
                cancel.raise_if_cancelled()
                if at:
                    on_progress(_progress(reference, first + at, first + len(pages)))
                index.add(first + at, pages[at : at + PAGES_AT_ONCE])
            index.count = count
            if not count:
                return None
        return index

    def _texts(
        self, reference: Reference, source: Source, first: int, cancel: CancelToken, on_progress: OnProgress
    ) -> tuple[int, Sequence[PageText]]:
        """How many pages or parts there are, and those from the `first` one on. Raises `HelperError`."""
        if isinstance(source.at, Path) and reference.holds is not None and source.at.is_dir():

            def tell(number: int, count: int) -> None:
                on_progress(Progress(tr("Reading {name}", name=reference.name), (number - 1) / count))

            found = folder_texts.read(source.at, self._converter(), cancel, tell)
            return len(found), found[first - 1 :]
        wanted = PageReading(first, first + PAGES_AT_ONCE - 1, source.password, reference.unit)
        return self._converter().page_texts(source.at, reference.name, wanted, cancel)

    def read_scans(
        self,
        reference: Reference,
        index: PageIndex,
        numbers: Iterable[int],
        cancel: CancelToken,
        on_progress: OnProgress,
    ) -> int:
        """Read pages that are scans, one after the other, for a while. Returns how many were read.

        What cannot be read stays unread. Raises `HelperError(CANCELLED)` only.
        """
        numbers, done, until = list(numbers), 0, time.monotonic() + SCANS_S
        if not models.availability().ok:
            return 0
        for place, number in enumerate(numbers):
            if time.monotonic() > until:
                break
            message = tr("Reading the scanned page {page} of {name}", page=number, name=reference.name)
            on_progress(Progress(message, place / len(numbers)))
            try:
                pictures = self.pictures(reference, [number], ConvertOptions(SCAN_TOKENS), cancel)
                if not pictures:
                    break
                index.add_read(number, layout(self._reader().read(pictures[0].data, reference.name, cancel)))
            except HelperError as error:
                if error.kind is ErrorKind.CANCELLED:
                    raise
                _log.info("a scanned page cannot be read: %s", error.kind)
                break
            done += 1
        return done

    def pictures(
        self, reference: Reference, numbers: Iterable[int], options: ConvertOptions, cancel: CancelToken
    ) -> list[ImagePart]:
        """Pages as pictures; none if the file is gone, and of parts. Raises `HelperError`."""
        pages, source = tuple((number, number) for number in numbers), self._source_of(reference)
        if source is None or not pages or reference.unit is not Unit.PAGE:
            return []
        options = replace(options, pages=pages, password=source.password)
        converter = self._converter()
        if isinstance(source.at, bytes):
            parts = converter.convert_bytes(source.at, reference.name, options, cancel)
        else:
            parts = converter.convert_file(source.at, options, cancel, name=reference.name)
        return [part for part in parts if isinstance(part, ImagePart)]

    def forget(self) -> None:
        """Delete all indexes. Nobody is waited for: who reads a document now begins a new one."""
        with self._guard:
            for index in self._open.values():
                index.close()
            self._open.clear()
            for path in self._files():
                with suppress(OSError):
                    path.unlink()
            with suppress(OSError):
                self._folder.rmdir()

    def tidy(self) -> None:
        """Delete what was not asked about for long, and the oldest indexes if all together are too large."""
        left, oldest_wanted = MOST_BYTES, time.time() - KEEP_DAYS * 86_400
        with self._guard:
            in_use = {index.path for index in self._open.values()}
        for used, size, path in sorted(self._sizes(), reverse=True):
            left -= size
            if path not in in_use and (left < 0 or used < oldest_wanted):
                with suppress(OSError):
                    path.unlink()

    def close(self) -> None:
        """May be called twice."""
        with self._guard:
            self._ended = True
            for index in self._open.values():
                index.close()
            self._open.clear()

    @contextmanager
    def _alone(self, cancel: CancelToken) -> Iterator[None]:
        """While nobody else adds pages. Raises `HelperError(CANCELLED)` if it is not waited for any more."""
        while not self._building.acquire(timeout=_POLL_S):
            cancel.raise_if_cancelled()
        try:
            yield
        finally:
            self._building.release()

    def _index_of(self, reference: Reference) -> PageIndex:
        with self._guard:
            file = f"{reference.digest}.db" if reference.unit is Unit.PAGE else f"{reference.digest}-parts.db"
            found, source = self._open.get(file), self._sources.get(reference.digest)
            locked = source is not None and bool(source.password)
            if found is not None and locked and found.path != IN_MEMORY:
                found.delete()  # made while nobody knew of the password
                found = None
            if found is None:
                found = PageIndex(IN_MEMORY if locked else self._folder / file)
                self._open[file] = found
                known = source is not None and isinstance(source.at, Path) and not locked
                if known and source is not None:
                    found.origin = str(source.at)
            found.touch()
            return found

    def _source_of(self, reference: Reference) -> Source | None:
        """Where it is, if it is still there and the same."""
        source = self._sources.get(reference.digest)
        if source is None and (origin := self._index_of(reference).origin):
            source = Source(Path(origin))
        if source is None or isinstance(source.at, bytes):
            return source
        return source if self._is_the_same(source.at, reference.digest) else None

    def _is_the_same(self, path: Path, digest: str) -> bool:
        import hashlib  # brings OpenSSL, which the idle app does not need

        try:
            if path.is_dir():
                return folder_texts.is_the_same(path, digest)
            found = path.stat()
            state = path, found.st_size, found.st_mtime_ns
            if self._checked.get(digest) != state:
                with path.open("rb") as file:
                    if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                        return False
                self._checked[digest] = state
        except (OSError, ValueError, HelperError):
            return False
        return True

    def _files(self) -> list[Path]:
        try:
            return [path for path in self._folder.iterdir() if path.suffix in (".db", ".db-journal")]
        except OSError:
            return []

    def _sizes(self) -> Iterable[tuple[float, int, Path]]:
        for path in self._files():
            with suppress(OSError):
                found = path.stat()
                yield found.st_mtime, found.st_size, path


def _progress(reference: Reference, first: int, count: int) -> Progress:
    if reference.unit is Unit.PART:
        return Progress(tr("Reading {name}", name=reference.name), first / count if first > 1 else None)
    message = tr("Reading {name}, page {page} of {count}", name=reference.name, page=first, count=count)
    return Progress(message, first / count)
