"""Layers and context are chosen so that a model fits; what the user chose stays."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.backends.local import fitting
from desktop_helper.backends.local.devices import Device
from desktop_helper.backends.local.fit import PREFERRED_CONTEXT, Wanted, plan
from desktop_helper.backends.local.wire import ModelConfig
from desktop_helper.core import memory
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.gguf.guards import check_files
from tests.support.model_heads import GB, GLM_9B, GLM_9B_PROJECTOR, MIXTURE, file
from tests.support.tiny_gguf import TinyModel, tiny_pair

FLASH, EYES = file(GLM_9B, "GLM-4.6V-Flash-Q4_K_M.gguf"), file(GLM_9B_PROJECTOR, "mmproj-GLM-4.6V-Flash.gguf")
LARGE = file(MIXTURE, "GLM-4.6V-Q4_K_M.gguf")
ALL = 41  # 40 layers and the output


def card(gigabytes, name="CUDA0", kind="gpu", **more):
    return Device(name, "A card", kind, int(gigabytes * GB), int(gigabytes * GB) + GB, **more)


def made(*cards, ram=32.0, model=FLASH, eyes=EYES, **wanted):
    free = None if ram is None else int(ram * GB)
    return plan(model, eyes, cards, free, Wanted(image_tokens=1500, **wanted))


def need(found, place):
    (one,) = [need for need in found.needs if need.place == place]
    return one


class TestWithoutACard:
    def test_everything_is_in_main_memory(self):
        found = made()
        assert (found.gpu_layers, found.context, found.vision_on_gpu, found.reason) == (0, 16384, False, "")
        assert [one.place for one in found.needs] == ["RAM"]
        assert 7.5 * GB < need(found, "RAM").needed < 8.5 * GB

    def test_the_context_shrinks_before_the_model_is_refused(self):
        found = made(ram=8.2)
        assert found.context == 8192
        assert "8192 tokens only" in found.reason

    def test_too_little_is_told_with_both_amounts(self):
        with pytest.raises(HelperError) as caught:
            made(ram=4)
        error = caught.value
        assert error.kind is ErrorKind.MODEL
        assert "GLM-4.6V-Flash-Q4_K_M.gguf needs about 8.4 GB" in error.message
        assert "of memory (RAM) for 4096 tokens, and 4.3 GB are free" in error.message
        assert "smaller model" in error.fix

    def test_a_machine_that_does_not_tell_its_memory_is_trusted(self):
        assert made(ram=None).context == PREFERRED_CONTEXT

    def test_pictures_count(self):
        assert made(eyes=None, ram=8).context == 16384
        with pytest.raises(HelperError):
            made(ram=7.5)


class TestWithACard:
    def test_twelve_gigabytes_hold_everything(self):
        found = made(card(11))
        assert (found.gpu_layers, found.context, found.vision_on_gpu, found.reason) == (ALL, 16384, True, "")
        assert need(found, "CUDA0").needed < 9 * GB
        assert need(found, "RAM").needed < 1 * GB

    def test_eight_gigabytes_hold_most_of_it(self):
        found = made(card(7.5))
        assert found.vision_on_gpu
        assert 20 < found.gpu_layers < ALL
        assert f"{found.gpu_layers} of 41 layers fit" in found.reason
        assert found.context >= 8192
        assert need(found, "CUDA0").needed <= 7 * GB

    def test_a_small_card_is_better_than_none(self):
        found = made(card(3))
        assert 0 < found.gpu_layers < 20

    def test_a_tiny_card_is_not_used(self):
        found = made(card(0.6))
        assert (found.gpu_layers, found.vision_on_gpu) == (0, False)

    def test_two_cards_share(self):
        found = made(card(24), card(24, "CUDA1"), card(24, "CUDA2"), model=LARGE)
        assert found.gpu_layers == 47
        needed = [need(found, f"CUDA{number}").needed for number in range(3)]
        assert max(needed) < 23.5 * GB
        assert sum(needed) > 50 * GB

    def test_the_card_in_the_processor_takes_main_memory(self):
        shared = card(30, "Vulkan0", "igpu", shares_ram=True)
        assert made(shared).gpu_layers == ALL
        assert need(made(shared), "RAM").needed > 7.5 * GB
        with pytest.raises(HelperError):
            made(shared, ram=4)

    def test_the_card_in_the_processor_is_left_alone_if_there_is_another(self):
        found = made(card(30, "Vulkan1", "igpu", shares_ram=True), card(11))
        assert {one.place for one in found.needs} == {"CUDA0", "RAM"}

    def test_a_card_that_does_not_tell_its_memory_is_trusted(self):
        assert made(Device("Vulkan0", "Quiet", "gpu", 0, 0)).gpu_layers == ALL


class TestWhatTheUserChose:
    def test_layers(self):
        assert made(card(11), gpu_layers=7).gpu_layers == 7
        assert made(card(11), gpu_layers=0).gpu_layers == 0
        assert made(card(11), gpu_layers=999).gpu_layers == ALL
        assert made(gpu_layers=999).gpu_layers == 0, "without a card there is nothing to put them on"

    def test_a_context_is_rounded_as_llama_cpp_does(self):
        assert made(context=5000).context == 5120

    def test_a_long_context_costs_layers(self):
        found = made(card(11), context=131072)
        assert found.context == 131072
        assert found.gpu_layers < ALL

    def test_a_context_that_is_too_long_is_refused(self):
        with pytest.raises(HelperError, match="for 131072 tokens"):
            made(ram=10, context=131072)

    def test_vision_on_the_processor(self):
        found = made(card(30), vision_on_cpu=True)
        assert (found.gpu_layers, found.vision_on_gpu) == (ALL, False)
        assert need(found, "RAM").needed > 1.2 * GB

    def test_both_numbers_are_obeyed_even_if_they_seem_too_large(self):
        found = made(card(4), gpu_layers=ALL, context=16384)
        assert (found.gpu_layers, found.context, found.fits) == (ALL, 16384, False)
        assert "This may be too much" in found.reason
        assert made(card(11), gpu_layers=ALL, context=16384).fits


@given(
    sizes=st.lists(st.floats(0, 100), max_size=4),
    ram=st.floats(0, 200),
    context=st.sampled_from([0, 1, 4096, 100_000]),
    layers=st.integers(-1, 60),
    kind=st.sampled_from(["gpu", "igpu", "cpu", "accel"]),
)
def test_a_plan_that_fits_asks_for_no_more_than_there_is(sizes, ram, context, layers, kind):
    cards = [card(size, f"Card{number}", kind) for number, size in enumerate(sizes)]
    try:
        found = made(*cards, ram=ram, context=context, gpu_layers=layers)
    except HelperError:
        return
    assert 0 <= found.gpu_layers <= ALL
    assert found.context >= 256
    if found.fits:
        assert all(one.free is None or one.needed < one.free for one in found.needs)


class TestFitting:
    def test_a_tiny_model_on_this_machine(self):
        pair = tiny_pair()
        config = ModelConfig(str(pair.gguf), str(pair.mmproj), context=0, max_image_tokens=1500)
        changed, chosen = fitting.fitted(config, check_files(pair.gguf, pair.mmproj))
        assert chosen.fits
        assert changed.context == PREFERRED_CONTEXT
        assert changed.gguf == str(pair.gguf)
        assert changed.vision_on_cpu is not chosen.vision_on_gpu

    def test_not_enough_memory(self, monkeypatch):
        pair = tiny_pair(TinyModel(embedding=512, blocks=6, feed_forward=1536, vision_heads=8))
        monkeypatch.setattr(memory, "free_bytes", lambda: GB // 2)
        config = ModelConfig(str(pair.gguf), str(pair.mmproj), context=0, max_image_tokens=1500)
        with pytest.raises(HelperError, match=r"tiny-glm-4v.gguf needs about \d\.\d GB of memory .RAM."):
            fitting.fitted(config, check_files(pair.gguf, pair.mmproj))

    def test_the_choices_of_a_config_are_obeyed(self):
        pair = tiny_pair()
        config = ModelConfig(str(pair.gguf), "", context=512, max_image_tokens=1500, gpu_layers=0, vision_on_cpu=True)
        changed, _ = fitting.fitted(config, check_files(pair.gguf, None))
        assert changed == dataclasses.replace(config, context=512)
