"""Listing, adding, removing, recommending; the catalogue; which profile answers."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.resources import resource
from desktop_helper.services.model_store.catalogue import Catalogue, CatalogueEntry, CatalogueFile
from desktop_helper.services.model_store.endpoint import chosen_endpoint, is_modelscope
from desktop_helper.services.model_store.machine import Fit, Machine, recommended
from desktop_helper.services.model_store.names import id_from, inside, is_id
from desktop_helper.services.model_store.progress import DownloadProgress, Meter, Phase
from desktop_helper.services.model_store.sizes import size_text
from desktop_helper.services.model_store.store import profile_of, use
from desktop_helper.services.model_store.words import progress_text
from desktop_helper.services.settings import ProfileSettings, SettingsStore
from tests.support.hub_server import gguf_bytes
from tests.unit.services.model_store.conftest import ENTRY, MODEL

GB = 1_000_000_000


@pytest.fixture
def ours(tmp_path) -> list[CatalogueEntry]:
    return Catalogue(resource("models.toml"), tmp_path / "none.toml").entries()


@pytest.fixture
def own(tmp_path):
    """A model and its projector somewhere of the user's."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    (folder / "Own Model.Q4_K_M.gguf").write_bytes(gguf_bytes("glm4", 5000))
    (folder / "mmproj-own.gguf").write_bytes(gguf_bytes("clip", 3000))
    return folder / "Own Model.Q4_K_M.gguf", folder / "mmproj-own.gguf"


def test_our_catalogue_names_what_can_be_downloaded(ours, tmp_path) -> None:
    assert {"glm-4.6v-flash", "glm-4.1v-9b-thinking", "glm-4.5v", "glm-4.6v"} <= {entry.id for entry in ours}
    assert len({entry.id for entry in ours}) == len(ours)
    for entry in ours:
        assert entry.mmproj, entry.id
        assert entry.licence, entry.id
        assert entry.parameters > 0, entry.id
        assert all(inside(tmp_path, file.name).suffix == ".gguf" for file in entry.all_files)
    flash = next(entry for entry in ours if entry.id == "glm-4.6v-flash")
    assert flash.bytes == 7_146_633_568


def test_an_unknown_size_is_estimated_and_said_to_be(ours) -> None:
    big = next(entry for entry in ours if entry.id == "glm-4.6v")
    assert big.bytes is None
    assert 55 * GB < big.estimated_bytes < 75 * GB


def test_the_users_entries_come_first_and_replace(tmp_path) -> None:
    users = tmp_path / "models.toml"
    users.write_text('[[models]]\nid = "glm-4.6v-flash"\nrepo = "me/mine"\nfiles = ["x.gguf"]\n')
    entries = Catalogue(resource("models.toml"), users).entries()
    assert entries[0].repo == "me/mine"
    assert [entry.id for entry in entries].count("glm-4.6v-flash") == 1


@pytest.mark.parametrize(
    "text",
    [
        "[[models]]",
        '[[models]]\nid = "Bad Id"\nfiles = ["x.gguf"]',
        '[[models]]\nid = "../x"\nfiles = ["x.gguf"]',
        '[[models]]\nid = "x"\nfiles = []',
        '[[models]]\nid = "x"\nfiles = [{ name = "x.gguf", bytes = -1 }]',
        '[[models]]\nid = "x"\nfiles = [3]',
        '[[models]]\nid = "x"\nfiles = ["x.gguf"]\nparameters = true',
        '[[models]]\nid = "x"\nfiles = ["x.gguf"]\nnote = 3',
        "models = 3",
        "models = ",
    ],
)
def test_a_broken_catalogue_is_told(tmp_path, text: str) -> None:
    (tmp_path / "models.toml").write_text(text)
    with pytest.raises(HelperError) as caught:
        Catalogue(resource("models.toml"), tmp_path / "models.toml").entries()
    assert caught.value.kind is ErrorKind.CONFIG
    assert "models.toml" in caught.value.message


@pytest.mark.parametrize(
    ("ram", "vram", "best"),
    [
        (4 * GB, None, None),
        (8 * GB, None, "qwen3-vl-4b"),
        (16 * GB, None, "glm-4.6v-flash"),
        (16 * GB, 12 * GB, "glm-4.6v-flash"),
        (16 * GB, 4.5 * GB, "qwen3-vl-2b"),
        (128 * GB, None, "glm-4.6v-flash"),
        (128 * GB, 96 * GB, "glm-4.6v"),
        (None, None, None),
    ],
)
def test_what_is_recommended(ours, ram, vram, best) -> None:
    found = recommended(ours, Machine(ram and int(ram), vram and int(vram)))
    if best is None:
        assert found is None or Machine(ram).fit(found) is Fit.TIGHT
    else:
        assert found is not None
        assert found.id == best


def test_how_a_model_fits(ours) -> None:
    flash = next(entry for entry in ours if entry.id == "glm-4.6v-flash")
    big = next(entry for entry in ours if entry.id == "glm-4.6v")
    assert Machine(16 * GB).fit(flash) is Fit.MEMORY
    assert Machine(16 * GB, 12 * GB).fit(flash) is Fit.GPU
    assert Machine(10 * GB).fit(flash) is Fit.TIGHT
    assert Machine(4 * GB).fit(flash) is Fit.NO
    assert Machine(None).fit(flash) is Fit.UNKNOWN
    assert Machine(16 * GB).fit(big) is Fit.NO
    slow = replace(flash, active_parameters=70)
    assert Machine(64 * GB).fit(slow) is Fit.SLOW
    assert Machine.this().ram


def test_added_where_it_is(desk, own) -> None:
    model = desk.store.add(*own)
    assert (model.id, model.gguf, model.mmproj, model.referenced) == ("own-model.q4_k_m", *own, True)
    assert model.bytes == 8000
    own[0].unlink()
    (listed,) = desk.store.installed()
    assert listed.missing == (own[0],)
    desk.store.remove(model.id)
    assert own[1].exists()
    assert not desk.store.installed()


def test_a_copy_that_is_broken_off_leaves_nothing(desk, own) -> None:
    def stop(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        desk.store.add(*own, name="half", copy=True, on_bytes=stop)
    assert not (desk.store.folder / "half").exists()


def test_added_as_a_copy(desk, own) -> None:
    told = []
    model = desk.store.add(*own, name="mine", copy=True, on_bytes=lambda done, total: told.append((done, total)))
    assert told[-1] == (8000, 8000)
    assert model.gguf == desk.folder / "mine" / own[0].name
    assert desk.store.remove("mine") >= 8000
    assert own[0].exists()
    assert not list(desk.folder.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="names that Windows cannot keep")
@pytest.mark.parametrize(("model", "sight"), [("model.gguf", "model.gguf"), ("My: Model?.gguf", "a|mmproj.gguf")])
def test_copies_are_two_files_that_every_system_can_keep(desk, own, tmp_path, model, sight) -> None:
    paths = []
    for folder, name, source in (("a", model, own[0]), ("b", sight, own[1])):
        (tmp_path / folder).mkdir()
        paths.append(source.rename(tmp_path / folder / name))
    added = desk.store.add(*paths, name="mine", copy=True)
    assert added.gguf.read_bytes() == paths[0].read_bytes()
    assert added.mmproj.read_bytes() == paths[1].read_bytes()
    assert all(inside(desk.folder / "mine", path.name).is_file() for path in (added.gguf, added.mmproj))


@pytest.mark.skipif(sys.platform == "win32", reason="names that Windows cannot keep")
def test_the_copies_of_a_split_model_keep_their_numbers(desk, tmp_path) -> None:
    for number in (0, 1):
        (tmp_path / f"a:b-{number + 1:05}-of-00002.gguf").write_bytes(gguf_bytes("glm4", 1000, part=(number, 2)))
    added = desk.store.add(tmp_path / "a:b-00001-of-00002.gguf", name="mine", copy=True)
    assert [path.name for path in added.files] == ["model-00001-of-00002.gguf", "model-00002-of-00002.gguf"]


@pytest.mark.skipif(sys.platform != "linux", reason="file names that are no text")
def test_a_name_that_is_no_text_is_told_and_can_be_copied(desk, own, tmp_path) -> None:
    gguf = own[0].rename(tmp_path / "odd\udcff.gguf")
    with pytest.raises(HelperError) as caught:
        desk.store.add(gguf)
    assert (caught.value.kind, "odd\\udcff.gguf" in caught.value.message) == (ErrorKind.MODEL, True)
    assert not (desk.folder / "odd").exists()
    assert desk.store.add(gguf, copy=True).gguf.read_bytes() == gguf.read_bytes()


def test_a_split_model_is_added_with_all_its_parts(desk, tmp_path) -> None:
    parts = [tmp_path / f"big-{number:05}-of-00003.gguf" for number in (1, 2, 3)]
    for number, part in enumerate(parts):
        part.write_bytes(gguf_bytes("glm4", 1000, part=(number, 3)))
    added = desk.store.add(parts[0], name="big")
    assert (added.files, added.title) == (tuple(parts), "big")
    assert desk.store.add(parts[2]).gguf == parts[0]
    parts[1].unlink()
    with pytest.raises(HelperError) as caught:
        desk.store.add(parts[0], name="again")
    assert "has 3 parts, and big-00002-of-00003.gguf is missing" in caught.value.message


def test_what_cannot_be_added(desk, own, tmp_path) -> None:
    (tmp_path / "text.gguf").write_text("hello")
    for gguf, mmproj in (
        (tmp_path / "text.gguf", None),
        (tmp_path / "none.gguf", None),
        (own[1], None),
        (own[0], own[0]),
        (tmp_path, None),
    ):
        with pytest.raises(HelperError) as caught:
            desk.store.add(gguf, mmproj, name="bad", copy=True)
        assert caught.value.kind in (ErrorKind.MODEL, ErrorKind.CONFIG)  # the file is bad, or its place is
    for name in ("../x", "A B", "con"):
        with pytest.raises(HelperError):
            desk.store.add(*own, name=name)
    assert not desk.store.installed()
    assert not (desk.folder / "bad").exists()


NOT_EVEN_LOOKED_AT = "x" * 300 + ".gguf"  # the system refuses the question, as it does in a folder that is closed to us


def test_a_file_that_may_not_even_be_looked_at_is_refused_with_the_reason(desk, own) -> None:
    for gguf, mmproj in ((own[0].with_name(NOT_EVEN_LOOKED_AT), None), (own[0], own[0].with_name(NOT_EVEN_LOOKED_AT))):
        with pytest.raises(HelperError, match="cannot be read") as caught:
            desk.store.add(gguf, mmproj, name="bad")
        assert caught.value.kind is ErrorKind.CONFIG
    assert not desk.store.installed()


def test_a_model_whose_files_may_not_be_looked_at_stays_on_the_list(desk, own) -> None:
    desk.store.add(*own, name="closed")
    record = desk.store.folder / "closed" / "model.json"
    closed = own[0].with_name(NOT_EVEN_LOOKED_AT)
    record.write_text(json.dumps({**json.loads(record.read_text()), "files": [str(closed)]}))
    (listed,) = desk.store.installed()
    assert listed.missing == (closed,)


def test_a_download_does_not_take_the_place_of_ones_own(desk, own) -> None:
    desk.store.add(*own, name="tiny", copy=True)
    with pytest.raises(HelperError) as caught:
        desk.download()
    assert caught.value.kind is ErrorKind.USAGE
    assert not desk.hub.asked


@pytest.mark.parametrize("name", ["../up", "..\\up", "/etc/passwd", "C:\\x"])
def test_a_record_that_leads_elsewhere_is_not_a_model(desk, name: str) -> None:
    desk.download()
    record = desk.folder / "tiny" / "model.json"
    record.write_text(json.dumps({**json.loads(record.read_text()), "files": [name]}))
    assert not desk.store.installed()
    record.write_text("{")
    assert not desk.store.installed()


def test_what_is_left_of_a_download_can_be_removed(desk) -> None:
    (desk.folder / "tiny").mkdir(parents=True)
    (desk.folder / "tiny" / f"{MODEL}.0123456789ab.part").write_bytes(b"x" * 1000)
    assert desk.store.unfinished()[0].bytes == 1000
    assert desk.store.remove("tiny") == 1000
    assert not desk.store.unfinished()


@pytest.mark.parametrize("name", ["..", ".", "", "nothing", "../models", "/"])
def test_nothing_else_can_be_removed(desk, name: str) -> None:
    desk.download()
    with pytest.raises(HelperError) as caught:
        desk.store.remove(name)
    assert caught.value.kind is ErrorKind.USAGE
    assert desk.store.installed()


def test_use_makes_one_profile(desk, tmp_path) -> None:
    settings = SettingsStore(tmp_path / "settings.toml")
    model = desk.download()
    assert use(settings, model) == "tiny"
    assert use(settings, model) == "tiny"
    assert settings.load().profiles["tiny"].gguf == str(model.gguf)
    assert set(settings.current.profiles) == {"zai", "tiny"}
    assert profile_of(settings.current, model) == settings.current.active_profile == "tiny"


def test_use_keeps_what_the_user_chose_for_the_model(desk, tmp_path) -> None:
    settings = SettingsStore(tmp_path / "settings.toml")
    model = desk.download()
    use(settings, model)
    chosen = replace(settings.current.profiles["tiny"], context=4096, vision_on_cpu=True, gpu_layers=7)
    settings.update(
        lambda current: replace(current, active_profile="zai", profiles={**current.profiles, "tiny": chosen})
    )
    assert use(settings, model) == "tiny"
    assert settings.load().profiles["tiny"] == chosen


def test_use_takes_no_servers_profile_away(desk, tmp_path) -> None:
    settings = SettingsStore(tmp_path / "settings.toml")
    server = ProfileSettings("custom", model="tiny", base_url="http://127.0.0.1:8000/v1")
    others = {"tiny": server, "tiny-local": replace(server, model="other")}
    settings.update(lambda current: replace(current, profiles={**current.profiles, **others}))
    model = desk.download()
    for _ in range(2):
        assert use(settings, model) == "tiny-local2"
    saved = settings.load()
    assert {name: saved.profiles[name] for name in others} == others
    assert saved.profiles["tiny-local2"].gguf == str(model.gguf)


@pytest.mark.parametrize("name", ["model.json", "sha256-6a0746a1ec1a", "model.gguf.part"])
def test_copies_of_files_with_any_name_are_models(desk, own, name) -> None:
    """Ollama's files have no ending, and one that is called as our record would be overwritten by it."""
    content = own[0].read_bytes()
    added = desk.store.add(own[0].rename(own[0].with_name(name)), own[1], name="mine", copy=True)
    assert added.gguf == desk.folder / "mine" / "model.gguf"
    assert added.gguf.read_bytes() == content
    assert desk.store.get("mine").mmproj.name == own[1].name


def test_a_listing_while_files_come_and_go(desk, monkeypatch) -> None:
    """A download that another thread finishes, or removes, between two looks at the folder."""
    (desk.folder / "tiny").mkdir(parents=True)
    for name in ("a.part", "b.part", "c.part"):
        (desk.folder / "tiny" / name).write_bytes(b"x" * 1000)
    real = Path.stat
    gone: list[Path] = []

    def stat(path, **options):
        if path.name == "b.part" and not gone:
            gone.append(path)
            path.unlink()
        return real(path, **options)

    monkeypatch.setattr(Path, "stat", stat)
    (left,) = desk.store.unfinished()
    assert (left.bytes, len(gone)) == (2000, 1)


def test_endpoints(monkeypatch) -> None:
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    assert chosen_endpoint("", "") == "https://huggingface.co"
    assert chosen_endpoint("", "https://set.example/") == "https://set.example"
    monkeypatch.setenv("HF_ENDPOINT", "https://env.example")
    assert chosen_endpoint("", "https://set.example") == "https://env.example"
    assert chosen_endpoint("https://opt.example", "https://set.example") == "https://opt.example"
    assert is_modelscope("https://www.modelscope.cn")
    assert not is_modelscope("https://notmodelscope.cn")


def test_ids() -> None:
    assert id_from("GLM-4.6V Flash (Q4)") == "glm-4.6v-flash-q4"
    assert id_from("模型") == "model"
    assert id_from("CON") == "model"
    assert not is_id("..")
    assert not is_id("a.")


def test_words_of_progress() -> None:
    text = progress_text(DownloadProgress(Phase.DOWNLOADING, MODEL, 3 * GB, 6 * GB, 25_000_000.0))
    assert text == "50 %  3.0 GB of 6.0 GB  25.0 MB/s  2 min left"
    assert progress_text(DownloadProgress(Phase.ASKING)) == "Asking for the list of files…"
    assert progress_text(DownloadProgress(Phase.CHECKING, MODEL, 1, 4)) == f"Checking {MODEL}: 25 %"
    assert [size_text(size) for size in (12, 980_055_680, 6_166_577_888, 63 * GB, 300 * GB)] == [
        "12 B",
        "980 MB",
        "6.2 GB",
        "63.0 GB",
        "300 GB",
    ]


def test_the_meter_tells_little_and_measures_the_last_seconds() -> None:
    now = [0.0]
    seen: list[DownloadProgress] = []
    meter = Meter(seen.append, lambda: now[0])
    meter.begin(Phase.DOWNLOADING)
    for step in range(1000):
        now[0] = step / 100
        meter.tell(Phase.DOWNLOADING, MODEL, step * 10_000, 10_000_000)
    assert len(seen) < 110
    assert seen[-1].bytes_per_s == pytest.approx(1_000_000, rel=0.05)
    assert seen[-1].seconds_left == pytest.approx(0, abs=0.2)


def test_the_catalogues_entry_knows_its_size() -> None:
    assert ENTRY.bytes is None
    known = replace(ENTRY, files=(CatalogueFile(MODEL, 4), CatalogueFile("b.gguf", 5)), mmproj=None)
    assert known.bytes == known.estimated_bytes == 9
