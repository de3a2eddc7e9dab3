"""Whether what arrived is what the hub announced."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.gguf.files import complete_header
from desktop_helper.core.gguf.guards import check_kind
from desktop_helper.core.i18n import tr
from desktop_helper.services.model_store.hub import RemoteFile

_BLOCK = 4 << 20


def check(
    path: Path, file: RemoteFile, projector: bool | None, cancel: CancelToken, on_bytes: Callable[[int], None]
) -> None:
    """Size, SHA-256 and header of `path`. Raises `HelperError(MODEL)` if one is wrong.

    Read from the disk, not counted while it came in: what a crash or a bad disk did to it counts as well.

    Args:
        path: the file, which may not have its name yet.
        file: what the hub said of it.
        projector: whether it should be an mmproj file; None for a further part of a split model.
        cancel: stops it.
        on_bytes: told how much has been read.
    """
    name = file.name.rsplit("/", 1)[-1]
    if path.stat().st_size != file.bytes or _sha256(path, cancel, on_bytes) != file.sha256:
        raise HelperError(
            ErrorKind.MODEL,
            tr("{name} did not arrive as its server announced it (SHA-256), so it was deleted.", name=name),
            tr("Try again; if this happens again, choose another model server."),
        )
    header = complete_header(path, name)
    if projector is not None:
        try:
            check_kind(header, name, projector=projector)
        except HelperError as error:  # the choice of the file was wrong, and so is the file in this place
            raise HelperError(ErrorKind.MODEL, error.message, error.fix) from error


def _sha256(path: Path, cancel: CancelToken, on_bytes: Callable[[int], None]) -> str:
    digest, done = hashlib.sha256(), 0
    with path.open("rb", buffering=0) as file:
        while block := file.read(_BLOCK):
            cancel.raise_if_cancelled()
            digest.update(block)
            done += len(block)
            on_bytes(done)
    return digest.hexdigest()
