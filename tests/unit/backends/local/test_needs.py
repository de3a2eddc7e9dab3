"""The estimate of memory: arithmetic for a real model's head, and compared with what llama.cpp allocates."""

from __future__ import annotations

import pytest

from desktop_helper.backends.local.needs import model_needs, projector_needs
from desktop_helper.core.gguf.header import Value, read_header
from tests.support.llama_allocations import allocations
from tests.support.model_heads import GB, GLM_9B, GLM_9B_PROJECTOR, MIXTURE, head
from tests.support.tiny_gguf import TinyModel, tiny_pair

SIZES = [
    (TinyModel(), 4096),
    (TinyModel(embedding=256, blocks=4, feed_forward=1024), 16384),
    (TinyModel(embedding=512, blocks=6, feed_forward=1536, vision_heads=8), 8192),
    (TinyModel(embedding=1024, blocks=3, feed_forward=4096, vision_heads=8, vision_blocks=3), 32768),
]


class TestAgainstLlamaCpp:
    @pytest.mark.parametrize(("model", "context"), SIZES, ids=[str(size.embedding) for size, _ in SIZES])
    def test_the_estimate_is_never_much_less_and_seldom_much_more(self, model, context):
        pair = tiny_pair(model)
        real = allocations(pair.gguf, pair.mmproj, context=context, image_tokens=1500)
        header, projector = read_header(pair.gguf), read_header(pair.mmproj)
        needs = model_needs(header)
        weights = sum(needs.layers) + needs.entry + needs.output
        assert weights == pytest.approx(real["model"], rel=0.01, abs=20_000)
        assert sum(needs.cache) * context == pytest.approx(real["KV"], rel=0.001, abs=20_000)
        assert 0.95 <= needs.working(context) / real["compute"] <= 1.5
        working = projector_needs(projector, 1500) - projector.weights
        assert projector.weights == pytest.approx(real["projector"], rel=0.01)
        assert 0.95 <= working / real["projector compute"] <= 1.6


class TestArithmetic:
    def test_a_9b_glm(self):
        needs = model_needs(GLM_9B)
        assert len(needs.layers) == 40
        assert sum(needs.layers) + needs.entry + needs.output == pytest.approx(6.1e9, rel=0.05)
        assert sum(needs.cache) == 40 * 2 * (128 + 128) * 2  # layers, heads, keys and values, half precision
        assert sum(needs.cache) * 16384 == pytest.approx(0.67e9, rel=0.01)
        # With logits for a whole batch, llama.cpp would take 300 MiB more for 150,000 words.
        assert 0.11 * GB < needs.working(16384) < 0.15 * GB
        assert needs.trained == 131072

    def test_a_projector_of_a_9b_glm(self):
        small, large = projector_needs(GLM_9B_PROJECTOR, 1500), projector_needs(GLM_9B_PROJECTOR, 4096)
        assert small < large == projector_needs(GLM_9B_PROJECTOR, 0)
        assert 1.2 * GB < small < 1.6 * GB
        assert small == projector_needs(GLM_9B_PROJECTOR, 100), "libmtmd warms up with a picture of 2116 tokens"

    def test_experts_count_as_weights_but_work_only_a_few_at_a_time(self):
        needs = model_needs(MIXTURE)
        assert sum(needs.layers) > 50 * GB
        assert needs.work < 1 * GB

    def test_embeddings_that_serve_as_output_lie_twice_only_with_a_card(self):
        tied = head("gemma3", {"block_count": 1, "embedding_length": 256}, {"token_embd.weight": (256, 1000)})
        needs = model_needs(tied)
        assert needs.entry == needs.output == 256 * 1000 * 4
        assert needs.output_in_ram == 0

    def test_layers_with_caches_of_different_sizes(self):
        values: dict[str, Value] = {"block_count": 3, "embedding_length": 256, "attention.head_count": 4}
        values |= {"attention.head_count_kv": [2, 0, 4], "attention.key_length": 32, "attention.value_length": 32}
        tensors = {f"blk.{layer}.attn_norm.weight": (256,) for layer in range(3)}
        assert model_needs(head("jamba", values, tensors)).cache == (256, 0, 512)

    def test_a_head_that_says_little(self):
        assert model_needs(head("odd", {}, {})).layers == ()
        assert len(model_needs(head("odd", {"block_count": 2**32 - 1}, {})).layers) == 0
        assert projector_needs(head("clip", {}, {}), 0) >= 0
