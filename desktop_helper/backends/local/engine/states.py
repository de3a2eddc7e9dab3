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

MEMORY_BYTES = 1 << 30  # of all states; 8,000 tokens of a 9B GLM take 330 MB
MOST = 4  # who goes to and fro between more conversations than these waits for the oldest again
_SUFFIX = ".state"
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
        self._prefix = hashlib.sha256(fingerprint.encode()).hexdigest()[:16]
        self._states: list[SavedState] = []  # the newest last
        if folder is not None:
            self._states = [state for path in self._files() if (state := _head_of(path)) is not None]

    def best(self, wanted: Sequence[Entry], *, more_than: int) -> SavedState | None:
        """The state that begins most like `wanted`, if that is worth more than `more_than` tokens."""
        best, most = None, more_than
        for state in self._states:
            tokens = count_tokens(wanted[: common_prefix(state.entries, wanted)])
            if tokens > most:
                best, most = state, tokens
        return best

    def save(self, entries: Sequence[Entry], model: Model) -> None:
        """Copy the memory of `model`, which holds `entries`."""
        size = int(llama.llama_state_seq_get_size(model.context, SEQUENCE))
        if size > self._limit:
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
        """Put a state back. False if llama.cpp or the disk refuses; the model's memory is empty then."""
        data = state.data if state.data is not None else _data_of(state)
        model.forget_from(0)
        if data is not None and llama.llama_state_seq_set_data(model.context, data, len(data), SEQUENCE):
            self._states.remove(state)  # it is in the model now
            return True
        self._states.remove(state)
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
                names.add((state.file or self._write(state)).name)
        for path in self._files():
            if path.name not in names:
                with contextlib.suppress(OSError):
                    path.unlink()

    def _shrink(self) -> None:
        size = sum(len(state.data) for state in self._states if state.data is not None)
        while self._states and (size > self._limit or len(self._states) > MOST):
            oldest = self._states.pop(0)
            size -= len(oldest.data) if oldest.data is not None else 0

    def _files(self) -> list[Path]:
        """Our files, the oldest first."""
        if self._folder is None or not self._folder.is_dir():
            return []
        return sorted(self._folder.glob(f"{self._prefix}-*{_SUFFIX}"), key=lambda path: path.stat().st_mtime_ns)

    def _write(self, state: SavedState) -> Path:
        head = json.dumps([entry if isinstance(entry, int) else asdict(entry) for entry in state.entries]).encode()
        name = f"{self._prefix}-{hashlib.sha256(head).hexdigest()[:16]}{_SUFFIX}"
        path = self._folder / name if self._folder else Path(name)
        part = path.with_suffix(".part")
        with open(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            digest = hashlib.sha256(state.data).digest()
            file.write(_LENGTH.pack(len(head)) + head + digest)
            file.write(state.data)
        part.replace(path)
        return path


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
        content = state.file.read_bytes()
    except OSError:
        return None
    (length,) = _LENGTH.unpack_from(content)
    begin = _LENGTH.size + length
    digest, data = content[begin : begin + 32], content[begin + 32 :]
    if hashlib.sha256(data).digest() != digest:
        return None
    return (ctypes.c_uint8 * len(data)).from_buffer_copy(data)
