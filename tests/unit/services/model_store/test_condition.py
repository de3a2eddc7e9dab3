"""What the list says of a model is what a question would: incomplete, foreign, in parts, with another's projector."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop_helper.backends.local.wire import ModelConfig
from desktop_helper.backends.local.worker import checked
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.gguf import guards
from desktop_helper.core.gguf.files import open_gguf
from desktop_helper.services.model_store.condition import condition
from desktop_helper.services.model_store.own_files import sight_beside
from tests.support.changed_gguf import changed, with_tensor_kind
from tests.support.tiny_gguf import TinyModel, tiny_pair


def cut(source: Path, target: Path) -> Path:
    content = source.read_bytes()
    target.write_bytes(content[: len(content) * 9 // 10])
    return target


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def part_missing(folder: Path) -> Path:
    first = changed(tiny_pair().gguf, folder / "big.gguf", tensors_per_part=10)
    (folder / "big-00002-of-00003.gguf").unlink()
    return first


Made = tuple[Path, Path | None, str]
GOOD, EYES = tiny_pair().gguf, tiny_pair().mmproj
BAD: dict[str, Callable[[Path], Made]] = {
    "truncated": lambda folder: (cut(GOOD, folder / "m.gguf"), None, "m.gguf is incomplete"),
    "truncated in its head": lambda folder: (
        write(folder / "m.gguf", GOOD.read_bytes()[:2000]),
        None,
        "m.gguf is incomplete",
    ),
    "truncated projector": lambda folder: (GOOD, cut(EYES, folder / "p.gguf"), "p.gguf is incomplete"),
    "a part missing": lambda folder: (part_missing(folder), None, "big-00002-of-00003.gguf is missing"),
    "foreign": lambda folder: (write(folder / "m.gguf", b"PK\x03\x04" * 99), None, "m.gguf is not a GGUF file"),
    "empty": lambda folder: (write(folder / "m.gguf", b""), None, "m.gguf is empty"),
    "of a kind nobody knows": lambda folder: (
        changed(GOOD, folder / "m.gguf", architecture="flux"),
        None,
        "m.gguf is of a kind (“flux”)",
    ),
    "in a format nobody knows": lambda folder: (
        with_tensor_kind(GOOD, folder / "m.gguf", "blk.0.ffn_up.weight", 99),
        None,
        "format (number 99)",
    ),
    "an addition": lambda folder: (
        changed(GOOD, folder / "m.gguf", values={"general.type": "adapter"}),
        None,
        "m.gguf is not a model",
    ),
    "a wider projector": lambda _: (GOOD, tiny_pair(TinyModel(embedding=256)).mmproj, "width 256, not 128"),
    "a projector as model": lambda _: (EYES, None, "is a picture projector (mmproj), not a model"),
    "a model as projector": lambda _: (GOOD, GOOD, "is a model, not a picture projector"),
    "no M-RoPE": lambda _: (*_pair(TinyModel(mrope=False)), "no M-RoPE"),
}


def _pair(model: TinyModel) -> tuple[Path, Path]:
    pair = tiny_pair(model)
    return pair.gguf, pair.mmproj


@pytest.mark.parametrize("fault", BAD)
def test_it_is_not_added_and_the_worker_says_the_same(desk, tmp_path, fault) -> None:
    gguf, mmproj, sentence = BAD[fault](tmp_path)
    with pytest.raises(HelperError) as caught:
        desk.store.add(gguf, mmproj, name="bad")
    assert sentence in caught.value.message
    assert caught.value.fix
    assert not desk.store.installed()
    assert not (desk.folder / "bad").exists()
    with pytest.raises(HelperError) as asked:
        checked(ModelConfig(str(gguf), str(mmproj or ""), context=1024, max_image_tokens=1500))
    assert (asked.value.message, asked.value.fix) == (caught.value.message, caught.value.fix)


def test_a_model_that_was_spoiled_after_it_was_added(desk, tmp_path) -> None:
    gguf = Path(shutil.copy(GOOD, tmp_path / "own.gguf"))
    model = desk.store.add(gguf, EYES)
    assert condition(model).fault is None
    assert condition(model).doubt == ""
    cut(GOOD, gguf)
    fault = condition(desk.store.get("own")).fault
    assert fault is not None
    assert fault.message == "own.gguf is incomplete."
    shutil.copy(GOOD, gguf)
    assert condition(desk.store.get("own")).fault is None
    gguf.unlink()
    fault = condition(desk.store.get("own")).fault
    assert fault is not None
    assert "does not exist" in fault.message


def test_a_part_that_went_away(desk, tmp_path) -> None:
    first = changed(GOOD, tmp_path / "big.gguf", tensors_per_part=10)
    model = desk.store.add(first)
    assert len(model.files) == 3
    (tmp_path / "big-00003-of-00003.gguf").unlink()
    fault = condition(desk.store.get(model.id)).fault
    assert fault is not None
    assert "big-00003-of-00003.gguf is missing" in fault.message


def test_another_glms_projector_is_taken_and_doubted(desk, tmp_path) -> None:
    model = changed(GOOD, tmp_path / "model.gguf", values={"general.name": "GLM 4.6V Flash"})
    eyes = changed(EYES, tmp_path / "mmproj.gguf", values={"general.name": "GLM 4.1V 9B Thinking"})
    state = condition(desk.store.add(model, eyes))
    assert state.fault is None
    assert "seems to belong to GLM 4.1V 9B Thinking" in state.doubt
    _, notice = checked(ModelConfig(str(model), str(eyes), context=1024, max_image_tokens=1500))
    assert state.doubt in notice, "the first answer says it, too"


def test_files_are_read_again_only_if_they_changed(desk, tmp_path, monkeypatch) -> None:
    model = desk.store.add(Path(shutil.copy(GOOD, tmp_path / "own.gguf")))
    opened: list[Path] = []
    monkeypatch.setattr(guards, "open_gguf", lambda path: opened.append(path) or open_gguf(path))
    for _ in range(3):
        condition(model)
    assert len(opened) == 1


def test_a_file_that_may_be_read_now_is_read_again(desk, tmp_path, monkeypatch) -> None:
    model = desk.store.add(Path(shutil.copy(GOOD, tmp_path / "own.gguf")))

    def refuse(path):
        raise HelperError(ErrorKind.CONFIG, "Permission denied.")

    with monkeypatch.context() as patched:
        patched.setattr(guards, "open_gguf", refuse)
        os.utime(model.gguf)
        assert condition(model).fault is not None
    os.chmod(model.gguf, 0o600)  # as one is told to
    assert condition(model).fault is None


def test_the_projector_beside_a_model_is_taken_only_if_it_fits(tmp_path) -> None:
    gguf = Path(shutil.copy(GOOD, tmp_path / "model.gguf"))
    assert sight_beside(gguf) is None
    shutil.copy(tiny_pair(TinyModel(embedding=256)).mmproj, tmp_path / "mmproj-other.gguf")
    cut(EYES, tmp_path / "mmproj-half.gguf")
    assert sight_beside(gguf) is None
    shutil.copy(EYES, tmp_path / "mmproj-own.gguf")
    assert sight_beside(gguf) == tmp_path / "mmproj-own.gguf"
    shutil.copy(EYES, tmp_path / "mmproj-own-F16.gguf")
    assert sight_beside(gguf) is None, "one of two would be a guess"


def test_a_download_whose_files_do_not_belong_together_is_here_and_said_to_be_useless(desk, hub) -> None:
    """Each file is what its server announced; what they are together, only the list can say."""
    hub.put("owner/tiny-GGUF", "tiny-Q4_K_M.gguf", GOOD.read_bytes())
    hub.put("owner/tiny-GGUF", "mmproj-tiny-Q8_0.gguf", tiny_pair(TinyModel(embedding=256)).mmproj.read_bytes())
    fault = condition(desk.download()).fault
    assert fault is not None
    assert "width 256, not 128" in fault.message


@pytest.mark.parametrize("which", ["tiny-Q4_K_M.gguf", "mmproj-tiny-Q8_0.gguf"])
def test_a_truncated_file_of_a_hub_is_not_kept(desk, hub, which) -> None:
    """Even if its checksum is right: somebody uploaded it so."""
    hub.put("owner/tiny-GGUF", which, hub.files["owner/tiny-GGUF"][which][:-500])
    with pytest.raises(HelperError) as caught:
        desk.download()
    assert caught.value.message == f"{which} is incomplete."
    assert which not in {Path(name).name for name in desk.files()}
    assert not list(desk.folder.rglob("*.part"))
