"""What is installed: one small `model.json` in each model's folder, written last."""

from __future__ import annotations

import contextlib
import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop_helper.core.errors import HelperError
from desktop_helper.services.atomic_file import write_atomically
from desktop_helper.services.model_store.names import inside, is_id
from desktop_helper.services.storage_errors import storage_error

RECORD = "model.json"


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model on this machine.

    Args:
        id: name of its folder.
        title: as shown.
        files: the model's files, the first is the one to load.
        mmproj: the part that sees, or None.
        bytes: of all its files that are there.
        referenced: its files lie elsewhere and belong to the user: `remove` leaves them alone.
        missing: files that are not there any more.
        source: repository it came from; empty for the user's own.
    """

    id: str
    title: str
    files: tuple[Path, ...]
    mmproj: Path | None
    bytes: int
    referenced: bool = False
    missing: tuple[Path, ...] = ()
    source: str = ""

    @property
    def gguf(self) -> Path:
        """The file to load."""
        return self.files[0]


@dataclass(frozen=True, slots=True)
class UnfinishedModel:
    """A download that stopped: its folder's name, and how many bytes are there."""

    id: str
    bytes: int


def write_record(
    folder: Path, title: str, files: list[str], mmproj: str | None, *, referenced: bool = False, source: str = ""
) -> None:
    """Say that the model in `folder` is complete. Names are relative to it, or absolute if `referenced`."""
    record = {"title": title, "files": files, "mmproj": mmproj, "referenced": referenced, "source": source}
    try:
        write_atomically(folder / RECORD, (json.dumps(record, ensure_ascii=False, indent=2) + "\n").encode())
    except OSError as error:
        raise storage_error(folder / RECORD, error) from error


def installed(models: Path) -> list[InstalledModel]:
    """All complete models, by title. A record that cannot be read is left out."""
    found = (read_record(folder) for folder in _folders(models))
    return sorted((model for model in found if model is not None), key=lambda model: (model.title.lower(), model.id))


def unfinished(models: Path) -> list[UnfinishedModel]:
    """All downloads that stopped."""
    return [
        UnfinishedModel(folder.name, there)
        for folder in _folders(models)
        if not (folder / RECORD).exists() and (there := _bytes_below(folder))
    ]


def read_record(folder: Path) -> InstalledModel | None:
    """The model in `folder`; None if there is none, or its record is broken."""
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        referenced = record["referenced"] is True
        files = tuple(_place(folder, name, referenced=referenced) for name in record["files"])
        mmproj = _place(folder, record["mmproj"], referenced=referenced) if record["mmproj"] else None
        return _described(folder, record, files, mmproj, referenced=referenced)
    except (OSError, ValueError, KeyError, TypeError, IndexError, RecursionError, HelperError):
        return None


def _described(
    folder: Path, record: dict[str, Any], files: tuple[Path, ...], mmproj: Path | None, *, referenced: bool
) -> InstalledModel:
    everything = [*files, mmproj] if mmproj else [*files]
    there = [path for path in everything if os.path.isfile(path)]  # false, too, where nobody may look
    return InstalledModel(
        id=folder.name,
        title=str(record["title"]) or folder.name,
        files=(files[0], *files[1:]),
        mmproj=mmproj,
        bytes=sum(path.stat().st_size for path in there),
        referenced=referenced,
        missing=tuple(path for path in everything if path not in there),
        source=str(record.get("source", "")),
    )


def _place(folder: Path, name: str, *, referenced: bool) -> Path:
    if referenced:
        path = Path(name)
        if not path.is_absolute():
            raise ValueError(name)
        return path
    return inside(folder, name)


def _bytes_below(folder: Path) -> int:
    """Files come, go and get their names meanwhile: another thread or process downloads or removes."""
    found = 0
    with contextlib.suppress(OSError):
        for path in folder.rglob("*"):
            with contextlib.suppress(OSError):
                state = path.stat()
                found += state.st_size if stat.S_ISREG(state.st_mode) else 0
    return found


def _folders(models: Path) -> Iterator[Path]:
    try:
        folders = sorted(models.iterdir())
    except FileNotFoundError:
        return
    except OSError as error:
        raise storage_error(models, error) from error
    yield from (folder for folder in folders if is_id(folder.name) and folder.is_dir() and not folder.is_symlink())
