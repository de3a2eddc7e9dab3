"""Which files the attachments of questions that have not been asked yet were made of, and how they were read.

In memory it goes by the parts themselves; a draft (`services.draft`) has it in writing, so that after a restart other
pages of a document can be chosen, unless it is another document by then.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from desktop_helper.core import pages
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import MediaPart
from desktop_helper.core.names import printable
from desktop_helper.core.pages import USUAL_PAGES, Ranges

MOST_HASHED = 64 * 1024 * 1024  # bytes; larger files are known by their size and time alone
_FOLDER = -1


@dataclass(frozen=True, slots=True)
class Setting:
    """How an attachment is read from its file.

    Args:
        pages: that go.
        detail: what each picture may cost, if that is less than the model allows.
        members: the files that were chosen of a folder or an archive; None if nobody has.
        as_pictures: its text is drawn.
    """

    pages: Ranges = USUAL_PAGES
    detail: int | None = None
    members: tuple[str, ...] | None = None
    as_pictures: bool = False


USUAL_SETTING = Setting()


@dataclass(frozen=True, slots=True)
class Seal:
    """What tells whether a file is still the same: its size, when it was changed, and a digest if it is not large."""

    size: int
    changed: int
    digest: str = ""


@dataclass(frozen=True, slots=True)
class FileOrigin:
    """Where an attachment came from. `locked`: a password was needed, which is not kept."""

    path: Path
    setting: Setting = USUAL_SETTING
    locked: bool = False
    seal: Seal | None = None


class FileOrigins:
    """Of attachments that are in memory; any thread. One that nobody holds any more is forgotten."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[int, tuple[weakref.ref[MediaPart], FileOrigin]] = {}

    def remember(self, parts: Sequence[MediaPart], origin: FileOrigin) -> None:
        """These parts, the very same, were made of it. A seal that they have already holds."""
        first = parts[0]
        key = id(first)
        before = self.find(parts)
        if origin.seal is None and before is not None and before.path == origin.path:
            origin = replace(origin, seal=before.seal)
        with self._lock:
            self._known[key] = weakref.ref(first, lambda _gone: self._known.pop(key, None)), origin

    def find(self, parts: Sequence[MediaPart]) -> FileOrigin | None:
        """What was remembered of them."""
        with self._lock:
            known = self._known.get(id(parts[0])) if parts else None
        return known[1] if known is not None and known[0]() is parts[0] else None

    def sealed(self, parts: Sequence[MediaPart]) -> FileOrigin | None:
        """The same with its seal, which is made when it is asked for first; None if there is no such file.

        Reads the file.
        """
        origin = self.find(parts)
        if origin is None or origin.seal is not None:
            return origin
        try:
            origin = replace(origin, seal=_seal_of(origin.path))
        except OSError:
            return None
        self.remember(parts, origin)
        return origin


def ensure_unchanged(origin: FileOrigin) -> None:
    """Raises `HelperError(SOURCE)` if it is not the same any more, which only one with a seal tells. Reads the file."""
    seal = origin.seal
    if seal is None:
        return
    name = printable(origin.path.name)
    try:
        now = _seal_of(origin.path, like=seal)
    except OSError:
        raise _another(tr("{name} is not where it was when it was attached.", name=name)) from None
    if now != seal:
        raise _another(tr("{name} has been changed since it was attached.", name=name))


def written(origin: FileOrigin) -> dict[str, Any]:
    """As a draft keeps it."""
    setting, seal = origin.setting, origin.seal
    told: dict[str, Any] = {"path": str(origin.path), "locked": origin.locked}
    told |= {"pages": setting.pages, "detail": setting.detail, "members": setting.members}
    told |= {"as_pictures": setting.as_pictures}
    return told | ({"size": seal.size, "changed": seal.changed, "digest": seal.digest} if seal is not None else {})


def from_written(told: dict[str, Any]) -> FileOrigin:
    """The same again. Raises KeyError, TypeError, ValueError or OverflowError."""
    members, detail = told["members"], told["detail"]
    setting = Setting(
        pages.checked(told["pages"]),
        None if detail is None else max(1, int(detail)),
        None if members is None else tuple(map(str, members)),
        bool(told["as_pictures"]),
    )
    seal = Seal(int(told["size"]), int(told["changed"]), str(told["digest"]))
    return FileOrigin(Path(str(told["path"])), setting, bool(told["locked"]), seal)


def _seal_of(path: Path, like: Seal | None = None) -> Seal:
    """Of a file as it is now; what has the size and the time of another seal is that one. Raises OSError."""
    if path.is_dir():
        return Seal(_FOLDER, 0)  # what is in one may change: it is looked through anew whenever files are chosen
    state = path.stat()
    if like is not None and (state.st_size, state.st_mtime_ns) == (like.size, like.changed):
        return like
    digest = _digest(path) if state.st_size <= MOST_HASHED else ""
    if like is not None and digest and (state.st_size, digest) == (like.size, like.digest):
        return like  # e.g. copied back, so that only its time is another one
    return Seal(state.st_size, state.st_mtime_ns, digest)


def _digest(path: Path) -> str:
    import hashlib  # brings OpenSSL, which the idle app does not need

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _another(message: str) -> HelperError:
    return HelperError(ErrorKind.SOURCE, message, tr("Attach it again to change what goes of it."))
