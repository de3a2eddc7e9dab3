"""Brings one file: in a part file beside its place, from where the last try stopped, and only as long as it may be.

The part's name holds the checksum of the whole file, so a part of another version is never gone on with.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.services.model_store.answers import refusal, unreachable
from desktop_helper.services.model_store.hub import RemoteFile
from desktop_helper.services.model_store.patience import Patience, patiently
from desktop_helper.services.storage_errors import storage_error

if TYPE_CHECKING:
    import httpx2

PART_ENDING = ".part"
_MAX_REDIRECTS = 5
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


def part_of(target: Path, file: RemoteFile) -> Path:
    """Where the unfinished `file` is kept."""
    return target.with_name(f"{target.name}.{file.sha256[:12]}{PART_ENDING}")


def size_of(path: Path) -> int:
    """Bytes of `path`, 0 if it is not there."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


class Transfer:
    """The bytes of one file.

    Args:
        http: a client that follows no redirects.
        file: what the hub said of it.
        part: where to write.
        cancel: stops it; the part stays.
        on_bytes: told how much of the file is there, after each piece.
        waits: told of a fault that is waited out.
    """

    def __init__(
        self,
        http: httpx2.Client,
        file: RemoteFile,
        part: Path,
        cancel: CancelToken,
        on_bytes: Callable[[int], None],
        waits: Callable[[HelperError], None],
    ) -> None:
        self._http, self._file, self._part = http, file, part
        self._cancel, self._on_bytes, self._waits = cancel, on_bytes, waits
        self._furthest = 0

    def run(self, patience: Patience) -> None:
        """Until the part is as long as the file. Raises `HelperError`; what arrived stays, unless it was nonsense."""
        for stale in self._part.parent.glob(f"*{PART_ENDING}"):
            if stale != self._part and stale.name.startswith(self._part.name[: -len(PART_ENDING) - 12]):
                stale.unlink(missing_ok=True)  # of another version of the same file
        if size_of(self._part) > self._file.bytes:
            self._part.unlink()
        self._furthest = size_of(self._part)
        patiently(self._go_on, patience, self._cancel, self._waits, self._moved)

    def _moved(self) -> bool:
        """Whether the last try came further than any before: one that begins anew each time would go on for ever."""
        before, self._furthest = self._furthest, max(self._furthest, size_of(self._part))
        return self._furthest > before

    def _go_on(self) -> None:
        import httpx2

        there = size_of(self._part)
        if there == self._file.bytes:
            return
        try:
            self._request(there)
        except (httpx2.TransportError, httpx2.StreamError) as error:
            raise unreachable(self._host) from error
        if size_of(self._part) < self._file.bytes:
            raise unreachable(self._host)  # it ended early, but politely

    def _request(self, offset: int) -> None:
        url = self._file.url
        for _ in range(_MAX_REDIRECTS):
            request = self._http.build_request("GET", url, headers={"Range": f"bytes={offset}-"} if offset else {})
            response = self._http.send(request, stream=True)
            with contextlib.closing(response):
                if response.has_redirect_location:
                    url = str(response.url.join(response.headers["location"]))
                    continue
                self._take(response, offset, redirected=url != self._file.url)
                return
        raise refusal(self._host, 310)

    def _take(self, response: httpx2.Response, offset: int, *, redirected: bool) -> None:
        status, total = response.status_code, self._file.bytes
        if status == 416 or (status == 206 and not _fits(response.headers.get("Content-Range", ""), offset, total)):
            # It does not know this part of the file; from the beginning, then.
            self._part.unlink(missing_ok=True)
            raise _again(refusal(self._host, status))
        if status == 200:
            offset = 0  # all of it, whatever we asked for
        elif status != 206:
            error = refusal(self._host, status, _retry_after(response))
            # The address that the hub sent us to is valid for a while only; the hub gives out a fresh one.
            raise _again(error) if redirected and status in (401, 403, 404, 410) else error
        announced = response.headers.get("Content-Length", "")
        if announced.isdecimal() and int(announced) != total - offset:
            raise self._another_file()
        self._write(response, offset)

    def _write(self, response: httpx2.Response, offset: int) -> None:
        try:
            with open(self._part, "r+b" if offset else "wb") as part:
                part.seek(offset)
                for piece in response.iter_raw():
                    offset += len(piece)
                    if offset > self._file.bytes:
                        raise self._another_file()
                    part.write(piece)
                    self._on_bytes(offset)
                    self._cancel.raise_if_cancelled()
        except OSError as error:
            raise storage_error(self._part, error) from error

    def _another_file(self) -> HelperError:
        self._part.unlink(missing_ok=True)
        return HelperError(
            ErrorKind.SERVER,
            tr("{host} sends another file than it announced: its size is wrong.", host=self._host),
            tr("Try again later, or choose another model server."),
        )

    @property
    def _host(self) -> str:
        return urlsplit(self._file.url).hostname or ""


def finish(part: Path, target: Path) -> None:
    """Give a checked part its name. From here on the file is there, and it is right."""
    from desktop_helper.services.atomic_file import sync_folder

    with open(part, "r+b") as file:
        os.fsync(file.fileno())
    os.replace(part, target)
    sync_folder(target.parent)


def _fits(said: str, offset: int, total: int) -> bool:
    found = _RANGE.fullmatch(said)
    return found is not None and int(found[1]) == offset and found[2] in ("*", str(total))


def _again(error: HelperError) -> HelperError:
    error.retry = True
    return error


def _retry_after(response: httpx2.Response) -> float | None:
    said = response.headers.get("Retry-After", "")
    return float(said) if said.isdecimal() and len(said) < 6 else None
