"""Twenty faults and more: whatever happens, a file is right or absent, and the next try brings it."""

from __future__ import annotations

import dataclasses
import os
import shutil

import pytest

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.services.model_store.catalogue import CatalogueFile
from desktop_helper.services.model_store.progress import Phase
from desktop_helper.services.model_store.words import progress_text
from tests.support.hub_server import Cut, Other, Status, Whole, WrongRange, gguf_bytes
from tests.unit.services.model_store.conftest import ENTRY, MODEL, MODEL_BYTES, REPO

SIZE = len(MODEL_BYTES)
TENTHS = range(0, SIZE, SIZE // 10)
BAD_NAMES = [
    "../evil.gguf",
    "..\\evil.gguf",
    "a/../../evil.gguf",
    "a\\..\\..\\evil.gguf",
    "/evil.gguf",
    "//server/share/evil.gguf",
    "C:\\evil.gguf",
    "C:evil.gguf",
    "evil\0.gguf",
    "evil.gguf\n",
    "nul.gguf",
    "COM1.gguf",
    "evil.gguf.",
    "evil.gguf ",
    ".evil.gguf",
    "a/./evil.gguf",
    "a//evil.gguf",
    "evil:stream.gguf",
    "\u202efugg.gguf",
    "x" * 300 + ".gguf",
    "a/b/c/d/e/evil.gguf",
    "evil.exe",
]


@pytest.mark.parametrize("politely", [False, True], ids=["reset", "short"])
@pytest.mark.parametrize("at", TENTHS)
def test_cut_at_every_tenth(desk, at: int, politely: bool) -> None:
    desk.hub.script(Cut(after=at, politely=politely))
    with pytest.raises(HelperError):
        desk.download(tries=1)
    desk.right_or_absent()
    assert f"tiny/{MODEL}" not in desk.files()
    kept = desk.store.unfinished()
    desk.hub.asked.clear()
    desk.download(tries=1)
    assert desk.files()[f"tiny/{MODEL}"] == MODEL_BYTES
    if kept and not politely:
        assert desk.hub.downloads()[0].headers.get("range") == f"bytes={kept[0].bytes}-"


@pytest.mark.parametrize("at", TENTHS)
def test_cut_at_every_tenth_and_gone_on_with_by_itself(desk, at: int) -> None:
    desk.hub.script(Cut(after=at))
    desk.download(tries=2)
    desk.right_or_absent()
    assert len(desk.files()) == 2


@pytest.mark.parametrize("code", [408, 429, 500, 502, 503, 504])
def test_a_fault_that_passes_is_waited_for(desk, code: int) -> None:
    desk.hub.script(Status(code), Status(code, {"Retry-After": "1"}, at_hub=True))
    desk.download(tries=3)
    assert len(desk.files()) == 2


def test_it_is_said_what_is_waited_out(desk) -> None:
    desk.hub.script(Cut(100_000), Status(503))
    desk.download()
    waits = [progress for progress in desk.seen if progress.phase is Phase.WAITING]
    broke, refused = waits
    assert progress_text(broke) == "127.0.0.1 cannot be reached, or the connection broke. Trying again…"
    assert 0 < broke.done < broke.total, "what is there stays in sight"
    assert "HTTP 503" in refused.trouble


@pytest.mark.parametrize(
    ("code", "kind"), [(401, ErrorKind.AUTH), (403, ErrorKind.AUTH), (404, ErrorKind.MODEL), (503, ErrorKind.SERVER)]
)
def test_a_fault_that_stays_is_told(desk, code: int, kind: ErrorKind) -> None:
    desk.hub.script(*[Status(code, at_hub=True)] * 3)
    with pytest.raises(HelperError) as caught:
        desk.download(tries=3)
    assert caught.value.kind is kind
    assert not desk.files()


@pytest.mark.parametrize("code", [401, 404, 429, 503])
def test_a_list_that_is_refused(desk, code: int) -> None:
    desk.hub.list_faults += [Status(code)] * 2
    with pytest.raises(HelperError) as caught:
        desk.download(tries=2)
    assert str(code) in caught.value.message
    assert not list(desk.folder.iterdir())


def test_an_address_that_has_run_out_is_asked_for_again(desk) -> None:
    desk.hub.script(Cut(after=100_000), Status(403))
    desk.download(tries=3)
    assert len(desk.files()) == 2


def test_a_wrong_checksum_deletes_what_arrived(desk) -> None:
    desk.hub.sha256[MODEL] = "ab" * 32
    with pytest.raises(HelperError) as caught:
        desk.download()
    assert "SHA-256" in caught.value.message
    assert not desk.files()
    assert not list(desk.folder.rglob("*.part"))


@pytest.mark.parametrize("at", [SIZE // 10, SIZE // 2, SIZE - 1])
def test_a_part_that_the_disk_has_spoiled(desk, at: int) -> None:
    desk.hub.script(Cut(after=SIZE - 100))
    with pytest.raises(HelperError):
        desk.download(tries=1)
    (part,) = desk.folder.rglob("*.part")
    spoiled = bytearray(part.read_bytes())
    spoiled[min(at, len(spoiled) - 1)] ^= 1
    part.write_bytes(spoiled)
    with pytest.raises(HelperError):
        desk.download(tries=1)
    assert not desk.files()
    desk.download(tries=1)
    assert len(desk.files()) == 2


@pytest.mark.parametrize(
    "content", [gguf_bytes("glm4", SIZE, seed=5), MODEL_BYTES[:-1], MODEL_BYTES + b"!", b"", b"<html>Sign in</html>"]
)
def test_another_file_than_announced(desk, content: bytes) -> None:
    desk.hub.script(Other(content))
    with pytest.raises(HelperError):
        desk.download(tries=1)
    assert not desk.files()
    desk.download()
    assert len(desk.files()) == 2


@pytest.mark.parametrize("fault", [Status(416), Whole(), WrongRange()], ids=["416", "whole", "wrong-range"])
def test_a_server_that_cannot_go_on_begins_again(desk, fault) -> None:
    desk.hub.script(Cut(after=SIZE // 2), fault)
    desk.download(tries=3)
    assert len(desk.files()) == 2
    desk.right_or_absent()


def test_a_part_longer_than_the_file(desk) -> None:
    desk.hub.script(Cut(after=SIZE // 2))
    with pytest.raises(HelperError):
        desk.download(tries=1)
    (part,) = desk.folder.rglob("*.part")
    part.write_bytes(MODEL_BYTES + b"more")
    desk.download(tries=1)
    desk.right_or_absent()


def test_a_full_disk_is_told_before_anything_is_brought(desk, monkeypatch) -> None:
    usage = shutil.disk_usage(desk.folder.parent.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=100_000))
    with pytest.raises(HelperError) as caught:
        desk.download()
    assert caught.value.kind is ErrorKind.STORAGE
    assert "340 kB" in caught.value.message
    assert not desk.hub.downloads()
    assert not list(desk.folder.iterdir())


def test_what_is_here_already_needs_no_room(desk, monkeypatch) -> None:
    desk.download()
    usage = shutil.disk_usage(desk.folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=0))
    desk.download()


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_leads_elsewhere(desk, name: str) -> None:
    desk.hub.put(REPO, name, MODEL_BYTES)
    before = set(desk.folder.parent.parent.rglob("*"))
    with pytest.raises(HelperError) as caught:
        desk.download(dataclasses.replace(ENTRY, files=(CatalogueFile(name),)))
    assert caught.value.kind is ErrorKind.MODEL
    assert not desk.hub.asked
    assert set(desk.folder.parent.parent.rglob("*")) == before


@pytest.mark.parametrize("model_id", ["..", "../x", "a/b", "a\\b", "", ".", "con", "C:", "x" * 200])
def test_a_folder_that_lies_elsewhere(desk, model_id: str) -> None:
    with pytest.raises(HelperError):
        desk.download(dataclasses.replace(ENTRY, id=model_id))
    assert not desk.hub.asked


def test_a_link_in_the_folder_leads_nothing_out(desk, tmp_path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (desk.folder / "tiny").mkdir(parents=True)
    os.symlink(outside, desk.folder / "tiny" / "Q4")
    desk.hub.put(REPO, "Q4/tiny.gguf", MODEL_BYTES)
    with pytest.raises(HelperError):
        desk.download(dataclasses.replace(ENTRY, files=(CatalogueFile("Q4/tiny.gguf"),)))
    assert not list(outside.iterdir())


def test_a_model_where_the_mmproj_should_be(desk) -> None:
    with pytest.raises(HelperError) as caught:
        desk.download(dataclasses.replace(ENTRY, mmproj=CatalogueFile(MODEL), files=(CatalogueFile(MODEL),)))
    assert caught.value.kind is ErrorKind.MODEL


def test_what_is_no_gguf_is_not_kept(desk) -> None:
    desk.hub.put(REPO, "text.gguf", b"hello" * 1000)
    with pytest.raises(HelperError) as caught:
        desk.download(dataclasses.replace(ENTRY, files=(CatalogueFile("text.gguf"),)))
    assert "GGUF" in caught.value.message
    assert not desk.files()


def test_nobody_answers(desk) -> None:
    with pytest.raises(HelperError) as caught:
        desk.download(tries=2, endpoint="http://127.0.0.1:9")
    assert caught.value.kind is ErrorKind.NETWORK
    assert not list(desk.folder.iterdir())


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "ftp://x",
        "http://hub.example",
        "https://",
        "https://a@b",
        "x",
        "https://[1",
        "https://me:12/word@hub.example",
    ],
)
def test_a_bad_endpoint(desk, endpoint: str) -> None:
    with pytest.raises(HelperError) as caught:
        desk.store.download(ENTRY, endpoint, desk.seen.append, CancelToken())
    assert caught.value.kind is ErrorKind.CONFIG
    assert "word" not in caught.value.message
