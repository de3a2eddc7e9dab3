"""The folder of the recordings begun from the tray or by a key: names for new ones, an end for old ones."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from desktop_helper.core.i18n import tr
from desktop_helper.services.recording import SUFFIX
from desktop_helper.services.storage_errors import storage_error

_DAY_S = 86_400.0


def new_file(folder: Path) -> Path:
    """A name in `folder`, which is made, that nobody has: `Recording 2026-11-29 14.05.33.mp4`. Raises `HelperError`."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(folder, error) from error
    stem = tr("Recording {time}", time=time.strftime("%Y-%m-%d %H.%M.%S"))
    file, number = folder / f"{stem}{SUFFIX}", 1
    while file.exists():
        number += 1
        file = folder / f"{stem} {number}{SUFFIX}"
    return file


def tidy_up(folder: Path, keep_days: int) -> None:
    """Delete what was recorded more than `keep_days` ago; 0 keeps everything. What cannot be deleted stays."""
    if not keep_days or not folder.is_dir():
        return
    before = time.time() - keep_days * _DAY_S
    for file in folder.glob(f"*{SUFFIX}"):
        with contextlib.suppress(OSError):  # another program may be playing it
            if file.stat().st_mtime < before:
                file.unlink()
