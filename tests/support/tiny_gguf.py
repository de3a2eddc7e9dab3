"""A GLM-4V model and its projector of a few megabytes, which llama.cpp loads, shows pictures to and streams from.

    pair = tiny_pair()          # pair.gguf, pair.mmproj; built once per process
    python -m tests.support.tiny_gguf OUTDIR

The weights are random, so the answers mean nothing, but they look like answers. The first numbers of every hidden
state are reserved: a token's embedding sets them, no block changes them, and the output layer reads them. They make the
model a small automaton: `<|assistant|>` is followed by `<think>`, that by words of thinking, those at some time by
`</think>`, that by words of an answer, those at some time by the end. Which words, depends on all of the context.
"""

from __future__ import annotations

import argparse
import atexit
import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import gguf
import numpy as np
import numpy.typing as npt

from tests.support.tiny_vocabulary import CHAT_TEMPLATE, RESERVED, Vocabulary

Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TinyModel:
    """What to build.

    Args:
        embedding, blocks, feed_forward: size of the text model. Heads have 64 numbers each.
        vision_blocks: layers of the picture encoder.
        vision_heads: its attention heads; few and wide is cheap.
        merger: how wide the merger behind it is inside; 0 for twice the width of the model.
        thinks: `<think>` begins every answer unless thinking is off.
        endless: it never stops by itself, in the answer.
        thinks_for_ever: it never closes the thinking part.
        mrope: without it, llama.cpp aborts the process on the first picture (old GLM-4.1V files).
        context: the context length it claims to be trained for.
        half: the matrices are float16, half the size of float32.
        seed: of the weights.
    """

    embedding: int = 128
    blocks: int = 2
    feed_forward: int = 256
    vision_blocks: int = 2
    vision_heads: int = 2
    merger: int = 0
    thinks: bool = True
    endless: bool = False
    thinks_for_ever: bool = False
    mrope: bool = True
    context: int = 32768
    half: bool = False
    seed: int = 7


@dataclass(frozen=True, slots=True)
class GgufPair:
    """The two files of a model that reads pictures."""

    gguf: Path
    mmproj: Path


@cache
def tiny_pair(model: TinyModel = TinyModel()) -> GgufPair:
    """The files of `model`, in a temporary folder that goes when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="tiny-glm-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return build(folder, model)


def build(folder: Path, model: TinyModel = TinyModel()) -> GgufPair:
    """Write the two files into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    pair = GgufPair(folder / "tiny-glm-4v.gguf", folder / "mmproj-tiny-glm-4v.gguf")
    _write_text_model(pair.gguf, model)
    _write_projector(pair.mmproj, model)
    return pair


class _Weights:
    """Adds random tensors to a file."""

    def __init__(self, writer: gguf.GGUFWriter, seed: int, *, half: bool = False) -> None:
        self._writer = writer
        self._matrix_type = np.float16 if half else np.float32
        self._random = np.random.default_rng(seed)

    def draw(self, *shape: int, scale: float | None = None) -> Array:
        """Normal numbers; by default scaled so that a matrix keeps the length of a vector."""
        spread = scale if scale is not None else float(np.prod(shape[1:])) ** -0.5
        return (self._random.standard_normal(shape) * spread).astype(np.float32)

    def matrix(self, name: str, *shape: int) -> None:
        """A random weight."""
        self._writer.add_tensor(f"{name}.weight", self.draw(*shape).astype(self._matrix_type))

    def ones(self, name: str, size: int, *, spare_reserved: bool = False) -> None:
        """A norm's weight; with `spare_reserved` what it scales adds nothing to the reserved numbers."""
        weight = np.ones(size, dtype=np.float32)
        if spare_reserved:
            weight[:RESERVED] = 0
        self._writer.add_tensor(f"{name}.weight", weight)

    def bias(self, name: str, size: int) -> None:
        """A bias near zero."""
        self._writer.add_tensor(f"{name}.bias", self.draw(size, scale=0.01))

    def array(self, name: str, values: Array) -> None:
        """A tensor with given values."""
        self._writer.add_tensor(name, values)


def _write_text_model(path: Path, model: TinyModel) -> None:
    vocabulary = Vocabulary.create(endless=model.endless, thinks_for_ever=model.thinks_for_ever)
    writer = gguf.GGUFWriter(str(path), "glm4")
    head = 64
    heads = model.embedding // head
    writer.add_name("Tiny GLM-4V")
    writer.add_context_length(model.context)
    writer.add_embedding_length(model.embedding)
    writer.add_block_count(model.blocks)
    writer.add_feed_forward_length(model.feed_forward)
    writer.add_head_count(heads)
    writer.add_head_count_kv(1)
    writer.add_key_length(head)
    writer.add_value_length(head)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(10000.0)
    writer.add_rope_dimension_count(32)
    if model.mrope:
        writer.add_rope_dimension_sections([4, 6, 6, 0])
    _add_tokenizer(writer, vocabulary)
    writer.add_chat_template(CHAT_TEMPLATE)
    _add_text_tensors(_Weights(writer, model.seed, half=model.half), vocabulary, model, heads)
    _finish(writer)


def _add_tokenizer(writer: gguf.GGUFWriter, vocabulary: Vocabulary) -> None:
    writer.add_vocab_size(len(vocabulary.tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("glm4")
    writer.add_token_list(vocabulary.tokens)
    writer.add_token_types(vocabulary.types)
    writer.add_token_merges(vocabulary.merges)
    writer.add_bos_token_id(
        vocabulary.id_of("<|endoftext|>")
    )  # as GLM files have it; without one the stock handler aborts
    writer.add_eos_token_id(vocabulary.id_of("<|endoftext|>"))
    writer.add_eot_token_id(vocabulary.id_of("<|user|>"))
    writer.add_pad_token_id(vocabulary.id_of("<|endoftext|>"))
    writer.add_add_bos_token(False)


def _add_text_tensors(weights: _Weights, vocabulary: Vocabulary, model: TinyModel, heads: int) -> None:
    width, head = model.embedding, 64
    states, preferences = vocabulary.states.copy(), vocabulary.preferences
    if not model.thinks:
        states[vocabulary.id_of("<|assistant|>")] = vocabulary.states[vocabulary.id_of("</think>")]
    embedding = weights.draw(len(vocabulary.tokens), width, scale=1.0)
    embedding[:, :RESERVED] = states
    output = weights.draw(len(vocabulary.tokens), width, scale=0.7 * width**-0.5)
    output[:, :RESERVED] = preferences
    weights.array("token_embd.weight", embedding)
    weights.array("output.weight", output)
    weights.ones("output_norm", width)
    for index in range(model.blocks):
        block = f"blk.{index}"
        weights.ones(f"{block}.attn_norm", width)
        for name, rows in (("q", heads * head), ("k", head), ("v", head)):
            weights.matrix(f"{block}.attn_{name}", rows, width)
            weights.bias(f"{block}.attn_{name}", rows)
        weights.matrix(f"{block}.attn_output", width, heads * head)
        weights.ones(f"{block}.post_attention_norm", width, spare_reserved=True)
        weights.ones(f"{block}.ffn_norm", width)
        weights.matrix(f"{block}.ffn_up", 2 * model.feed_forward, width)
        weights.matrix(f"{block}.ffn_down", width, model.feed_forward)
        weights.ones(f"{block}.post_ffw_norm", width, spare_reserved=True)


def _write_projector(path: Path, model: TinyModel) -> None:
    width, image, patch = model.embedding, 336, 14
    feed_forward = 2 * width
    writer = gguf.GGUFWriter(str(path), "clip")
    writer.add_name("Tiny GLM-4V projector")
    writer.add_bool("clip.has_vision_encoder", True)
    writer.add_string("clip.projector_type", "glm4v")
    writer.add_uint32("clip.vision.image_size", image)
    writer.add_uint32("clip.vision.patch_size", patch)
    writer.add_uint32("clip.vision.embedding_length", width)
    writer.add_uint32("clip.vision.feed_forward_length", feed_forward)
    writer.add_uint32("clip.vision.block_count", model.vision_blocks)
    writer.add_uint32("clip.vision.attention.head_count", model.vision_heads)
    writer.add_uint32("clip.vision.projection_dim", width)
    writer.add_float32("clip.vision.attention.layer_norm_epsilon", 1e-5)
    writer.add_array("clip.vision.image_mean", [0.48145466, 0.4578275, 0.40821073])
    writer.add_array("clip.vision.image_std", [0.26862954, 0.26130258, 0.27577711])
    writer.add_bool("clip.use_silu", True)
    weights = _Weights(writer, model.seed + 1)
    weights.matrix("v.patch_embd", width, 3, patch, patch)
    weights.array("v.patch_embd.weight.1", weights.draw(width, 3, patch, patch))
    weights.bias("v.patch_embd", width)
    weights.array("v.position_embd.weight", weights.draw((image // patch) ** 2, width, scale=0.02))
    for name in ("v.norm_embd", "v.post_ln"):
        weights.ones(name, width)
    for index in range(model.vision_blocks):
        _add_vision_block(weights, f"v.blk.{index}", width, feed_forward)
    _add_merger(weights, width, model.merger or feed_forward)
    _finish(writer)


def _add_vision_block(weights: _Weights, block: str, width: int, feed_forward: int) -> None:
    weights.ones(f"{block}.ln1", width)
    weights.ones(f"{block}.ln2", width)
    weights.matrix(f"{block}.attn_qkv", 3 * width, width)
    weights.matrix(f"{block}.attn_out", width, width)
    weights.matrix(f"{block}.ffn_gate", feed_forward, width)
    weights.matrix(f"{block}.ffn_up", feed_forward, width)
    weights.matrix(f"{block}.ffn_down", width, feed_forward)


def _add_merger(weights: _Weights, width: int, feed_forward: int) -> None:
    weights.matrix("mm.model.fc", width, width)
    weights.matrix("mm.up", feed_forward, width)
    weights.matrix("mm.gate", feed_forward, width)
    weights.matrix("mm.down", width, feed_forward)
    weights.ones("mm.post_norm", width)
    weights.bias("mm.post_norm", width)
    weights.matrix("mm.patch_merger", width, width, 2, 2)
    weights.bias("mm.patch_merger", width)


def _finish(writer: gguf.GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main() -> None:
    """Write the default pair into a folder, for experiments by hand."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--endless", action="store_true", help="answers that never stop by themselves")
    arguments = parser.parse_args()
    pair = build(arguments.folder, TinyModel(endless=arguments.endless))
    for path in (pair.gguf, pair.mmproj):
        print(f"{path} {path.stat().st_size}")


if __name__ == "__main__":
    main()
