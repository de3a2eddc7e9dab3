"""A first look at a file: is it a GGUF, and which kind? The worker looks closer before it loads it."""

from __future__ import annotations

import struct
from pathlib import Path

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

_MAGIC = b"GGUF"
_FIRST_KEY = b"general.architecture"  # where converters put it; what stands elsewhere is the worker's to find
_STRING = 8
_PROJECTOR = "clip"


def check_gguf(path: Path, *, projector: bool | None) -> None:
    """Raise `HelperError(MODEL)` if `path` is no GGUF, or plainly the other kind.

    Args:
        path: the file.
        projector: whether it should be an mmproj file; None for a further part of a split model.
    """
    with path.open("rb") as file:
        head = file.read(256)
    architecture = _architecture(head)
    if architecture is None:
        raise HelperError(
            ErrorKind.MODEL,
            tr("{name} is not a GGUF model file.", name=path.name),
            tr("Choose a file that ends in .gguf and is one."),
        )
    if projector is not None and architecture and (architecture == _PROJECTOR) != projector:
        raise HelperError(
            ErrorKind.MODEL,
            tr("{name} is a model, not the mmproj file that lets one see.", name=path.name)
            if projector
            else tr("{name} is an mmproj file, not a model.", name=path.name),
            tr("Choose the model as GGUF and the file with “mmproj” in its name as mmproj."),
        )


def _architecture(head: bytes) -> str | None:
    """`clip` or a model's architecture; empty if it does not say so in its first key, None if this is no GGUF."""
    if head[:4] != _MAGIC or len(head) < 24 or struct.unpack_from("<I", head, 4)[0] not in (2, 3):
        return None
    try:
        (length,) = struct.unpack_from("<Q", head, 24)
        at = 32 + len(_FIRST_KEY)
        if length != len(_FIRST_KEY) or head[32:at] != _FIRST_KEY:
            return ""
        kind, size = struct.unpack_from("<IQ", head, at)
        return head[at + 12 : at + 12 + size].decode("ascii", "replace") if kind == _STRING and size <= 64 else ""
    except struct.error:
        return ""
