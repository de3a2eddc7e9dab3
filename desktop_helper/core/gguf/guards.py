"""Looks at model files before llama.cpp does: over some it ends the whole process, about the rest it says little.

The worker asks before it loads, the model store before it calls a model ready: both say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.gguf.architectures import is_known
from desktop_helper.core.gguf.files import GgufFile, open_gguf
from desktop_helper.core.gguf.header import GgufHeader
from desktop_helper.core.gguf.kinship import doubt
from desktop_helper.core.gguf.projectors import check_projector
from desktop_helper.core.i18n import tr

PROJECTOR = "clip"  # general.architecture of every mmproj file
_ADDITIONS = ("adapter", "imatrix")  # general.type of what belongs to a model
_GLM = ("glm4", "glm4moe")
_MAX_LAYERS = 512  # LLAMA_MAX_LAYERS


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """What `check_files` has found good. llama.cpp is to be given `model.path` and `projector.path`.

    Args:
        model, projector: the files.
        doubt: one sentence if llama.cpp would take them, but they hardly belong together; else empty.
    """

    model: GgufFile
    projector: GgufFile | None
    doubt: str = ""


def check_files(gguf: Path | None, mmproj: Path | None) -> ModelFiles:
    """Raise a `HelperError` with one sentence if llama.cpp could not use these files; else say what they hold."""
    if gguf is None:
        message = tr("No model file is chosen.")
        raise HelperError(
            ErrorKind.CONFIG,
            message,
            tr("Choose the model's files in Settings."),
            command_fix=tr("On the command line, --gguf and --mmproj name them."),
        )
    model = open_gguf(gguf)
    _check_model(model)
    if mmproj is None:
        return ModelFiles(model, None)
    projector = open_gguf(mmproj)
    check_kind(projector.header, projector.name, projector=True)
    _check_formats(projector)
    check_projector(projector, model)
    if model.header.architecture in _GLM and not _has_m_rope(model.header):
        raise HelperError(
            ErrorKind.MODEL,
            tr(
                "{name} was converted by an old version of llama.cpp and cannot read pictures (no M-RoPE).",
                name=gguf.name,
            ),
            tr("Download a newer GGUF of this model."),
        )
    return ModelFiles(model, projector, doubt(projector, model))


def check_kind(header: GgufHeader, name: str, *, projector: bool) -> None:
    """Raise a `HelperError` if the file called `name` is the other one of the two that make up a model."""
    is_projector = header.architecture == PROJECTOR
    if is_projector and not projector:
        raise HelperError(
            ErrorKind.CONFIG,
            tr("{name} is a picture projector (mmproj), not a model.", name=name),
            tr("Choose the model's own GGUF file, and this one as its mmproj."),
        )
    if projector and not is_projector:
        raise HelperError(
            ErrorKind.CONFIG,
            tr("{name} is a model, not a picture projector (mmproj).", name=name),
            tr("Choose the file whose name begins with “mmproj”."),
        )


def _check_model(model: GgufFile) -> None:
    header = model.header
    check_kind(header, model.name, projector=False)
    kind = header.text("general.type")
    if kind in _ADDITIONS:
        raise _no_model(tr("{name} is not a model but an addition to one ({kind}).", name=model.name, kind=kind))
    if not header.architecture or not is_known(header.architecture):
        raise HelperError(
            ErrorKind.MODEL,
            tr(
                "{name} is of a kind (“{architecture}”) that this version of llama.cpp does not know.",
                name=model.name,
                architecture=header.architecture[:40],
            ),
            tr("Choose another model, or update Desktop Helper."),
        )
    if not header.tensors:
        raise _no_model(tr("{name} holds no weights.", name=model.name))
    _check_formats(model)
    blocks = header.of_model("block_count")
    sizes = (blocks, header.of_model("embedding_length"), header.of_model("context_length"))
    if min(sizes) <= 0 or blocks > min(_MAX_LAYERS, len(header.tensors)):
        raise HelperError(ErrorKind.MODEL, tr("{name} is damaged.", name=model.name), tr("Download it again."))


def _check_formats(file: GgufFile) -> None:
    unknown = file.header.unknown_kinds
    if unknown:
        raise HelperError(
            ErrorKind.MODEL,
            tr(
                "The weights of {name} are in a format (number {kind}) that this version of llama.cpp does not know.",
                name=file.name,
                kind=unknown[0],
            ),
            tr("Choose a common quantization such as Q4_K_M, or update Desktop Helper."),
        )


def _no_model(message: str) -> HelperError:
    return HelperError(ErrorKind.CONFIG, message, tr("Choose the model's own GGUF file."))


def _has_m_rope(header: GgufHeader) -> bool:
    """As llama.cpp decides it (`llama_hparams::use_mrope`)."""
    sections = header.values.get(f"{header.architecture}.rope.dimension_sections")
    begin = sections[:2] if isinstance(sections, list) else []
    return len(begin) == 2 and all(isinstance(number, int) and number > 0 for number in begin)
