"""Models that the user has already: taken into the list where they are, or copied."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.gguf.files import part_ending
from desktop_helper.core.gguf.guards import check_files
from desktop_helper.core.i18n import tr
from desktop_helper.core.model_names import short_name
from desktop_helper.services.model_store.folder_lock import folder_locked
from desktop_helper.services.model_store.names import is_harmless, visible
from desktop_helper.services.model_store.records import RECORD, InstalledModel, read_record, write_record
from desktop_helper.services.model_store.transfer import PART_ENDING, finish
from desktop_helper.services.storage_errors import disk_full, storage_error

_BLOCK = 4 << 20


def add_files(
    folder: Path,
    gguf: Path,
    mmproj: Path | None,
    *,
    copy: bool,
    cancel: CancelToken,
    on_bytes: Callable[[int, int], None],
) -> InstalledModel:
    """Take the files into `folder`, which is made. Raises `HelperError`; nothing is listed then."""
    sight = mmproj.expanduser().absolute() if mmproj else None
    files = _checked_files(gguf.expanduser().absolute(), sight)
    made = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with folder_locked(folder):
            everything = [*files, *([sight] if sight else [])]
            names = _names_of_copies(files, sight) if copy else [_kept_path(path) for path in everything]
            if copy:
                _copy_all(folder, dict(zip(names, everything, strict=True)), cancel, on_bytes)
            write_record(
                folder,
                visible(short_name(gguf.name)),
                names[: len(files)],
                names[-1] if sight is not None else None,
                referenced=not copy,
            )
    except BaseException as error:  # Ctrl+C as well: what was copied so far is no model
        if made:
            shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise storage_error(folder, error) from error
        raise
    model = read_record(folder)
    if model is None:
        raise storage_error(folder / RECORD, OSError())
    return model


def sight_beside(gguf: Path) -> Path | None:
    """The mmproj file that lies beside a model and fits it, if there is exactly one."""
    gguf = gguf.expanduser().absolute()
    found = [path for path in gguf.parent.glob("*mmproj*.gguf") if path.name != gguf.name and _fits(path, gguf)]
    return found[0] if len(found) == 1 else None


def _fits(mmproj: Path, gguf: Path) -> bool:
    try:
        return not check_files(gguf, mmproj).doubt
    except HelperError:
        return False


def _checked_files(gguf: Path, mmproj: Path | None) -> list[Path]:
    """All files of the model, the first part first. Raises `HelperError` if llama.cpp could not use them."""
    for path in (gguf, mmproj):
        if path is not None and _is_gone(path):
            raise _missing(path)
    return list(check_files(gguf, mmproj).model.parts)


def _is_gone(path: Path) -> bool:
    """What is there and no file, or in a folder that may not be looked into, is for `check_files` to say."""
    try:
        path.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def _kept_path(path: Path) -> str:
    """As records and settings write it, which are text. Raises `HelperError(MODEL)` if it is none."""
    kept = str(path)
    try:
        kept.encode()
    except UnicodeEncodeError:
        raise HelperError(
            ErrorKind.MODEL,
            tr("The path {path} is not valid UTF-8, so it cannot be noted down.", path=visible(kept)),
            tr("Rename it."),
            command_fix=tr("On the command line, --copy brings it into the models folder."),
        ) from None
    return kept


def _names_of_copies(files: list[Path], mmproj: Path | None) -> list[str]:
    """As the files are called; plain names where not every system keeps theirs, or they mean something else here."""
    names = [path.name for path in files]
    if not all(map(_is_keepable, names)):
        names = [f"model{part_ending(path) if len(files) > 1 else '.gguf'}" for path in files]
    if mmproj is None:
        return names
    taken = {name.casefold() for name in names}
    own = _is_keepable(mmproj.name) and mmproj.name.casefold() not in taken
    return [*names, mmproj.name if own else "mmproj.gguf"]


def _is_keepable(name: str) -> bool:
    """Files of other programs have any ending, or none; our own are called `model.json` and `….part`."""
    return is_harmless(name) and name.lower().endswith(".gguf")


def _copy_all(
    folder: Path, files: Mapping[str, Path], cancel: CancelToken, on_bytes: Callable[[int, int], None]
) -> None:
    """Copy `files`, whose keys are the names of the copies."""
    total = sum(path.stat().st_size for path in files.values())
    if shutil.disk_usage(folder).free < total:
        raise disk_full(folder)
    done = 0
    for name, path in files.items():
        part = folder / f"{name}{PART_ENDING}"
        try:
            with path.open("rb") as source, part.open("wb") as copied:
                while block := source.read(_BLOCK):
                    cancel.raise_if_cancelled()
                    copied.write(block)
                    done += len(block)
                    on_bytes(done, total)
            finish(part, folder / name)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        if os.stat(folder / name).st_size != path.stat().st_size:
            raise _missing(path)


def _missing(path: Path) -> HelperError:
    return HelperError(
        ErrorKind.MODEL,
        tr("The model file {path} is missing.", path=path),
        tr("Check the path; all parts of a split model are needed."),
    )
