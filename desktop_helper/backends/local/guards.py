"""Looks at model files before llama.cpp does: over some it ends the whole process, about the rest it says little.

Runs in the worker, like everything that reads untrusted files.
"""

from __future__ import annotations

from pathlib import Path

from desktop_helper.backends.local.gguf_header import GgufHeader, NotGguf, read_header
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

_PROJECTOR = "clip"  # general.architecture of every mmproj file
_GLM = ("glm4", "glm4moe", "glm4_moe")


def check_files(gguf: Path | None, mmproj: Path | None) -> None:
    """Raise a `HelperError` with one sentence if llama.cpp could not use these files."""
    if gguf is None:
        message = tr("No model file is chosen.")
        raise HelperError(ErrorKind.CONFIG, message, tr("Choose the model's files in Settings."))
    model = _header(gguf)
    if model.architecture == _PROJECTOR:
        raise HelperError(
            ErrorKind.CONFIG,
            tr("{name} is a picture projector (mmproj), not a model.", name=gguf.name),
            tr("Choose the model's own GGUF file, and this one as its mmproj."),
        )
    if mmproj is None:
        return
    if _header(mmproj).architecture != _PROJECTOR:
        raise HelperError(
            ErrorKind.CONFIG,
            tr("{name} is a model, not a picture projector (mmproj).", name=mmproj.name),
            tr("Choose the file whose name begins with “mmproj”."),
        )
    sections = model.values.get(f"{model.architecture}.rope.dimension_sections")
    if model.architecture in _GLM and not (isinstance(sections, list) and any(sections)):
        raise HelperError(
            ErrorKind.MODEL,
            tr(
                "{name} was converted by an old version of llama.cpp and cannot read pictures (no M-RoPE).",
                name=gguf.name,
            ),
            tr("Download a newer GGUF of this model."),
        )


def _header(path: Path) -> GgufHeader:
    download = tr("Download it again.")
    try:
        size = path.stat().st_size
        if size == 0:
            raise HelperError(ErrorKind.MODEL, tr("{name} is empty.", name=path.name), download)
        header = read_header(path)
    except FileNotFoundError:
        message = tr("The model file {path} does not exist.", path=path)
        raise HelperError(ErrorKind.CONFIG, message, tr("Choose the model's files in Settings.")) from None
    except OSError as error:
        message = tr("The model file {path} cannot be read ({why}).", path=path, why=error.strerror)
        raise HelperError(ErrorKind.CONFIG, message, tr("Check the file and its permissions.")) from error
    except NotGguf as error:
        if error.truncated:
            raise _incomplete(path) from error
        message = tr("{name} is not a GGUF file that llama.cpp could read.", name=path.name)
        raise HelperError(ErrorKind.MODEL, message, tr("Choose a file in GGUF format.")) from error
    if size < header.needed_bytes:
        raise _incomplete(path)
    return header


def _incomplete(path: Path) -> HelperError:
    return HelperError(ErrorKind.MODEL, tr("{name} is incomplete.", name=path.name), tr("Download it again."))
