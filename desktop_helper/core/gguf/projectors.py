"""Whether a picture projector (mmproj) fits a model."""

from __future__ import annotations

from collections.abc import Collection

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.gguf.files import GgufFile
from desktop_helper.core.gguf.header import BOOL, FLOAT32, UINT32, GgufHeader
from desktop_helper.core.i18n import tr

_GLM = ("glm4v", "glm5v")
# The tensor whose last matrix makes the embeddings, by type: clip_n_mmproj_embd in llama.cpp's clip.cpp. Types with
# rules of their own are left out: libmtmd compares the widths as well, only later.
_OUTPUT = {
    **dict.fromkeys(_GLM, "mm.down.weight"),
    **dict.fromkeys(("qwen2vl_merger", "qwen2.5vl_merger", "pixtral", "lightonocr", "dots_ocr"), "mm.2.weight"),
    **dict.fromkeys(("lfm2", "kimivl", "paddleocr", "kimik25"), "mm.2.weight"),
    **dict.fromkeys(("internvl", "nemotron_v2_vl"), "mm.model.mlp.3.weight"),
}
_NUMBERS = ("image_size", "patch_size", "embedding_length", "block_count", "attention.head_count")
# What libmtmd reads with these types, whatever the file says.
_TYPES = {
    **{
        f"clip.vision.{key}": UINT32
        for key in (*_NUMBERS, "feed_forward_length", "projection_dim", "spatial_merge_size")
    },
    "clip.vision.attention.layer_norm_epsilon": FLOAT32,
    **{f"clip.{key}": BOOL for key in ("has_vision_encoder", "has_audio_encoder", "use_gelu", "use_silu")},
}
_PATCHES = ("v.patch_embd.weight", "v.patch_embd.weight.1", "v.patch_embd.bias")  # of a GLM


def check_projector(projector: GgufFile, model: GgufFile) -> None:
    """Raise a `HelperError` if the projector reads no pictures, is damaged, or belongs to another model."""
    header = projector.header
    if not header.values.get("clip.has_vision_encoder"):
        raise HelperError(
            ErrorKind.CONFIG,
            tr("{name} reads no pictures.", name=projector.name),
            tr("Choose the file whose name begins with “mmproj”."),
        )
    known = projector_type(header) in _OUTPUT
    if not header.tensors or not _has_right_types(header) or (known and not _is_sound(header)):
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


def merger_width(header: GgufHeader) -> int:
    """How wide the merger of a GLM's projector is inside; 0 if there is none."""
    tensor = header.tensor("mm.up.weight")
    return tensor.shape[1] if tensor is not None and len(tensor.shape) > 1 else 0


def projector_type(header: GgufHeader) -> str:
    """`glm4v`, `qwen2.5vl_merger` ..."""
    return header.text("clip.projector_type") or header.text("clip.vision.projector_type")


def _has_right_types(header: GgufHeader) -> bool:
    return all(header.types.get(key, kind) == kind for key, kind in _TYPES.items())


def _is_sound(header: GgufHeader) -> bool:
    """Whether the numbers and tensors that libmtmd takes for granted are there."""
    image, patch, width, blocks, heads = (header.count(f"clip.vision.{key}") for key in _NUMBERS)
    if not (0 < patch <= image and 0 < heads <= width and 0 < blocks <= len(header.tensors) and width % heads == 0):
        return False
    shapes = {tensor.name: tensor.shape for tensor in header.tensors}
    embedding = shapes.get(_PATCHES[0], ())
    if len(embedding) == 4 and (embedding[0] != patch or embedding[1] != patch or embedding[3] != width):
        return False
    if projector_type(header) in _GLM and not shapes.keys() >= set(_PATCHES):
        return False
    return all(_has_attention(shapes.keys(), f"v.blk.{block}.attn_") for block in range(blocks))


def _has_attention(names: Collection[str], prefix: str) -> bool:
    """Whether a layer has its matrices, in one piece or in three."""
    return f"{prefix}qkv.weight" in names or all(f"{prefix}{part}.weight" in names for part in "qkv")
