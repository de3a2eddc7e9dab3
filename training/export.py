"""Writes the trained model as the pair of GGUF files that llama.cpp loads, and reads them back to go on with them.

python -m training.export RUN FOLDER

Needs no PyTorch, only the weights.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import gguf
import numpy as np
import numpy.typing as npt

from training.dialogue import CHAT_TEMPLATE
from training.shape import EPSILON, HEAD, MEAN, PATCH, POSITIONS, ROTATED, SECTIONS, SPREAD, Shape
from training.vocabulary import CONTROL, SPECIAL, Vocabulary

Weights = Mapping[str, npt.NDArray[np.float32]]
NAME = "practice-glm-4v"
CONTEXT = 8192


@dataclass(frozen=True, slots=True)
class Pair:
    """The two files."""

    gguf: Path
    mmproj: Path

    @classmethod
    def within(cls, folder: Path) -> Pair:
        """Their places in a folder."""
        return cls(folder / f"{NAME}.gguf", folder / f"mmproj-{NAME}.gguf")


def write_pair(folder: Path, weights: Weights, shape: Shape, vocabulary: Vocabulary, *, half: bool = True) -> Pair:
    """Write the two files.

    Args:
        folder: where to; made if it is not there.
        weights: by the names that PyTorch gives them.
        shape: of the model.
        vocabulary: its words.
        half: matrices as float16, as they are shipped. llama.cpp wants norms, biases and positions as float32.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pair = Pair.within(folder)
    _write_text(pair.gguf, weights, shape, vocabulary, np.float16 if half else np.float32)
    _write_projector(pair.mmproj, weights, shape, np.float16 if half else np.float32)
    return pair


def read_pair(pair: Pair) -> tuple[dict[str, npt.NDArray[np.float32]], Vocabulary]:
    """What `write_pair` was given, but for what float16 takes away: weights of the usual `Shape`, and words."""
    shape = Shape()
    text, projector = _Found(pair.gguf), _Found(pair.mmproj)
    _add_text(text, shape)
    _add_encoder(projector, shape)
    encoder = _put_together(projector.weights, shape)
    merges = text.reader.get_field("tokenizer.ggml.merges")
    assert merges is not None
    pairs = tuple(tuple(merge.split(" ")) for merge in merges.contents())
    return text.weights | {f"encoder.{name}": values for name, values in encoder.items()}, Vocabulary(pairs)


class _Tensors(Protocol):
    """Which tensor of a file is which weight; for one who writes them and for one who reads them."""

    def matrix(self, name: str, source: str) -> None:
        """A weight as it is."""

    def vector(self, name: str, source: str) -> None:
        """A norm's weight or a bias; `source` with its last part."""

    def table(self, name: str, source: str) -> None:
        """Learned places, in full precision."""


class _Found:
    """One GGUF that is being read; `weights` by the names that PyTorch gives them."""

    def __init__(self, path: Path) -> None:
        self.reader = gguf.GGUFReader(str(path))
        self.weights: dict[str, npt.NDArray[np.float32]] = {}
        self._tensors = {tensor.name: tensor.data for tensor in self.reader.tensors}

    def matrix(self, name: str, source: str) -> None:
        self.weights[f"{source}.weight"] = self._tensors[f"{name}.weight"].astype(np.float32)

    def vector(self, name: str, source: str) -> None:
        self.weights[source] = self._tensors[f"{name}.{source.rsplit('.', 1)[1]}"].astype(np.float32)

    def table(self, name: str, source: str) -> None:
        self.weights[source] = self._tensors[f"{name}.weight"].astype(np.float32)


class _File:
    """One GGUF that is being written."""

    def __init__(self, path: Path, architecture: str, weights: Weights, matrix_type: type) -> None:
        self.writer = gguf.GGUFWriter(str(path), architecture)
        self._weights = weights
        self._matrix_type = matrix_type

    def matrix(self, name: str, source: str) -> None:
        """A weight as it is."""
        self.writer.add_tensor(f"{name}.weight", self._weights[f"{source}.weight"].astype(self._matrix_type))

    def vector(self, name: str, source: str) -> None:
        """A norm's weight or a bias; `source` with its last part."""
        self.writer.add_tensor(f"{name}.{source.rsplit('.', 1)[1]}", self._weights[source].astype(np.float32))

    def table(self, name: str, source: str) -> None:
        """Learned places, in full precision."""
        self.writer.add_tensor(f"{name}.weight", self._weights[source].astype(np.float32))

    def close(self) -> None:
        """Write everything."""
        self.writer.write_header_to_file()
        self.writer.write_kv_data_to_file()
        self.writer.write_tensors_to_file()
        self.writer.close()


def _write_text(path: Path, weights: Weights, shape: Shape, vocabulary: Vocabulary, matrix_type: type) -> None:
    file = _File(path, "glm4", weights, matrix_type)
    writer = file.writer
    writer.add_name("Desktop Helper practice model")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.blocks)
    writer.add_feed_forward_length(shape.inner)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(1)
    writer.add_key_length(HEAD)
    writer.add_value_length(HEAD)
    writer.add_layer_norm_rms_eps(EPSILON)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_rope_dimension_count(ROTATED)
    writer.add_rope_dimension_sections([*SECTIONS, 0])
    _add_tokenizer(writer, vocabulary)
    writer.add_chat_template(CHAT_TEMPLATE)
    _add_text(file, shape)
    file.close()


def _add_text(file: _Tensors, shape: Shape) -> None:
    file.matrix("token_embd", "embedding")  # and the output: llama.cpp takes it where the file has no other
    file.vector("output_norm", "last_norm.weight")
    for index in range(shape.blocks):
        _add_text_block(file, f"blk.{index}", f"blocks.{index}")


def _add_tokenizer(writer: gguf.GGUFWriter, vocabulary: Vocabulary) -> None:
    normal, control, printed = gguf.TokenType.NORMAL, gguf.TokenType.CONTROL, gguf.TokenType.USER_DEFINED
    kinds = [normal if name not in SPECIAL else control if name in CONTROL else printed for name in vocabulary.tokens]
    end = vocabulary.one("<|endoftext|>")
    writer.add_vocab_size(len(vocabulary.tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("glm4")
    writer.add_token_list(list(vocabulary.tokens))
    writer.add_token_types([int(kind) for kind in kinds])
    writer.add_token_merges([" ".join(pair) for pair in vocabulary.merges])
    writer.add_bos_token_id(end)
    writer.add_eos_token_id(end)
    writer.add_pad_token_id(end)
    writer.add_eot_token_id(vocabulary.one("<|user|>"))
    writer.add_add_bos_token(False)


def _add_text_block(file: _Tensors, block: str, source: str) -> None:
    for name, part in (("attn_q", "query"), ("attn_k", "key"), ("attn_v", "value")):
        file.matrix(f"{block}.{name}", f"{source}.{part}")
        file.vector(f"{block}.{name}", f"{source}.{part}.bias")
    file.matrix(f"{block}.attn_output", f"{source}.out")
    file.matrix(f"{block}.ffn_up", f"{source}.inner.gate_up")
    file.matrix(f"{block}.ffn_down", f"{source}.inner.down")
    norms = (
        ("attn_norm", "norm1"),
        ("post_attention_norm", "after1"),
        ("ffn_norm", "norm2"),
        ("post_ffw_norm", "after2"),
    )
    for name, part in norms:
        file.vector(f"{block}.{name}", f"{source}.{part}.weight")


def _write_projector(path: Path, weights: Weights, shape: Shape, matrix_type: type) -> None:
    own = {name.removeprefix("encoder."): values for name, values in weights.items() if name.startswith("encoder.")}
    file = _File(path, "clip", _cut_apart(own, shape), matrix_type)
    writer = file.writer
    writer.add_name("Desktop Helper practice model, projector")
    writer.add_bool("clip.has_vision_encoder", True)
    writer.add_string("clip.projector_type", "glm4v")
    writer.add_uint32("clip.vision.image_size", POSITIONS * PATCH)
    writer.add_uint32("clip.vision.patch_size", PATCH)
    writer.add_uint32("clip.vision.embedding_length", shape.vision_width)
    writer.add_uint32("clip.vision.feed_forward_length", shape.vision_inner)
    writer.add_uint32("clip.vision.block_count", shape.vision_blocks)
    writer.add_uint32("clip.vision.attention.head_count", shape.vision_heads)
    writer.add_uint32("clip.vision.projection_dim", shape.width)
    writer.add_float32("clip.vision.attention.layer_norm_epsilon", EPSILON)
    writer.add_array("clip.vision.image_mean", list(MEAN))
    writer.add_array("clip.vision.image_std", list(SPREAD))
    writer.add_bool("clip.use_silu", True)
    _add_encoder(file, shape)
    writer.add_tensor("v.patch_embd.weight.1", file._weights["patches.weight"].astype(matrix_type))
    file.close()


def _add_encoder(file: _Tensors, shape: Shape) -> None:
    file.table("v.position_embd", "positions")
    file.matrix("v.patch_embd", "patches")
    file.vector("v.patch_embd", "patches.bias")
    file.vector("v.norm_embd", "patch_norm.weight")
    file.vector("v.post_ln", "last_norm.weight")
    for index in range(shape.vision_blocks):
        _add_vision_block(file, f"v.blk.{index}", f"blocks.{index}")
    _add_merger(file)


def _cut_apart(weights: Weights, shape: Shape) -> Weights:
    """Weights as the file has them: gate and up apart, convolutions as such, half of the patches twice."""
    out = dict(weights)
    for name, values in weights.items():
        if name.endswith("gate_up.weight"):
            stem = name.removesuffix("gate_up.weight")
            out[f"{stem}gate.weight"], out[f"{stem}up.weight"] = np.split(values, 2)
    # A picture has two frames for llama.cpp, as a video would: it adds what both give.
    out["patches.weight"] = weights["patches.weight"].reshape(-1, 3, PATCH, PATCH) * np.float32(0.5)
    joined = weights["merger.join.weight"].reshape(-1, 2, 2, shape.vision_width)
    out["merger.join.weight"] = np.ascontiguousarray(joined.transpose(0, 3, 1, 2))
    return out


def _put_together(weights: Weights, shape: Shape) -> dict[str, npt.NDArray[np.float32]]:
    """The other way round."""
    out = dict(weights)
    for name in weights:
        if name.endswith("inner.gate.weight"):
            stem = name.removesuffix("gate.weight")
            halves = out.pop(f"{stem}gate.weight"), out.pop(f"{stem}up.weight")
            out[f"{stem}gate_up.weight"] = np.concatenate(halves)
    out["patches.weight"] = weights["patches.weight"].reshape(shape.vision_width, -1) * np.float32(2)
    joined = weights["merger.join.weight"].transpose(0, 2, 3, 1)
    out["merger.join.weight"] = np.ascontiguousarray(joined).reshape(len(joined), -1)
    return out


def _add_vision_block(file: _Tensors, block: str, source: str) -> None:
    file.vector(f"{block}.ln1", f"{source}.norm1.weight")
    file.vector(f"{block}.ln2", f"{source}.norm2.weight")
    file.matrix(f"{block}.attn_qkv", f"{source}.qkv")
    file.matrix(f"{block}.attn_out", f"{source}.out")
    for part in ("gate", "up", "down"):
        file.matrix(f"{block}.ffn_{part}", f"{source}.inner.{part}")


def _add_merger(file: _Tensors) -> None:
    file.matrix("mm.patch_merger", "merger.join")
    file.vector("mm.patch_merger", "merger.join.bias")
    file.matrix("mm.model.fc", "merger.full")
    file.vector("mm.post_norm", "merger.norm.weight")
    file.vector("mm.post_norm", "merger.norm.bias")
    for part in ("gate", "up", "down"):
        file.matrix(f"mm.{part}", f"merger.inner.{part}")


def main() -> None:
    """Write the files of a run's checkpoint."""
    from training.checkpoints import load

    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    checkpoint = load(arguments.run)
    weights = {name: values.float().numpy() for name, values in checkpoint.model.items()}
    pair = write_pair(arguments.folder, weights, checkpoint.shape, checkpoint.vocabulary)
    for path in (pair.gguf, pair.mmproj):
        print(f"{path} {path.stat().st_size}")


if __name__ == "__main__":
    main()
