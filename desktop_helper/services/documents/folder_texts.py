"""What the files of a folder say, read one after the other by the converter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from desktop_helper.core import many_files
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.documents import PageReading, PageText, Unit
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.file_tree import weight
from desktop_helper.core.many_files import Unread
from desktop_helper.services.converter import Converter
from desktop_helper.services.folder_tree import Entry, Kind, fingerprint, scan

_PAGES_AT_ONCE = 500  # of a file; other kinds tell all of their parts at once


def is_the_same(folder: Path, digest: str) -> bool:
    """Whether nothing in the folder was changed. Raises `HelperError`."""
    return fingerprint(folder, scan(folder)) == digest


def read(
    folder: Path, converter: Converter, cancel: CancelToken, on_file: Callable[[int, int], None]
) -> list[PageText]:
    """Parts of all files, those first that say what the folder is about. Raises `HelperError(CANCELLED)`.

    Args:
        folder: that was attached.
        converter: reads each file.
        cancel: looked at between files, too.
        on_file: told which one is read, and how many there are.
    """
    entries = sorted(scan(folder, cancel).entries, key=lambda entry: weight(entry.path))
    entries = [entry for entry in entries if entry.kind is not Kind.PICTURE]
    return many_files.within_limits(_texts(folder, entries, converter, cancel, on_file), len(entries))


def _texts(
    folder: Path,
    entries: Sequence[Entry],
    converter: Converter,
    cancel: CancelToken,
    on_file: Callable[[int, int], None],
) -> Iterator[list[PageText] | Unread]:
    for number, entry in enumerate(entries, 1):
        cancel.raise_if_cancelled()
        on_file(number, len(entries))
        try:
            pages = _pages(folder / entry.path, converter, cancel)
        except HelperError as error:
            if error.kind is ErrorKind.CANCELLED:
                raise
            yield Unread(entry.path, error.needs_password)  # one broken file is no reason to find nothing in the others
            continue
        yield many_files.parts_of_file(entry.path, pages, paged=entry.path.lower().endswith(".pdf"))


def _pages(path: Path, converter: Converter, cancel: CancelToken) -> list[PageText]:
    found: list[PageText] = []
    while True:
        wanted = PageReading(len(found) + 1, len(found) + _PAGES_AT_ONCE, unit=Unit.PART)
        count, pages = converter.page_texts(path, path.name, wanted, cancel)
        found += pages
        if not pages or len(found) >= count:
            return found
