"""Bad files through the real worker process: each gets its sentence, and the same process then loads a good one."""

from __future__ import annotations

import dataclasses
import shutil
import sys

import pytest

from desktop_helper.backends.local import worker as worker_module
from desktop_helper.backends.local.wire import ModelConfig
from desktop_helper.core.child import ChildProcess, child_argv
from desktop_helper.core.child_side import error_of
from tests.support.changed_gguf import changed, with_tensor_kind
from tests.support.tiny_gguf import TinyModel, tiny_pair


@pytest.fixture(scope="module")
def worker(tmp_path_factory):
    log = tmp_path_factory.mktemp("worker") / "local-model.log"
    with ChildProcess(child_argv(worker_module.__name__), log_file=log) as child:
        yield child


def load(child, gguf, mmproj=None, **more):
    """The frame that ends a `load`."""
    config = ModelConfig(str(gguf), str(mmproj or ""), context=1024, max_image_tokens=1500)
    model = dataclasses.asdict(dataclasses.replace(config, **more))
    child.send({"type": "load", "turn": 1, "language": "en", "model": model})
    while (frame := child.receive(60)).type in ("progress", "notice"):
        pass
    return frame


def _cut(folder, part, source=None):
    content = (source or tiny_pair().gguf).read_bytes()
    (folder / "cut.gguf").write_bytes(content[: int(part * len(content))])
    return folder / "cut.gguf"


def _part_missing(folder):
    first = changed(tiny_pair().gguf, folder / "big.gguf", tensors_per_part=10)
    (folder / "big-00002-of-00003.gguf").unlink()
    return first


BAD = {
    "a file that is not there": lambda folder: (folder / "gone.gguf", None, "gone.gguf does not exist"),
    "a file cut in its head": lambda folder: (_cut(folder, 0.001), None, "cut.gguf is incomplete"),
    "a file cut in its weights": lambda folder: (_cut(folder, 0.9), None, "cut.gguf is incomplete"),
    "a projector that was cut": lambda folder: (
        tiny_pair().gguf,
        _cut(folder, 0.9, tiny_pair().mmproj),
        "cut.gguf is incomplete",
    ),
    "a projector as model": lambda _: (tiny_pair().mmproj, None, "is a picture projector (mmproj), not a model"),
    "a model as projector": lambda _: (tiny_pair().gguf, tiny_pair().gguf, "is a model, not a picture projector"),
    "a projector of another model": lambda _: (
        tiny_pair().gguf,
        tiny_pair(TinyModel(embedding=256)).mmproj,
        "belongs to another model than tiny-glm-4v.gguf (width 256, not 128)",
    ),
    "no M-RoPE": lambda _: (
        tiny_pair(TinyModel(mrope=False)).gguf,
        tiny_pair(TinyModel(mrope=False)).mmproj,
        "no M-RoPE",
    ),
    "a missing part": lambda folder: (
        _part_missing(folder),
        None,
        "has 3 parts, and big-00002-of-00003.gguf is missing",
    ),
    "an unknown kind": lambda folder: (
        changed(tiny_pair().gguf, folder / "m.gguf", architecture="glm9000"),
        None,
        "“glm9000”",
    ),
    "an unknown number format": lambda folder: (
        with_tensor_kind(tiny_pair().gguf, folder / "m.gguf", "blk.0.ffn_up.weight", 99),
        None,
        "format (number 99)",
    ),
    "a number of layers that cannot be": lambda folder: (
        changed(tiny_pair().gguf, folder / "m.gguf", values={"glm4.block_count": 2**32 - 1}),
        None,
        "m.gguf is damaged",
    ),
    "a patch size of zero": lambda folder: (
        tiny_pair().gguf,
        changed(tiny_pair().mmproj, folder / "p.gguf", values={"clip.vision.patch_size": 0}),
        "p.gguf is damaged",
    ),
    "a projector without its first layer": lambda folder: (
        tiny_pair().gguf,
        changed(tiny_pair().mmproj, folder / "p.gguf", without_tensors=["v.patch_embd.weight"]),
        "p.gguf is damaged",
    ),
    "a projector whose numbers have other types": lambda folder: (
        tiny_pair().gguf,
        changed(tiny_pair().mmproj, folder / "p.gguf", values={"clip.vision.attention.layer_norm_epsilon": 1}),
        "p.gguf is damaged",
    ),
    "weights that do not belong to the kind": lambda folder: (
        changed(tiny_pair().gguf, folder / "m.gguf", without_tensors=["blk.1.attn_q.weight"]),
        None,
        "llama.cpp could not load m.gguf",
    ),
}


@pytest.mark.parametrize("fault", BAD)
def test_the_sentence_arrives_and_the_worker_lives(worker, tmp_path, fault):
    gguf, mmproj, sentence = BAD[fault](tmp_path)
    process = worker.pid
    error = error_of(load(worker, gguf, mmproj))
    assert error is not None
    assert sentence in error.message
    assert error.fix
    assert worker.alive
    assert worker.pid == process


def test_more_context_than_there_is_memory_for(worker):
    error = error_of(load(worker, tiny_pair().gguf, tiny_pair().mmproj, context=2_000_000_000))
    assert error is not None
    assert "tiny-glm-4v.gguf needs about " in error.message
    assert "for 2000000000 tokens, and " in error.message
    assert worker.alive


def test_a_model_in_parts_of_which_a_later_one_was_chosen(worker, tmp_path):
    changed(tiny_pair().gguf, tmp_path / "big.gguf", tensors_per_part=10)
    loaded = load(worker, tmp_path / "big-00003-of-00003.gguf", tiny_pair().mmproj)
    assert loaded.type == "loaded"


@pytest.mark.skipif(sys.platform != "linux", reason="file names that are no text")
def test_files_whose_names_are_no_text(worker, tmp_path):
    pair, copies = tiny_pair(), (tmp_path / "m\udcff.gguf", tmp_path / "p\udcff.gguf")
    for source, copy in zip((pair.gguf, pair.mmproj), copies, strict=True):
        shutil.copyfile(source, copy)
    assert load(worker, *copies).type == "loaded"


def test_after_all_that_it_still_loads_a_good_one(worker):
    good = load(worker, tiny_pair().gguf, tiny_pair().mmproj)
    assert good.type == "loaded"
    assert good.header["vision"] is True
