"""The head of GGUF files: real ones are understood, and nonsense is refused quickly."""

from __future__ import annotations

import contextlib
import os
import struct
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_helper.backends.local.fit import Wanted, plan
from desktop_helper.core.errors import HelperError
from desktop_helper.core.gguf.guards import check_files
from desktop_helper.core.gguf.header import MAGIC, NotGguf, read_header
from tests.support.tiny_gguf import tiny_pair

ANY_FILE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "model.gguf"


def test_a_model(tmp_path):
    header = read_header(tiny_pair().gguf)
    assert header.architecture == "glm4"
    assert header.values["glm4.rope.dimension_sections"] == [4, 6, 6, 0]
    assert header.values["tokenizer.ggml.tokens"] is None, "vocabularies are not kept"
    assert header.values["tokenizer.ggml.add_bos_token"] is False
    assert header.values["glm4.attention.layer_norm_rms_epsilon"] == pytest.approx(1e-5)
    size = tiny_pair().gguf.stat().st_size
    assert size * 0.9 < header.needed_bytes <= size


def test_a_projector():
    header = read_header(tiny_pair().mmproj)
    assert header.architecture == "clip"
    assert header.values["clip.projector_type"] == "glm4v"
    assert len(header.tensors) > 20
    assert header.tensor("mm.down.weight").shape == (256, 128)
    assert header.tensor("nothing") is None


def test_what_the_estimate_of_memory_needs():
    header = read_header(tiny_pair().gguf)
    assert header.of_model("block_count") == 2
    assert header.of_model("attention.head_count_kv") == 1
    assert header.of_model("no_such_key", 7) == 7
    assert header.text("general.name") == "Tiny GLM-4V"
    assert {tensor.layer for tensor in header.tensors} == {None, 0, 1}
    up = header.tensor("blk.1.ffn_up.weight")
    assert (up.shape, up.kind, up.size) == ((128, 512), 0, 128 * 512 * 4)
    assert 0 <= header.needed_bytes - header.weights < 20_000
    assert header.unknown_kinds == ()


@ANY_FILE
@given(data=st.binary(max_size=400), magic=st.booleans())
def test_garbage(file, data, magic):
    file.write_bytes((MAGIC if magic else b"") + data)
    with pytest.raises((NotGguf, ValueError) if not data and not magic else NotGguf):
        read_header(file)


@ANY_FILE
@given(st.data())
def test_a_model_with_broken_bytes(file, data):
    content = bytearray(tiny_pair().gguf.read_bytes()[:20_000])
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(4, 3000))] = data.draw(st.integers(0, 255))
    file.write_bytes(content)
    try:
        header = read_header(file)
    except NotGguf:
        return
    assert header.needed_bytes > 0


@pytest.fixture(scope="module")
def heads():
    """The heads of the model and of its projector, with a little of the data behind them."""
    pair = tiny_pair()
    return [path.read_bytes()[:14_000] for path in (pair.gguf, pair.mmproj)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=400, deadline=500)
@given(st.data())
def test_any_damage_ends_in_a_sentence_or_in_a_plan(file, heads, data):
    """Bytes changed, cut out and put in anywhere; the rest of the file is there, so that truncation hides nothing."""
    which = data.draw(st.integers(0, 1))
    content = bytearray(heads[which])
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(4, len(content) - 1))
        match data.draw(st.sampled_from(["byte", "word", "cut", "insert"])):
            case "byte":
                content[place] = data.draw(st.integers(0, 255))
            case "word":
                word = data.draw(st.sampled_from([0, 1, 2**31, 2**32 - 1, 2**62, 2**63, 2**64 - 1]))
                content[place : place + 8] = struct.pack("<Q", word)
            case "cut":
                del content[place : place + data.draw(st.integers(1, 64))]
            case "insert":
                content[place:place] = data.draw(st.binary(max_size=64))
    with file.open("wb") as written:
        written.write(content)
        written.truncate(8_000_000)  # a hole: costs nothing
    pair = tiny_pair()
    gguf, mmproj = (file, pair.mmproj) if which == 0 else (pair.gguf, file)
    try:
        files = check_files(gguf, mmproj)
        plan(files.model, files.projector, [], 1 << 36, Wanted())
    except HelperError:
        pass


@ANY_FILE
@given(st.floats(0, 1, exclude_max=True))
def test_a_model_that_ends_too_early(file, part):
    content = tiny_pair().gguf.read_bytes()
    file.write_bytes(content[: max(8, int(part * 0.9 * len(content)))])
    try:
        complete = read_header(file).needed_bytes <= file.stat().st_size
    except NotGguf as error:
        complete = not error.truncated
    assert not complete


@pytest.mark.parametrize(
    "content",
    [
        struct.pack("<IQQ", 1, 0, 0),
        struct.pack(">IQQ", 3, 0, 0),
        struct.pack("<IQQ", 3, 2**62, 0),
        struct.pack("<IQQ", 3, 0, 2**62),
        struct.pack("<IQQQ", 3, 0, 1, 2**63),
        struct.pack("<IQQQ1sI", 3, 0, 1, 1, b"k", 99),
        struct.pack("<IQQQ1sIIQ", 3, 0, 1, 1, b"k", 9, 8, 2**60),
        struct.pack("<IQQQ1sI", 3, 0, 1, 1, b"k", 9) + struct.pack("<IQ", 9, 1) * 50,
        struct.pack("<IQQQ17sII", 3, 0, 1, 17, b"general.alignment", 4, 0),
    ],
)
def test_lengths_and_types_that_lie(file, content):
    file.write_bytes(MAGIC + content + bytes(64))
    with pytest.raises(NotGguf):
        read_header(file)


def lists(count, of, tail=b""):
    """A head with `count` texts or numbers in one list, of which `tail` is all there is."""
    return MAGIC + struct.pack("<IQQQ1sIIQ", 3, 0, 1, 1, b"k", 9, of, count) + tail


@pytest.mark.parametrize("length", [0, 3, 700])
@pytest.mark.parametrize("count", [255, 256, 257, 1000, 30_000])
def test_long_lists_are_passed_over_to_their_very_end(file, count, length):
    """Blocks are read at once, and texts lie across their borders."""
    file.write_bytes(lists(count, 8, (struct.pack("<Q", length) + b"x" * length) * count))
    header = read_header(file)
    assert (header.values["k"] is None) == (count > 256)
    assert header.needed_bytes == file.stat().st_size
    with file.open("r+b") as cut:
        cut.truncate(header.needed_bytes - 1)
    with pytest.raises(NotGguf) as caught:
        read_header(file)
    assert caught.value.truncated


@settings(deadline=2000, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([8, 4]), st.integers(1, 2**33))
def test_a_list_of_billions_costs_no_time(file, of, count):
    """The file is long enough for it: a hole, which costs nothing."""
    with file.open("wb") as written:
        written.write(lists(count, of))
        written.truncate(8 * count + 1000)
    began = time.process_time()
    with contextlib.suppress(NotGguf):
        read_header(file)
    assert time.process_time() - began < 8  # ten million texts take about one second; billions would take minutes


def test_a_file_that_shrinks_while_it_is_read(file, monkeypatch):
    """As a download that is begun anew: no signal, as reading mapped memory would bring, but a sentence."""
    content = tiny_pair().gguf.read_bytes()
    file.write_bytes(content)
    real = os.fstat

    def shrunk(descriptor):
        before = real(descriptor)
        os.truncate(file, 3000)
        return before

    monkeypatch.setattr(os, "fstat", shrunk)
    with pytest.raises(NotGguf) as caught:
        read_header(file)
    assert caught.value.truncated
