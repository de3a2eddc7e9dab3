"""Whether a picture projector (mmproj) fits a model."""

from __future__ import annotations

from desktop_helper.backends.local.gguf_files import GgufFile
from desktop_helper.backends.local.gguf_header import GgufHeader
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

# The tensor whose last matrix makes the embeddings, by type: clip_n_mmproj_embd in llama.cpp's clip.cpp. Types with
# rules of their own are left out: libmtmd compares the widths as well, only later.
_OUTPUT = {
    **dict.fromkeys(("glm4v", "glm5v"), "mm.down.weight"),
    **dict.fromkeys(("qwen2vl_merger", "qwen2.5vl_merger", "pixtral", "lightonocr", "dots_ocr"), "mm.2.weight"),
    **dict.fromkeys(("lfm2", "kimivl", "paddleocr", "kimik25"), "mm.2.weight"),
    **dict.fromkeys(("internvl", "nemotron_v2_vl"), "mm.model.mlp.3.weight"),
}
_NUMBERS = ("image_size", "patch_size", "embedding_length", "block_count", "attention.head_count")


def check_projector(projector: GgufFile, model: GgufFile) -> None:
    """Raise a `HelperError` if the projector reads no pictures, is damaged, or belongs to another model."""
    header = projector.header
    if not header.values.get("clip.has_vision_encoder"):
        raise HelperError(
            ErrorKind.CONFIG,
            tr("{name} reads no pictures.", name=projector.name),
            tr("Choose the file whose name begins with “mmproj”."),
        )
    if not header.tensors or (projector_type(header) in _OUTPUT and not _is_sound(header)):
        raise HelperError(ErrorKind.MODEL, tr("{name} is damaged.", name=projector.name), tr("Download it again."))
    width, wanted = output_width(header), model.header.of_model("embedding_length")
    if width is not None and width != wanted:
        raise HelperError(
            ErrorKind.CONFIG,
            tr(
                "The picture projector {mmproj} belongs to another model than {model} (width {width}, not {wanted}).",
                mmproj=projector.name,
                model=model.name,
                width=width,
                wanted=wanted,
            ),
            tr("Choose the mmproj file that was published with this model."),
        )


def output_width(header: GgufHeader) -> int | None:
    """How many numbers stand for one piece of a picture; None if this type's rule is not known here."""
    tensor = header.tensor(_OUTPUT.get(projector_type(header), ""))
    return tensor.shape[1] if tensor is not None and len(tensor.shape) > 1 else None


def projector_type(header: GgufHeader) -> str:
    """`glm4v`, `qwen2.5vl_merger` ..."""
    return header.text("clip.projector_type") or header.text("clip.vision.projector_type")


def _is_sound(header: GgufHeader) -> bool:
    """Whether the numbers that libmtmd divides by make sense: it does not look at them before."""
    image, patch, width, blocks, heads = (header.count(f"clip.vision.{key}") for key in _NUMBERS)
    return 0 < patch <= image and 0 < heads <= width and blocks > 0 and width % heads == 0
