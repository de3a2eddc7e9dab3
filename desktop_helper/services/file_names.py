"""A name on the disk for a picture or a file of a message."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from desktop_helper.core.messages import CLIP_MIME, ImagePart, MediaPart

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')  # on Windows or elsewhere
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg", CLIP_MIME: ".mp4"}
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}")
_PIECE = re.compile(r", |，")  # in the name of what was made of a file: `a.pdf, text of the pages`
_MARKDOWN, _MARKED = "text/markdown", (".md", ".markdown")
_LONGEST = 80


def file_name(part: MediaPart) -> str:
    """The name that it was attached under, which may be anybody's, as one that every system takes.

    What was made of a file gets the suffix of what it holds: the text of a `report.docx` is Markdown.
    """
    name = _FORBIDDEN.sub("_", part.name).strip(" .") or "file"
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    written = PurePosixPath(name).suffix
    given = written if _SUFFIX.fullmatch(written) else ""
    made = written != given or _PIECE.search(name) is not None
    suffix = _suffix(part, given, made=made)
    same = given.lower() == suffix or (given.lower() == ".jpeg" and suffix == ".jpg")
    stem = name[: -len(given)] if given and same else name
    return f"{stem[:_LONGEST].rstrip(' .')}{given if same else suffix}"


def with_suffix(chosen: Path, proposed: str) -> Path:
    """The path with the suffix of the name that was `proposed`, if somebody typed none; never that of another file."""
    named = chosen.with_name(f"{chosen.name}{PurePosixPath(proposed).suffix}")
    return chosen if chosen.suffix or chosen.exists() or named.exists() else named


def _suffix(part: MediaPart, given: str, *, made: bool) -> str:
    """Of what it holds, in small letters if it was given. `made`: it is no file itself."""
    if part.mime in _SUFFIXES:
        return _SUFFIXES[part.mime]
    if part.mime == _MARKDOWN and given.lower() not in _MARKED:
        return ".md"
    return ".txt" if made and not given and not isinstance(part, ImagePart) else given.lower()
