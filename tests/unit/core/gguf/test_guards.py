"""Files that llama.cpp cannot use are refused with one sentence before it sees them."""

from __future__ import annotations

import gguf
import pytest

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.gguf.architectures import is_known
from desktop_helper.core.gguf.guards import check_files
from tests.support.changed_gguf import changed, with_tensor_kind
from tests.support.tiny_gguf import TinyModel, tiny_pair


def refusal(gguf, mmproj=None):
    with pytest.raises(HelperError) as caught:
        check_files(gguf, mmproj)
    assert caught.value.fix
    return caught.value


@pytest.fixture
def bad(tmp_path):
    def write(content):
        path = tmp_path / "bad.gguf"
        path.write_bytes(content)
        return path

    return write


def test_a_good_pair_and_a_model_alone():
    files = check_files(tiny_pair().gguf, tiny_pair().mmproj)
    assert files.model.path == tiny_pair().gguf
    assert files.projector.path == tiny_pair().mmproj
    assert check_files(tiny_pair().gguf, None).projector is None


def test_a_missing_model(tmp_path):
    error = refusal(tmp_path / "gone.gguf")
    assert "gone.gguf does not exist" in str(error)
    assert error.kind is ErrorKind.CONFIG


def test_a_missing_projector(tmp_path):
    assert "gone.gguf does not exist" in str(refusal(tiny_pair().gguf, tmp_path / "gone.gguf"))


def test_a_folder(tmp_path):
    assert "cannot be read" in str(refusal(tmp_path))


def test_an_empty_file(bad):
    assert "is empty" in str(refusal(bad(b"")))


@pytest.mark.parametrize("content", [b"PK\x03\x04" * 50, b"GGUF" + b"\xff" * 100, b"<html>404</html>"])
def test_a_file_of_another_kind(bad, content):
    error = refusal(bad(content))
    assert "is not a GGUF file" in str(error)
    assert error.kind is ErrorKind.MODEL


@pytest.mark.parametrize("part", [0.0001, 0.01, 0.5, 0.9])
def test_a_file_that_was_cut(bad, part):
    content = tiny_pair().gguf.read_bytes()
    assert "is incomplete" in str(refusal(bad(content[: int(part * len(content))])))


def test_a_projector_that_was_cut(bad):
    assert "is incomplete" in str(refusal(tiny_pair().gguf, bad(tiny_pair().mmproj.read_bytes()[:1_000_000])))


def test_a_projector_in_the_place_of_the_model():
    assert "is a picture projector (mmproj), not a model" in str(refusal(tiny_pair().mmproj, tiny_pair().mmproj))


def test_a_model_in_the_place_of_the_projector():
    assert "is a model, not a picture projector" in str(refusal(tiny_pair().gguf, tiny_pair().gguf))


def test_a_model_without_m_rope_is_refused_only_with_pictures():
    old = tiny_pair(TinyModel(mrope=False))
    assert "M-RoPE" in str(refusal(old.gguf, old.mmproj))
    check_files(old.gguf, None)


@pytest.mark.parametrize("sections", [[0, 6, 6, 0], [4, 0, 0, 0]])
def test_m_rope_that_llama_cpp_takes_for_none(tmp_path, sections):
    odd = changed(tiny_pair().gguf, tmp_path / "odd.gguf", values={"glm4.rope.dimension_sections": sections})
    assert "M-RoPE" in str(refusal(odd, tiny_pair().mmproj))


def test_the_projector_of_another_model():
    wide = tiny_pair(TinyModel(embedding=256))
    error = refusal(tiny_pair().gguf, wide.mmproj)
    assert error.kind is ErrorKind.CONFIG
    for said in (wide.mmproj.name, tiny_pair().gguf.name, "width 256, not 128", "published with this model"):
        assert said in str(error)


def test_a_projector_whose_rule_we_do_not_know_is_left_to_libmtmd(tmp_path):
    wide = tiny_pair(TinyModel(embedding=256)).mmproj
    other = changed(wide, tmp_path / "mmproj.gguf", values={"clip.projector_type": "gemma3"})
    check_files(tiny_pair().gguf, other)


def test_a_projector_for_sounds(tmp_path):
    ears = changed(tiny_pair().mmproj, tmp_path / "mmproj.gguf", values={"clip.has_vision_encoder": False})
    assert "mmproj.gguf reads no pictures" in str(refusal(tiny_pair().gguf, ears))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("patch_size", 0),
        ("patch_size", 7),
        ("attention.head_count", 0),
        ("attention.head_count", 3),
        ("block_count", 0),
        ("block_count", 9),
        ("embedding_length", 64),
        ("attention.layer_norm_epsilon", 1),
    ],
)
def test_a_projector_with_numbers_over_which_libmtmd_ends_the_process(tmp_path, key, value):
    bad = changed(tiny_pair().mmproj, tmp_path / "mmproj.gguf", values={f"clip.vision.{key}": value})
    assert "mmproj.gguf is damaged" in str(refusal(tiny_pair().gguf, bad))


@pytest.mark.parametrize("name", ["v.patch_embd.weight", "v.patch_embd.bias", "v.blk.1.attn_qkv.weight"])
def test_a_projector_without_tensors_that_libmtmd_takes_for_granted(tmp_path, name):
    bad = changed(tiny_pair().mmproj, tmp_path / "mmproj.gguf", without_tensors=[name])
    assert "mmproj.gguf is damaged" in str(refusal(tiny_pair().gguf, bad))


def test_a_model_of_an_unknown_kind(tmp_path):
    error = refusal(changed(tiny_pair().gguf, tmp_path / "model.gguf", architecture="glm9000"))
    assert "is of a kind (“glm9000”) that this version of llama.cpp does not know" in str(error)


def test_every_kind_that_the_installed_llama_cpp_should_know_is_known():
    # The converter's package knows nearly the same; a few never came to, or left, the library.
    names = {str(name) for name in gguf.MODEL_ARCH_NAMES.values()}
    unknown = {name for name in names if not is_known(name)}
    assert {"glm4", "glm4moe", "qwen2vl", "qwen3vl", "gemma3", "llama", "clip"}.isdisjoint(unknown)
    assert len(unknown) < len(names) / 10, unknown


@pytest.mark.parametrize("kind", ["adapter", "imatrix"])
def test_what_belongs_to_a_model(tmp_path, kind):
    addition = changed(tiny_pair().gguf, tmp_path / "lora.gguf", values={"general.type": kind})
    assert f"lora.gguf is not a model but an addition to one ({kind})" in str(refusal(addition))


def test_a_model_without_weights(tmp_path):
    names = [tensor.name for tensor in check_files(tiny_pair().gguf, None).model.header.tensors]
    empty = changed(tiny_pair().gguf, tmp_path / "empty.gguf", without_tensors=names)
    assert "empty.gguf holds no weights" in str(refusal(empty))


@pytest.mark.parametrize("key", ["embedding_length", "block_count", "context_length"])
def test_a_model_without_its_sizes(tmp_path, key):
    assert "is damaged" in str(refusal(changed(tiny_pair().gguf, tmp_path / "m.gguf", drop=[f"glm4.{key}"])))


@pytest.mark.parametrize("blocks", [0, 513, 2**32 - 1])
def test_a_number_of_layers_that_cannot_be(tmp_path, blocks):
    odd = changed(tiny_pair().gguf, tmp_path / "m.gguf", values={"glm4.block_count": blocks})
    assert "m.gguf is damaged" in str(refusal(odd))


@pytest.mark.parametrize("kind", [4, 31, 43, 4_000_000_000])
def test_weights_in_an_unknown_format(tmp_path, kind):
    odd = with_tensor_kind(tiny_pair().gguf, tmp_path / "odd.gguf", "blk.0.ffn_up.weight", kind)
    error = refusal(odd)
    assert f"format (number {kind}) that this version of llama.cpp does not know" in str(error)
    odd = with_tensor_kind(tiny_pair().mmproj, tmp_path / "odd.gguf", "mm.up.weight", kind)
    assert f"number {kind}" in str(refusal(tiny_pair().gguf, odd))
