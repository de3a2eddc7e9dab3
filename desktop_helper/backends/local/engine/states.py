"""Copies of the KV memory of conversations that are not being talked in, so that going back to one costs no reading.

In the process' own memory the least recently used go first. A folder, if there is one, keeps the last few on disk, so
that yesterday's conversation resumes at once. Such a file holds what llama.cpp made of the conversation, readable for
nobody but telling: it is as private as the history.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import json
import os
import struct
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import llama_cpp.llama_cpp as llama

from desktop_helper.backends.local.engine.entries import Entry, Media, common_prefix, count_tokens
from desktop_helper.backends.local.engine.model import SEQUENCE, Model
from desktop_helper.core import memory

MEMORY_BYTES = 1 << 30  # of all states; 8,000 tokens of a 9B GLM take 330 MB
LEFT_FREE = 1 << 29  # bytes: to read something again is better than to make the whole machine swap
MOST = 4  # who goes to and fro between more conversations than these waits for the oldest again
MOST_FILES = 2 * MOST  # of all models together
_SUFFIX, _UNFINISHED = ".state", ".part"
_LENGTH = struct.Struct("<Q")


@dataclass(frozen=True, eq=False, slots=True)
class SavedState:
    """The memory after `entries`; `data` as llama.cpp wrote it, or None while it is only in `file`."""

    entries: tuple[Entry, ...]
    data: Any = None
    file: Path | None = None


class SavedStates:
    """The states of one model.

    Args:
        limit: bytes of states in memory.
        folder: where states survive the process; None keeps none.
        fingerprint: of the model; states of others are left alone.
    """

    def __init__(self, limit: int = MEMORY_BYTES, folder: Path | None = None, fingerprint: str = "") -> None:
        self._limit = limit
        self._folder = folder
        self._prefix = hashlib.sha256(os.fsencode(fingerprint)).hexdigest()[:16]
        self._states: list[SavedState] = []  # the newest last
        if folder is not None:
            self._states = [state for path in self._files() if (state := _head_of(path)) is not None]

    @property
    def kept_on_disk(self) -> bool:
        """Whether `keep` does anything."""
        return self._folder is not None

    def take(self, wanted: Sequence[Entry], *, more_than: int) -> SavedState | None:
        """The state that begins most like `wanted`, if that is worth more than `more_than` tokens.

        It is taken out: whoever saves the present memory before `restore` must not push it out.
        """
        best, most = None, more_than
        for state in self._states:
            tokens = count_tokens(wanted[: common_prefix(state.entries, wanted)])
            if tokens > most:
                best, most = state, tokens
        if best is not None:
            self._states.remove(best)
        return best

    def save(self, entries: Sequence[Entry], model: Model) -> None:
        """Copy the memory of `model`, which holds `entries`."""
        size = int(llama.llama_state_seq_get_size(model.context, SEQUENCE))
        if size > self._limit or not self._make_room(size):
            return
        data = (ctypes.c_uint8 * size)()
        written = int(llama.llama_state_seq_get_data(model.context, data, size, SEQUENCE))
        if written != size:
            return
        state = SavedState(tuple(entries), data)
        # What the new one begins with is no use any more.
        self._states = [old for old in self._states if common_prefix(old.entries, entries) < len(old.entries)]
        self._states.append(state)
        self._shrink()

    def restore(self, state: SavedState, model: Model) -> bool:
        """Put a state back that was taken. False if llama.cpp or the disk refuses; the model's memory is empty then."""
        data = state.data if state.data is not None else _data_of(state)
        model.forget_from(0)
        if data is not None and llama.llama_state_seq_set_data(model.context, data, len(data), SEQUENCE):
            return True
        model.forget_from(0)
        return False

    def keep(self) -> None:
        """Write the newest states into the folder. What cannot be written is forgotten: it can be read again."""
        if self._folder is None:
            return
        names = set()
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for state in self._states:
                names.add((state.file or self._write(self._folder, state)).name)
        unwanted = [path for path in self._files() if path.name not in names]
        # Models are removed, and files that were cut short stay behind: nobody else would ever delete theirs.
        unwanted += [*_by_age(self._folder, f"*{_SUFFIX}")[:-MOST_FILES], *_by_age(self._folder, f"*{_UNFINISHED}")]
        for path in unwanted:
            with contextlib.suppress(OSError):
                path.unlink()

    def _make_room(self, size: int) -> bool:
        """Let the oldest go until a copy of `size` bytes leaves some memory free. False if it never would."""
        while (free := memory.free_bytes()) is not None and free < size + LEFT_FREE:
            oldest = next((at for at, state in enumerate(self._states) if state.data is not None), None)
            if oldest is None:
                return False
            del self._states[oldest]
        return True

    def _shrink(self) -> None:
        size = sum(len(state.data) for state in self._states if state.data is not None)
        while self._states and (size > self._limit or len(self._states) > MOST):
            oldest = self._states.pop(0)
            size -= len(oldest.data) if oldest.data is not None else 0

    def _files(self) -> list[Path]:
        """Our files, the oldest first."""
        return [] if self._folder is None else _by_age(self._folder, f"{self._prefix}-*{_SUFFIX}")

    def _write(self, folder: Path, state: SavedState) -> Path:
        head = json.dumps([entry if isinstance(entry, int) else asdict(entry) for entry in state.entries]).encode()
        name = f"{self._prefix}-{hashlib.sha256(head).hexdigest()[:16]}{_SUFFIX}"
        path = folder / name
        part = path.with_suffix(_UNFINISHED)
        try:
            with open(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
                file.write(_LENGTH.pack(len(head)) + head + _digest(head, state.data))
                file.write(state.data)
            part.replace(path)
        except OSError:  # a full disk is not to be kept full
            part.unlink(missing_ok=True)
            raise
        return path


def _by_age(folder: Path, pattern: str) -> list[Path]:
    """Files in `folder`, the oldest first; none if it cannot be read."""
    found = []
    with contextlib.suppress(OSError):
        for path in folder.glob(pattern):
            with contextlib.suppress(OSError):  # another process of ours deletes as well
                found.append((path.stat().st_mtime_ns, path))
    return [path for _, path in sorted(found)]


def _digest(head: bytes, data: Any) -> bytes:
    digest = hashlib.sha256(head)
    digest.update(data)
    return digest.digest()


def _head_of(path: Path) -> SavedState | None:
    """The state in a file, without its data; None if it is not whole."""
    try:
        with path.open("rb") as file:
            (length,) = _LENGTH.unpack(file.read(_LENGTH.size))
            if length > path.stat().st_size:
                return None
            listed = json.loads(file.read(length))
        return SavedState(tuple(_entry(item) for item in listed), None, path)
    except (OSError, ValueError, TypeError, KeyError, struct.error):
        return None


def _entry(item: Any) -> Entry:
    return item if isinstance(item, int) else Media(**{**item, "size": tuple(item["size"])})


def _data_of(state: SavedState) -> Any:
    """The data in a state's file; None if it is damaged. llama.cpp is never given what was not checked."""
    if state.file is None:
        return None
    try:
        content = memoryview(state.file.read_bytes())
        (length,) = _LENGTH.unpack_from(content)
    except (OSError, struct.error):
        return None
    begin = _LENGTH.size + length
    head, digest, data = content[_LENGTH.size : begin], content[begin : begin + 32], content[begin + 32 :]
    if _digest(bytes(head), data) != digest:
        return None
    return (ctypes.c_uint8 * len(data)).from_buffer_copy(data)
