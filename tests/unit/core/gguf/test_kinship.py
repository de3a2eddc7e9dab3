"""Projectors of the right width that were made for another model raise a doubt; those that people publish do not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.gguf.guards import check_files
from desktop_helper.core.gguf.header import GgufHeader, Value
from desktop_helper.core.gguf.kinship import doubt
from tests.support.changed_gguf import changed
from tests.support.model_heads import GLM_9B, GLM_9B_PROJECTOR, MIXTURE, file, head
from tests.support.tiny_gguf import TinyModel, tiny_pair


def named(header: GgufHeader, name: str = "", *parents: str, **more: Value) -> GgufHeader:
    """`header` with the names that a converter writes."""
    values: dict[str, Value] = {**header.values, **{f"general.{key}": value for key, value in more.items()}}
    if name:
        values["general.name"] = name
    if parents:
        values["general.base_model.count"] = len(parents)
        values.update({f"general.base_model.{number}.name": parent for number, parent in enumerate(parents)})
    return replace(header, values=values)


def said(model: GgufHeader, projector: GgufHeader) -> str:
    return doubt(file(projector, "mmproj-F16.gguf"), file(model, "model.gguf"))


MODEL, EYES = head("qwen3vl", {}, {}), head("clip", {}, {})


def of_names(model: str, projector: str) -> str:
    return said(named(MODEL, model), named(EYES, projector))


# As publishers name them (unsloth, ggml-org, bartowski, lmstudio-community, mradermacher, finetuners).
PUBLISHED = [
    ("Glm-4.6V-Flash", "Glm-4.6V-Flash"),
    ("GLM 4.6V Flash", "GLM 4.6V Flash"),
    ("zai-org/GLM-4.6V-Flash", "GLM 4.6V Flash"),
    ("GLM-4.6V-Flash-Q4_K_M", "Glm-4.6V"),
    ("GLM 4.1V 9B Thinking", "GLM-4.1V-9B-Thinking"),
    ("Glm-4.5V", "GLM 4.5V"),
    ("Huihui GLM 4.6V Flash Abliterated", "GLM 4.6V Flash"),
    ("Qwen3-Vl-30B-A3B-Instruct", "Qwen3-Vl-30B-A3B-Instruct"),
    ("Qwen3-VL-8B-Thinking", "Qwen3 VL 8B Instruct"),
    ("Qwen2.5-VL-7B-Instruct", "Qwen2.5-Vl-7B-Instruct"),
    ("Qwen2 VL 7B Instruct", "Qwen2-VL-7B"),
    ("Qwen3.5-2B", "Qwen3.5-2B"),
    ("Qwen3.6-27B-UD-Q4_K_XL", "Qwen3.6-27B"),
    ("gemma-4-26B-A4B-it", "Gemma 4 26B A4B It"),
    ("Gemma 3n E4B it", "gemma-3n-E4B-it"),
    ("gemma-3-12b-it-qat", "Gemma 3 12b It"),
    ("Athena v2.1 12B", "Gemma 3 12b It"),
    ("SmolVLM 500M Instruct", "SmolVLM-500M-Instruct"),
    ("SmolVLM2-2.2B-Instruct", "SmolVLM2 2.2B Instruct"),
    ("InternVL3_5-8B", "InternVL3.5 8B"),
    ("MiniCPM-V-2_6", "MiniCPM V 2.6"),
    ("LFM2 VL 1.6B", "LFM2-VL-1.6B"),
    ("e6e9a1c53a77d19bb0b4a4c4b3a2b8ee26e1a3f7", "GLM 4.6V Flash"),
    ("model", "model"),
    ("", "GLM 4.6V Flash"),
    ("GLM 4.6V Flash", ""),
]


@pytest.mark.parametrize(("model", "projector"), PUBLISHED)
def test_what_people_publish_raises_no_doubt(model, projector):
    assert of_names(model, projector) == ""


@pytest.mark.parametrize(
    ("model", "projector"),
    [
        ("GLM 4.6V Flash", "GLM-4.1V-9B-Thinking"),
        ("GLM-4.1V-9B-Thinking", "Glm-4.6V-Flash"),
        ("GLM 4.6V", "Glm-4.5V"),
        ("Qwen2.5-VL-7B-Instruct", "Qwen3 VL 8B Instruct"),
        ("Qwen3.6-27B", "Qwen3.5-27B"),
        ("gemma-3-12b-it", "Gemma 4 12B It"),
        ("Qwen3-VL-4B-Instruct", "Qwen3-VL-8B-Instruct"),
    ],
)
def test_another_version_or_size_is_told_with_both_names(model, projector):
    sentence = of_names(model, projector)
    assert "mmproj-F16.gguf seems to belong to" in sentence
    assert model in sentence
    assert projector in sentence


def test_what_a_model_was_made_from_counts_as_well():
    tune = named(MODEL, "Wonderful 8B v3", "GLM 4.6V Flash")
    assert said(tune, named(EYES, "GLM 4.6V Flash")) == ""
    assert "belong to GLM 4.1V 9B, not to GLM 4.6V Flash" in said(tune, named(EYES, "GLM 4.1V 9B"))
    assert said(named(MODEL, "Merge", "Qwen3 8B", "GLM 4.6V"), named(EYES, "Qwen3-VL-8B")) == ""


def test_the_label_of_the_size_says_nothing():
    """In a projector's file it is the projector's own."""
    model, projector = named(MODEL, "Glm-4.6V-Flash", size_label="9.4B"), named(EYES, "Glm-4.6V-Flash", size_label="1B")
    assert said(model, projector) == ""


def with_merger(width: int) -> GgufHeader:
    """A GLM's projector whose merger is so wide."""
    tensors = [replace(one, shape=(4096, width)) if one.name == "mm.up.weight" else one for one in _TENSORS]
    return replace(GLM_9B_PROJECTOR, tensors=tuple(tensors), values={**GLM_9B_PROJECTOR.values, **_IS_GLM})


_TENSORS = GLM_9B_PROJECTOR.tensors
_IS_GLM: dict[str, Value] = {"clip.projector_type": "glm4v"}


@pytest.mark.parametrize(
    ("model", "width", "doubtful"),
    [
        (GLM_9B, 13_696, False),
        (GLM_9B, 10_944, True),
        (MIXTURE, 10_944, False),
        (MIXTURE, 13_696, True),
        (GLM_9B, 12_288, False),  # one that we do not know
        (MODEL, 13_696, False),
    ],
)
def test_flash_and_the_106b_are_told_apart_without_names(model, width, doubtful):
    sentence = said(model, with_merger(width))
    assert ("another GLM than model.gguf" in sentence) is doubtful
    assert bool(sentence) is doubtful


WORDS = ["glm", "GLM", "qwen", "gemma", "flash", "vl", "v", "4.6", "4", "3", "9B", "8b", "Q4_K_M", "it"]
NAMES = st.builds(str.join, st.sampled_from([" ", "-", "_", ""]), st.lists(st.sampled_from(WORDS), max_size=6))
VALUES = st.none() | st.integers() | st.text() | st.lists(st.integers())
KEYS = st.sampled_from(["name", "basename", "base_model.count", "base_model.0.name"])


@given(NAMES, st.lists(NAMES, max_size=3))
def test_a_name_never_contradicts_itself(name, parents):
    """However it is written."""
    for spelled in (name, name.upper(), name.replace("-", " "), name.replace(" ", "_")):
        assert said(named(MODEL, name, *parents), named(EYES, spelled, *parents)) == ""


@given(st.dictionaries(KEYS, VALUES))
def test_names_of_any_type_and_any_letters_end_in_one_line(values):
    """The file is anybody's."""
    projector = named(EYES, **values)
    assert said(named(MODEL, "GLM 4.6V"), projector).isprintable()
    assert said(projector, named(MODEL, "GLM 4.6V")).isprintable()


def test_what_is_told_is_short_and_harmless():
    sentence = of_names("GLM 4.6V", "GLM 4.1V\n\u202e\x1b[2J" + "x" * 500)
    assert sentence.isprintable()
    assert len(sentence) < 250


def test_real_files(tmp_path):
    pair = tiny_pair()
    model = changed(pair.gguf, tmp_path / "model.gguf", values={"general.name": "GLM 4.6V Flash"})
    eyes = changed(pair.mmproj, tmp_path / "mmproj.gguf", values={"general.name": "GLM 4.1V 9B Thinking"})
    assert (
        "mmproj.gguf seems to belong to GLM 4.1V 9B Thinking, not to GLM 4.6V Flash" in check_files(model, eyes).doubt
    )
    assert check_files(model, pair.mmproj).doubt == ""
    assert check_files(pair.gguf, pair.mmproj).doubt == ""


def test_a_real_file_with_the_merger_of_the_106b(tmp_path):
    wide = tiny_pair(TinyModel(embedding=64, vision_heads=1, vision_blocks=1, merger=10_944))
    model = changed(
        tiny_pair(TinyModel(embedding=64)).gguf, tmp_path / "model.gguf", values={"glm4.feed_forward_length": 13_696}
    )
    assert "another GLM than model.gguf" in check_files(model, wide.mmproj).doubt
