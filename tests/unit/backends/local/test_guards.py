"""Files that llama.cpp cannot use are refused with one sentence before it sees them."""

from __future__ import annotations

import pytest

from desktop_helper.backends.local.guards import check_files
from desktop_helper.core.errors import ErrorKind, HelperError
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
    check_files(tiny_pair().gguf, tiny_pair().mmproj)
    check_files(tiny_pair().gguf, None)


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
