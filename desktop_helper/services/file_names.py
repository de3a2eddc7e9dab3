"""A name on the disk for a picture or a file of a message."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from desktop_helper.core.messages import ImagePart, MediaPart

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')  # on Windows or elsewhere
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg"}
_LONGEST = 80


def file_name(part: MediaPart) -> str:
    """The name that it was attached under, which may be anybody's, as one that every system takes.

    A picture gets the suffix of what it holds, whatever it was made from.
    """
    name = _FORBIDDEN.sub("_", part.name).strip(" .") or "file"
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    given = PurePosixPath(name).suffix
    suffix = _SUFFIXES.get(part.mime, given) if isinstance(part, ImagePart) else given
    same = given.lower() == suffix or (given.lower() == ".jpeg" and suffix == ".jpg")
    stem = name[: -len(given)] if given and same else name
    return f"{stem[:_LONGEST].rstrip(' .')}{given if same else suffix}"
