"""What goes wrong with a disk, in one sentence."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_ROOM = 64 * 1024  # bytes; less than this is not enough for the files that SQLite makes


def is_full(folder: Path) -> bool:
    """Whether nothing can be written below `folder` for want of room. SQLite then often says “disk I/O error” only."""
    try:
        return shutil.disk_usage(folder).free < _NO_ROOM
    except OSError:
        return False


def storage_error(path: Path, error: OSError) -> HelperError:
    """`error`, which happened while `path` was read or written, as something a user can read."""
    if error.errno in _FULL:
        return disk_full(path)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return not_writable(path)
    return HelperError(
        ErrorKind.STORAGE,
        tr("{path} cannot be used: {reason}.", path=path, reason=error.strerror or type(error).__name__),
        tr("Check the disk, or set DESKTOP_HELPER_HOME to another folder."),
    )


def not_written(path: Path, error: OSError) -> HelperError:
    """`error`, which happened while `path` was written, a file or folder that the user chose."""
    if error.errno in _FULL:
        what = tr("{path} cannot be written because the disk is full.", path=path)
    else:
        what = tr("{path} cannot be written: {why}.", path=path, why=error.strerror or type(error).__name__)
    return HelperError(ErrorKind.STORAGE, what, tr("Choose another place."))


def disk_full(path: Path) -> HelperError:
    """No room left for `path`."""
    return HelperError(
        ErrorKind.STORAGE,
        tr("{path} cannot be written because the disk is full.", path=path),
        tr("Free some space and try again; what was saved before is kept."),
    )


def not_writable(path: Path) -> HelperError:
    """No permission for `path`."""
    return HelperError(
        ErrorKind.STORAGE,
        tr("{path} cannot be written because its folder is read-only or belongs to someone else.", path=path),
        tr("Make the folder writable, or set DESKTOP_HELPER_HOME to another one."),
    )
