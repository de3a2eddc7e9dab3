r"""File names that others chose (a hub, a catalogue): only those that stay inside the models folder everywhere.

The rules of all systems hold on each of them: a models folder may lie on a stick or a share. Other programs wrote
through `..\` in a repository's file names to places from which code was started (CVE-2026-119979).
"""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

_FORBIDDEN = set('\\<>:"|?*')
_DEVICES = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)
_MAX_BYTES = 200  # of one part; room for the ending of an unfinished file within the 255 of most file systems
_MAX_PARTS = 4
_REPO = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,95}")
_NOT_ID = re.compile(r"[^a-z0-9._-]+")


def inside(folder: Path, name: str) -> Path:
    """Where the file `name` (parts separated by `/`) belongs in `folder`.

    Raises `HelperError(MODEL)` if it would lie anywhere else, or could on some system.
    """
    parts = name.split("/")
    if len(parts) > _MAX_PARTS or not all(is_harmless(part) for part in parts):
        raise _refused(name)
    path = folder.joinpath(*parts)
    # A link that somebody put into the folder must not lead out of it either.
    if not Path(os.path.realpath(path.parent)).is_relative_to(os.path.realpath(folder)) or path.is_symlink():
        raise _refused(name)
    return path


def checked_repo(name: str) -> str:
    """`name` if it can be a repository, `owner/name`. Raises `HelperError(USAGE)`."""
    if not _REPO.fullmatch(name) or ".." in name:
        raise HelperError(
            ErrorKind.USAGE,
            tr("“{name}” is not a model repository.", name=visible(name)),
            tr("Write OWNER/NAME, e.g. ggml-org/GLM-4.6V-Flash-GGUF."),
        )
    return name


def is_id(name: str) -> bool:
    """Whether `name` can name a model: it is a folder's name, too."""
    return bool(_ID.fullmatch(name)) and is_harmless(name) and not name.endswith(".")


def id_from(name: str) -> str:
    """A model's name made from a file's."""
    made = _NOT_ID.sub("-", name.lower()).strip("-._")[:96].rstrip("-._")
    return made if is_id(made) else "model"


def visible(name: str) -> str:
    """`name` for a sentence: one short line, in which nothing hides."""
    shown = "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in name)
    return shown if len(shown) <= 120 else shown[:119] + "…"


def is_harmless(part: str) -> bool:
    """Whether `part` can be a file's or folder's name on all systems, and leads nowhere else."""
    return (
        part not in ("", ".", "..")
        and len(part.encode("utf-8", "surrogatepass")) <= _MAX_BYTES
        and not part.startswith((".", " "))
        and not part.endswith((".", " "))
        and not _FORBIDDEN & set(part)
        and not any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in part)
        and not _DEVICES.fullmatch(part)
    )


def _refused(name: str) -> HelperError:
    return HelperError(
        ErrorKind.MODEL,
        tr("The file name “{name}” was refused: it could lie outside the models folder.", name=visible(name)),
        tr("Choose another model, or correct the catalogue."),
    )
