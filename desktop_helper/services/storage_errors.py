"""What goes wrong with a disk, in one sentence."""

from __future__ import annotations

import errno
from pathlib import Path

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr


def storage_error(path: Path, error: OSError) -> HelperError:
    """`error`, which happened while `path` was read or written, as something a user can read."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
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
    return HelperError(
        ErrorKind.STORAGE,
        tr("{path} cannot be written: {why}.", path=path, why=error.strerror or type(error).__name__),
        tr("Choose another place."),
    )


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
