"""Pictures and files of the conversations, each once, named by its content: `blobs/ab/<sha256>`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from desktop_helper.services.atomic_file import write_atomically
from desktop_helper.services.storage_errors import storage_error

_DIGEST_LENGTH = 64
_ABANDONED_S = 3600.0


class BlobStore:
    """A folder of immutable files. Safe to share between threads and processes.

    Who removes a blob must hold the history's write lock and have seen that no row names it; who adds a row must `put`
    under that lock (services.history does both).
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, sha256: str) -> Path:
        """Where the blob is, if it is."""
        return self._folder / sha256[:2] / sha256

    def put(self, sha256: str, data: bytes) -> None:
        """Store `data`, flushed to disk, unless it is there undamaged. Raises `HelperError(STORAGE)`."""
        if self.get(sha256) is not None:
            return
        try:
            write_atomically(self.path(sha256), data)
        except OSError as error:
            raise storage_error(self._folder, error) from None

    def get(self, sha256: str) -> bytes | None:
        """The bytes; None if somebody deleted the file, or if it holds something else than it did.

        Raises `HelperError(STORAGE)` if it cannot be read.
        """
        import hashlib  # brings OpenSSL, which the idle app does not need

        path = self.path(sha256)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise storage_error(path, error) from None
        return data if hashlib.sha256(data).hexdigest() == sha256 else None

    def remove(self, sha256: str) -> None:
        """Delete it. Does nothing if it is gone; raises `HelperError(STORAGE)` if it cannot be deleted."""
        path = self.path(sha256)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise storage_error(path, error) from None

    def names(self) -> Iterator[str]:
        """The sha256 of every stored blob."""
        for path in self._files():
            if len(path.name) == _DIGEST_LENGTH and not path.name.startswith("."):
                yield path.name

    def remove_leftovers(self) -> None:
        """Delete the temporary files of writers that were killed."""
        oldest = time.time() - _ABANDONED_S
        for path in self._files():
            with suppress(OSError):  # its writer lives and was quicker, or holds it open (Windows)
                if path.name.endswith(".tmp") and path.stat().st_mtime < oldest:
                    path.unlink()

    def _files(self) -> Iterator[Path]:
        return self._folder.glob("??/*")
