"""What LibreOffice has made of documents, in a folder that belongs to the parent (`services.printed_folder`).

Other converter processes find it there: one that reads files beside this one, and that of the window with the pages.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

MOST_BYTES = 128_000_000  # of all that are kept
MOST_FILES = 8
_SUFFIX, _UNFINISHED = ".made", ".part"

_folder: list[Path] = []  # one at most


def keep_in(folder: str) -> None:
    """Where it is from now on; empty for nowhere."""
    _folder[:] = [Path(folder)] if folder else []


def forget() -> None:
    """The parent is gone, without having removed it."""
    import shutil

    for folder in _folder:
        shutil.rmtree(folder, ignore_errors=True)


def found(key: str) -> bytes:
    """What was made of the document that `key` stands for; empty if it is not there."""
    for folder in _folder:
        path = folder / (key + _SUFFIX)
        with suppress(OSError):
            made = path.read_bytes()
            os.utime(path)  # those that were not wanted for the longest time go first
            return made
    return b""


def keep(key: str, made: bytes) -> None:
    """For the next one who wants it, if there is room. Never fails."""
    for folder in _folder:
        if len(made) > MOST_BYTES // 2:
            return
        unfinished = folder / f"{key}-{os.getpid()}{_UNFINISHED}"
        with suppress(OSError):
            _make_room(folder, len(made))
            try:
                unfinished.write_bytes(made)
                unfinished.replace(folder / (key + _SUFFIX))
            finally:
                unfinished.unlink(missing_ok=True)


def _make_room(folder: Path, size: int) -> None:
    """Also of what a process left that was ended while it wrote."""
    kept = [(path, path.stat()) for path in folder.iterdir() if path.suffix in (_SUFFIX, _UNFINISHED)]
    kept.sort(key=lambda pair: pair[1].st_mtime)
    room = MOST_BYTES - size
    while kept and (len(kept) >= MOST_FILES or sum(state.st_size for _path, state in kept) > room):
        path, _state = kept.pop(0)
        path.unlink(missing_ok=True)
