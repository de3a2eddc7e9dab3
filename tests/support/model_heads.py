"""Heads of real models, without the files: names, shapes and number formats of their tensors, and their metadata."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from desktop_helper.core.gguf.files import GgufFile
from desktop_helper.core.gguf.header import GgufHeader, Tensor, Value
from desktop_helper.core.gguf.number_formats import BLOCKS

GB = 1 << 30
F32, F16, Q8_0, Q4_K, Q6_K = 0, 1, 8, 12, 14
Shape = tuple[int, ...]


def head(
    architecture: str, values: Mapping[str, Value], tensors: Mapping[str, Shape], kinds: Mapping[str, int] | None = None
) -> GgufHeader:
    """A head; `kinds` names the formats of tensors, which else are F32."""
    made = []
    for name, shape in tensors.items():
        kind = (kinds or {}).get(name, F32)
        numbers, size = BLOCKS[kind]
        count = 1
        for length in shape:
            count *= length
        made.append(Tensor(name, shape, kind, count // numbers * size))
    prefix = "clip.vision" if architecture == "clip" else architecture
    stored: dict[str, Value] = {f"{prefix}.{key}": value for key, value in values.items()}
    stored["general.architecture"] = architecture
    return GgufHeader(3, stored, tuple(made), sum(tensor.size or 0 for tensor in made))


def file(header: GgufHeader, name: str) -> GgufFile:
    """As if `header` were that of a file."""
    return GgufFile(Path(name), header, (Path(name),))


def _glm_9b() -> GgufHeader:
    """GLM-4.6V-Flash as Q4_K_M: `ffn_down` and `attn_v` of half of the layers, and the output, are Q6_K."""
    width, hidden, words = 4096, 13696, 151552
    tensors: dict[str, Shape] = {"token_embd.weight": (width, words), "output.weight": (width, words)}
    tensors["output_norm.weight"] = (width,)
    kinds = {"token_embd.weight": Q4_K, "output.weight": Q6_K}
    shapes: dict[str, Shape] = {
        "attn_q": (width, 4096),
        "attn_k": (width, 256),
        "attn_v": (width, 256),
        "attn_output": (4096, width),
        "ffn_up": (width, 2 * hidden),
        "ffn_down": (hidden, width),
    }
    for layer in range(40):
        for name, shape in shapes.items():
            full = f"blk.{layer}.{name}.weight"
            tensors[full] = shape
            # 13696 is no multiple of 256, so `ffn_down` falls back to formats with blocks of 32.
            kinds[full] = 8 if name == "ffn_down" and layer % 2 else 6 if name == "ffn_down" else Q4_K
    values: dict[str, Value] = {
        "block_count": 40,
        "embedding_length": width,
        "feed_forward_length": hidden,
        "context_length": 131072,
        "attention.head_count": 32,
        "attention.head_count_kv": 2,
        "attention.key_length": 128,
        "attention.value_length": 128,
    }
    return head("glm4", values, tensors, kinds)


def _glm_projector() -> GgufHeader:
    width, hidden = 1536, 4096
    tensors: dict[str, Shape] = {
        "v.patch_embd.weight": (14, 14, 3, width),
        "mm.up.weight": (4096, 13696),
        "mm.gate.weight": (4096, 13696),
        "mm.down.weight": (13696, 4096),
        "mm.model.fc.weight": (4096, 4096),
        "mm.patch_merger.weight": (2, 2, width, 4096),
    }
    for layer in range(24):
        tensors[f"v.blk.{layer}.attn_qkv.weight"] = (width, 3 * width)
        tensors[f"v.blk.{layer}.attn_out.weight"] = (width, width)
        for name, shape in (("gate", (width, hidden)), ("up", (width, hidden)), ("down", (hidden, width))):
            tensors[f"v.blk.{layer}.ffn_{name}.weight"] = shape
    kinds = {name: F16 if name.startswith(("v.patch", "mm.patch")) else Q8_0 for name in tensors}
    values: dict[str, Value] = {
        "image_size": 336,
        "patch_size": 14,
        "embedding_length": width,
        "feed_forward_length": hidden,
        "block_count": 24,
        "attention.head_count": 12,
    }
    return head("clip", values, tensors, kinds)


def _mixture() -> GgufHeader:
    """A model of the size of GLM-4.6V (106B, 12B active) as Q4_K."""
    width, hidden, experts, words = 4096, 1408, 128, 151552
    tensors: dict[str, Shape] = {"token_embd.weight": (width, words), "output.weight": (width, words)}
    for layer in range(46):
        tensors[f"blk.{layer}.attn_q.weight"] = (width, 12288)
        for name, shape in (("up", (width, hidden, experts)), ("gate", (width, hidden, experts))):
            tensors[f"blk.{layer}.ffn_{name}_exps.weight"] = shape
        tensors[f"blk.{layer}.ffn_down_exps.weight"] = (width, hidden, experts)
    values: dict[str, Value] = {
        "block_count": 46,
        "embedding_length": width,
        "feed_forward_length": 10944,
        "expert_feed_forward_length": hidden,
        "expert_used_count": 8,
        "expert_shared_count": 1,
        "context_length": 131072,
        "attention.head_count": 96,
        "attention.head_count_kv": 8,
        "attention.key_length": 128,
        "attention.value_length": 128,
    }
    return head("glm4moe", values, tensors, dict.fromkeys(tensors, Q4_K))


GLM_9B = _glm_9b()
GLM_9B_PROJECTOR = _glm_projector()
MIXTURE = _mixture()
