"""How much memory a model takes, estimated from the heads of its files.

Weights and the cache are arithmetic. The working memory is what llama.cpp's graphs need at their widest point; those
formulas were fitted to what llama.cpp (llama-cpp-python 0.3.36) reports when it loads GLM-4V models of several widths,
depths, vocabularies and contexts, and a test compares them with the installed version. They rather say too much.
"""

from __future__ import annotations

from dataclasses import dataclass

from desktop_helper.core.gguf.header import GgufHeader

BATCH = 512  # tokens that are read at once: between two batches progress is told and a stop obeyed
_F16, _F32 = 2, 4
_WARM_UP_TOKENS = 46 * 46  # libmtmd reserves memory for such a picture when it loads, whatever is allowed later
_MOST_IMAGE_TOKENS = 4096  # llama.cpp's own limit
_CHANNELS = 3


@dataclass(frozen=True, slots=True)
class ModelNeeds:
    """What a text model takes, in bytes.

    Args:
        layers: weights of each layer.
        cache: what one token of context takes in each layer.
        entry: weights that always stay in main memory: the token embeddings.
        output: weights of the output layer, which goes to the graphics card before any other layer.
        output_in_ram: the same if it stays in main memory; nothing where the embeddings serve as output, too.
        mask: what one token of context takes in the working memory.
        work: the rest of the working memory.
        trained: the longest context the model knows.
    """

    layers: tuple[int, ...]
    cache: tuple[int, ...]
    entry: int
    output: int
    output_in_ram: int
    mask: int
    work: int
    trained: int

    def working(self, context: int) -> int:
        """Working memory on each device that computes."""
        return self.work + self.mask * context


def model_needs(header: GgufHeader) -> ModelNeeds:
    """What the model takes whose head this is."""
    count = max(0, min(header.of_model("block_count"), len(header.tensors)))  # the number may be nonsense
    layers = [0] * count
    entry = output = embeddings = 0
    for tensor in header.tensors:
        size = tensor.size or 0
        if tensor.layer is not None and tensor.layer < count:
            layers[tensor.layer] += size
        elif tensor.name.startswith("output"):
            output += size
        else:
            entry += size
        if tensor.name == "token_embd.weight":
            embeddings = size
    has_own = header.tensor("output.weight") is not None
    return ModelNeeds(
        layers=tuple(layers),
        cache=_cache(header, count),
        entry=entry,
        output=output if has_own else output + embeddings,  # on the card they have to lie a second time
        output_in_ram=output,
        mask=BATCH * _F16,
        work=BATCH * _F32 * _widest(header),
        trained=header.of_model("context_length"),
    )


def projector_needs(header: GgufHeader, image_tokens: int) -> int:
    """What the picture projector takes, its working memory for a picture of `image_tokens` included.

    With flash attention; without it the attention of a large picture alone would take gigabytes.
    """
    tokens = max(_WARM_UP_TOKENS, image_tokens or _MOST_IMAGE_TOKENS)
    side = max(1, header.count("clip.vision.spatial_merge_size", 2))
    patch, width = header.count("clip.vision.patch_size"), header.count("clip.vision.embedding_length")
    merger = max((tensor.shape[-1] for tensor in header.tensors if tensor.name.startswith("mm.")), default=0)
    hidden = header.count("clip.vision.feed_forward_length")
    widest = max(3 * hidden + width, 8 * width, -(-4 * merger // side**2))
    fixed = (header.count("clip.vision.image_size") // max(1, patch)) ** 2  # types that always take one size
    patches = max(tokens * side**2, fixed)
    return header.weights + patches * _F32 * (_CHANNELS * patch**2 + widest)


def _cache(header: GgufHeader, count: int) -> tuple[int, ...]:
    """Bytes per token and layer: keys and values in half precision.

    Layers with a sliding window take less, as does the state of recurrent ones; this is for those that keep everything.
    """
    heads = header.of_model("attention.head_count")
    each = header.of_model("embedding_length") // heads if heads else 0
    numbers = header.of_model("attention.key_length", each) + header.of_model("attention.value_length", each)
    stored = header.values.get(f"{header.architecture}.attention.head_count_kv", heads)
    per_layer = stored if isinstance(stored, list) else [stored] * count
    kept = [value if isinstance(value, int) else heads for value in per_layer]
    return tuple(max(0, value) * numbers * _F16 for value in (kept + [heads] * count)[:count])


def _widest(header: GgufHeader) -> int:
    """Numbers per token at the widest point of the graph: the feed-forward part, since only one token gets logits."""
    heads = header.of_model("attention.head_count")
    width = max(header.of_model("embedding_length"), heads * header.of_model("attention.key_length"))
    shared = header.of_model("expert_shared_count")
    experts = header.of_model("expert_feed_forward_length") * (header.of_model("expert_used_count") + shared)
    hidden = max(header.of_model("feed_forward_length"), experts)
    return 4 * width + 3 * hidden
