"""Whether a model that is listed could be loaded: its files may have changed since, or never have fitted together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from desktop_helper.core.errors import HelperError
from desktop_helper.core.gguf.guards import check_files
from desktop_helper.core.i18n import language
from desktop_helper.services.model_store.records import InstalledModel

Stamp = tuple[Path, int, int]


@dataclass(frozen=True, slots=True)
class Condition:
    """What the worker would say of the files before it loads them.

    Args:
        fault: why they cannot be used; None if they can.
        doubt: one sentence if they can, but hardly belong together; else empty.
    """

    fault: HelperError | None = None
    doubt: str = ""


def condition(model: InstalledModel) -> Condition:
    """Look at the heads of its files, unless they are those of the last time. Takes a moment: not on the UI thread."""
    files = [*model.files, *([model.mmproj] if model.mmproj else [])]
    return _looked_at(model.gguf, model.mmproj, tuple(_stamp(path) for path in files), language())


@lru_cache(maxsize=64)
def _looked_at(gguf: Path, mmproj: Path | None, stamps: tuple[Stamp, ...], tongue: str) -> Condition:
    """`stamps` and `tongue` are what the answer depends on besides."""
    try:
        return Condition(doubt=check_files(gguf, mmproj).doubt)
    except HelperError as error:
        return Condition(fault=HelperError(error.kind, error.message, error.fix))  # without its frames


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError:
        return path, -1, 0
    # ctime too: leave to read may have been given since.
    return path, found.st_size, max(found.st_mtime_ns, found.st_ctime_ns)
