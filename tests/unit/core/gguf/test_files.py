"""Models in several files: all are found from any of them, and what is wrong with one is said by its name."""

from __future__ import annotations

import shutil

import pytest

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.gguf.files import open_gguf
from tests.support.changed_gguf import changed
from tests.support.tiny_gguf import TinyModel, tiny_pair


@pytest.fixture
def parts(tmp_path):
    first = changed(tiny_pair().gguf, tmp_path / "big.gguf", tensors_per_part=10)
    found = sorted(first.parent.glob("big-*.gguf"))
    assert [part.name for part in found] == [f"big-{number:05}-of-00003.gguf" for number in (1, 2, 3)]
    return found


def refusal(path):
    with pytest.raises(HelperError) as caught:
        open_gguf(path)
    assert caught.value.fix
    return caught.value


@pytest.mark.parametrize("chosen", [0, 1, 2])
def test_any_part_leads_to_the_first_and_to_all_tensors(parts, chosen):
    file = open_gguf(parts[chosen])
    assert file.path == parts[0]
    assert file.parts == tuple(parts)
    whole = open_gguf(tiny_pair().gguf)
    assert {tensor.name for tensor in file.header.tensors} == {tensor.name for tensor in whole.header.tensors}
    assert file.header.weights == whole.header.weights
    assert file.header.architecture == "glm4"


def test_one_file_is_its_own_only_part():
    file = open_gguf(tiny_pair().gguf)
    assert file.parts == (file.path,)


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_a_part_is_missing(parts, gone):
    parts[gone].unlink()
    error = refusal(parts[(gone + 1) % 3])
    assert f"has 3 parts, and {parts[gone].name} is missing" in str(error)
    assert str(parts[gone].parent) in error.fix


def test_a_part_was_cut(parts):
    parts[1].write_bytes(parts[1].read_bytes()[:-4000])
    assert f"{parts[1].name} is incomplete" in str(refusal(parts[0]))


def test_a_part_is_something_else(parts):
    parts[2].write_bytes(b"<html>not found</html>")
    assert f"{parts[2].name} is not a GGUF file" in str(refusal(parts[0]))


def test_a_part_of_another_model(parts, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    changed(tiny_pair(TinyModel(blocks=4)).gguf, other / "big.gguf", tensors_per_part=20)
    foreign = sorted(other.glob("big-*.gguf"))[1]
    shutil.copy(foreign, parts[1])
    error = refusal(parts[0])
    assert error.kind is ErrorKind.MODEL
    assert f"{parts[1].name} does not belong to the same model as {parts[0].name}" in str(error)


def test_two_parts_were_exchanged(parts):
    content = parts[1].read_bytes()
    parts[1].write_bytes(parts[2].read_bytes())
    parts[2].write_bytes(content)
    assert f"{parts[1].name} does not belong" in str(refusal(parts[0]))


def test_a_part_that_was_renamed(parts):
    renamed = parts[0].rename(parts[0].with_name("my model.gguf"))
    error = refusal(renamed)
    assert "is one of 3 parts of a model, but its name no longer says which" in str(error)
    assert "-00001-of-00003.gguf" in error.fix


def test_a_part_that_is_a_folder(parts):
    parts[1].unlink()
    parts[1].mkdir()
    assert parts[1].name in str(refusal(parts[0]))


def test_a_part_whose_number_has_an_odd_type(parts):
    """llama.cpp would end the process."""
    content = bytearray(parts[1].read_bytes())
    at = content.index(b"split.no") + len(b"split.no")
    assert content[at] == 2, "16 bits"
    content[at] = 3
    parts[1].write_bytes(content)
    assert f"{parts[1].name} does not belong" in str(refusal(parts[0]))
