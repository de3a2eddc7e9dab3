"""What is in a folder: names, sizes and kinds of files, without what nobody would ask about. Nothing is parsed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.file_tree import CLUTTER
from desktop_helper.core.i18n import tr
from desktop_helper.core.text_tokens import CHARACTERS_PER_TOKEN
from desktop_helper.services.gitignore import Ignore, parse

MOST_FILES = 5000  # that are looked at
MOST_LEVELS = 30
MOST_BYTES = 50_000_000  # of one file
MOST_TEXT_BYTES = 2_000_000
_HEAD_BYTES = 2048
_MOST_IGNORE_BYTES = 200_000
_SKIPPED = (*CLUTTER, ".svn", ".hg", ".venv", "venv", ".tox", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".idea")
# What the readers of files call theirs; a test compares them.
_PICTURES = (
    *(".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".gif", ".bmp", ".dib", ".tif", ".tiff", ".svg", ".svgz"),
    *(".heic", ".heif", ".hif", ".avif", ".avifs", ".ico", ".icns", ".jp2", ".j2k", ".psd", ".pcx", ".qoi", ".dds"),
    *(".ppm", ".pgm", ".pbm", ".pnm"),
)
_DOCUMENTS = (
    *(".pdf", ".epub", ".eml", ".ipynb", ".rtf", ".docx", ".docm", ".dotx", ".dotm", ".doc"),
    *(".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".pptx", ".pptm", ".ppsx", ".potx", ".ppt"),
    *(".odt", ".ods", ".odp", ".ott", ".ots", ".otp"),
)
_PACKED = (".zip", ".tar", ".gz", ".bz2", ".xz", ".tgz", ".tbz", ".tbz2", ".txz")
# Tokens that a file of these kinds is taken for until it is read.
_PICTURE_TOKENS, _DOCUMENT_TOKENS = 1500, 8000


class Kind(StrEnum):
    """How a file would go."""

    TEXT = "text"
    PICTURE = "picture"
    DOCUMENT = "document"


class Reason(StrEnum):
    """Why a file is not offered, or not even looked at."""

    BINARY = "binary"
    EMPTY = "empty"
    PACKED = "packed"
    IGNORED = "ignored"
    LARGE = "large"
    LINK = "link"
    UNREADABLE = "unreadable"
    TOO_MANY = "too many"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file. `path` is below the folder, with slashes; `tokens` is about what it costs."""

    path: str
    size: int
    kind: Kind
    tokens: int


@dataclass(frozen=True, slots=True)
class FolderTree:
    """The files that can be read, and how many others there are, for each reason."""

    name: str
    entries: tuple[Entry, ...]
    left_out: dict[Reason, int]


def scan(folder: Path, cancel: CancelToken | None = None) -> FolderTree:
    """Look through a folder. Raises `HelperError`: SOURCE if it cannot be opened, or CANCELLED."""
    walk = _Walk(folder, cancel or CancelToken())
    try:
        with os.scandir(folder):
            pass
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise HelperError(ErrorKind.SOURCE, tr("{name} cannot be opened: {why}.", name=folder, why=why)) from error
    entries = tuple(walk.files())
    return FolderTree(folder.name or str(folder), entries, walk.left_out)


def kind_of(path: str) -> Kind | None:
    """By its name; None where only a look at it tells whether it is text."""
    suffix = PurePosixPath(path.lower()).suffix
    return Kind.PICTURE if suffix in _PICTURES else Kind.DOCUMENT if suffix in _DOCUMENTS else None


def tokens_of(kind: Kind, size: int) -> int:
    """About what a file costs."""
    if kind is Kind.TEXT:
        return round(size / CHARACTERS_PER_TOKEN)
    return _PICTURE_TOKENS if kind is Kind.PICTURE else _DOCUMENT_TOKENS


def fingerprint(folder: Path, tree: FolderTree) -> str:
    """Of the files that can be read: another one after any of them was changed. Opens none of them."""
    import hashlib  # brings OpenSSL, which the idle app does not need

    made = hashlib.sha256()
    for entry in tree.entries:
        try:
            changed = (folder / entry.path).stat().st_mtime_ns
        except (OSError, ValueError):
            changed = 0
        made.update(f"{entry.path}\0{entry.size}\0{changed}\n".encode(errors="surrogatepass"))
    return made.hexdigest()


class _Walk:
    def __init__(self, root: Path, cancel: CancelToken) -> None:
        self._root, self._cancel = root, cancel
        self._ignores: list[Ignore] = []
        self._found = 0
        self.left_out: dict[Reason, int] = {}

    def files(self) -> Iterator[Entry]:
        """In the order in which people read a tree: of each folder the files, then the folders."""
        waiting = [("", 0)]
        while waiting:
            below, level = waiting.pop()
            self._cancel.raise_if_cancelled()
            files, folders = self._listed(below)
            self._read_ignore(below, files)
            for name, info in files:
                entry = self._entry(f"{below}{name}", info)
                if entry is not None:
                    yield entry
            wanted = [f"{below}{name}" for name in folders if self._goes_into(f"{below}{name}", name, level)]
            waiting += [(f"{path}/", level + 1) for path in reversed(wanted)]

    def _listed(self, below: str) -> tuple[list[tuple[str, os.stat_result]], list[str]]:
        files, folders = [], []
        try:
            with os.scandir(self._root / below) as listed:
                for one in sorted(listed, key=lambda one: one.name):
                    if one.is_symlink():
                        self._leave_out(Reason.LINK)  # it may lead anywhere, also back to where it is
                    elif one.is_dir(follow_symlinks=False):
                        folders.append(one.name)
                    else:
                        files.append((one.name, one.stat(follow_symlinks=False)))
        except OSError:
            self._leave_out(Reason.UNREADABLE)
        return files, folders

    def _read_ignore(self, below: str, files: list[tuple[str, os.stat_result]]) -> None:
        if any(name == ".gitignore" and stat.S_ISREG(info.st_mode) for name, info in files):
            try:
                with (self._root / below / ".gitignore").open("rb") as file:
                    text = file.read(_MOST_IGNORE_BYTES).decode(errors="replace")
            except OSError:
                return
            self._ignores.append(parse(text, below))

    def _goes_into(self, path: str, name: str, level: int) -> bool:
        if name in _SKIPPED or level >= MOST_LEVELS or self._is_ignored(path, is_folder=True):
            self._leave_out(Reason.IGNORED)
            return False
        return True

    def _is_ignored(self, path: str, *, is_folder: bool = False) -> bool:
        for ignore in reversed(self._ignores):  # the nearest one has the last word
            said = ignore.says(path, is_folder=is_folder)
            if said is not None:
                return said
        return False

    def _entry(self, path: str, info: os.stat_result) -> Entry | None:
        kind = kind_of(path)
        reason = self._reason_against(path, info, kind) or (self._look(path) if kind is None else None)
        if reason is not None:
            self._leave_out(reason)
            return None
        self._found += 1
        kind = kind or Kind.TEXT
        return Entry(path, info.st_size, kind, tokens_of(kind, info.st_size))

    def _reason_against(self, path: str, info: os.stat_result, kind: Kind | None) -> Reason | None:
        """Without opening it."""
        if path.rpartition("/")[2] in _SKIPPED or self._is_ignored(path):
            return Reason.IGNORED
        if not stat.S_ISREG(info.st_mode):
            return Reason.BINARY
        if path.lower().endswith(_PACKED):
            return Reason.PACKED
        if info.st_size > (MOST_TEXT_BYTES if kind is None else MOST_BYTES):
            return Reason.LARGE
        return Reason.TOO_MANY if self._found >= MOST_FILES else None

    def _look(self, path: str) -> Reason | None:
        """Why a file is no text; None if it is."""
        try:
            with (self._root / path).open("rb") as file:
                head = file.read(_HEAD_BYTES)
        except OSError:
            return Reason.UNREADABLE
        wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))  # UTF-16 has zero bytes, too
        if not head:
            return Reason.EMPTY
        return Reason.BINARY if b"\0" in head and not wide else None

    def _leave_out(self, reason: Reason) -> None:
        self.left_out[reason] = self.left_out.get(reason, 0) + 1
