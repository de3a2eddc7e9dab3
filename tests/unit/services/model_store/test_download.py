"""A download when all goes well, and when it is stopped."""

from __future__ import annotations

import contextlib
import dataclasses
import socket
import threading
import time

import httpx2
import pytest

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.services import egress_hub
from desktop_helper.services.egress import Egress
from desktop_helper.services.model_store import hub as hub_module
from desktop_helper.services.model_store.catalogue import CatalogueFile
from desktop_helper.services.model_store.progress import Phase
from tests.support.hub_server import Cut, Hold, Redirect, Status, gguf_bytes
from tests.unit.services.model_store.conftest import ENTRY, MMPROJ, MMPROJ_BYTES, MODEL, MODEL_BYTES, REPO


def test_both_files_arrive_and_are_listed(desk) -> None:
    model = desk.download()
    assert model.gguf.read_bytes() == MODEL_BYTES
    assert model.mmproj.read_bytes() == MMPROJ_BYTES
    assert (model.bytes, model.source, model.referenced) == (340_000, REPO, False)
    assert desk.store.installed() == [model]
    assert not desk.store.unfinished()
    assert not list(desk.folder.rglob("*.part"))


def test_progress_goes_from_asking_to_all_bytes(desk) -> None:
    desk.download()
    assert desk.seen[0].phase is Phase.ASKING
    loading = [one for one in desk.seen if one.phase is Phase.DOWNLOADING and one.total]
    assert loading[-1].done == loading[-1].total == 340_000
    assert [one.done for one in loading] == sorted(one.done for one in loading)
    assert {one.file for one in desk.seen if one.phase is Phase.CHECKING} >= {MODEL, MMPROJ}


def test_the_package_of_the_hub_asks_for_nothing_of_its_own(desk, monkeypatch, tmp_path) -> None:
    from huggingface_hub import constants
    from huggingface_hub.utils import _detect_agent

    kept = tmp_path / "kept.json"
    monkeypatch.setattr(_detect_agent, "_registry", None)  # as in a new process
    monkeypatch.setattr(constants, "AGENT_HARNESSES_PATH", str(kept))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_TELEMETRY", False)
    desk.download()
    assert not [one for one in desk.noted() if "refused" in one]
    assert not kept.exists()


def test_every_request_is_in_the_ledger_and_nothing_secret(desk, monkeypatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    desk.download()
    assert {one["host"].split(":")[0] for one in desk.requests()} == {"127.0.0.1", "localhost"}
    assert len(desk.requests()) == len(desk.hub.asked)
    assert "Signature" not in desk.ledger.read_text()
    said = [f"{one.headers}" for one in desk.hub.asked]
    assert not [text for text in said if "authorization" in text or "hf_secret" in text]
    agents = {one.headers["user-agent"].split("/")[0] for one in desk.hub.asked}
    assert agents == {"desktop-helper"}


def test_local_only_lets_no_hub_be_asked(desk) -> None:
    desk.local_only = True
    with pytest.raises(HelperError) as caught:
        desk.download(endpoint="https://huggingface.co")
    assert "Stay on this machine" in caught.value.message
    assert {one["refused"] for one in desk.noted()} == {"local only"}
    assert not list(desk.folder.iterdir())


@pytest.mark.parametrize("target", ["http://192.0.2.7/x.gguf", "http://hub.example/x.gguf", "file:///etc/passwd"])
def test_a_redirect_away_without_tls_is_not_followed(desk, target) -> None:
    desk.hub.script(Redirect(target))
    with pytest.raises(HelperError) as caught:
        desk.download(tries=1)
    assert caught.value.kind is ErrorKind.CONFIG
    assert caught.value.message == "The model server 127.0.0.1 leads to an address that does not begin with https://."
    assert len(desk.requests()) == 2
    assert [one["refused"] for one in desk.noted() if "refused" in one] == ["other host"]


def test_redirects_in_a_circle_end(desk) -> None:
    desk.hub.script(*[Redirect(f"/{REPO}/resolve/main/{MODEL}")] * 9)
    with pytest.raises(HelperError) as caught:
        desk.download(tries=1)
    assert caught.value.kind is ErrorKind.SERVER


def test_a_renamed_repository_is_found(desk, hub) -> None:
    hub.list_faults.append(Status(307, {"Location": f"/api/models/{REPO}?blobs=true"}))
    assert desk.download().gguf.exists()


def test_a_model_that_was_split_since(desk, hub) -> None:
    hub.files[REPO].pop(MODEL)
    parts = [gguf_bytes("glm4", 50_000, part=(number, 2)) for number in (0, 1)]
    for number, content in enumerate(parts, 1):
        hub.put(REPO, f"tiny-Q4_K_M-{number:05}-of-00002.gguf", content)
    model = desk.download()
    assert [path.read_bytes() for path in model.files] == parts
    assert model.gguf.name == "tiny-Q4_K_M-00001-of-00002.gguf"


def test_of_two_splits_the_complete_one_is_taken(desk, hub) -> None:
    hub.files[REPO].pop(MODEL)
    for number, total in ((1, 3), (3, 3), (1, 2), (2, 2)):
        content = gguf_bytes("glm4", 50_000, part=(number - 1, total))
        hub.put(REPO, f"tiny-Q4_K_M-{number:05}-of-{total:05}.gguf", content)
    assert [path.name[-14:-5] for path in desk.download().files] == ["-of-00002"] * 2


def test_a_mirror_that_lists_no_checksums_is_asked_for_each_file(desk, hub) -> None:
    hub.lfs = False
    assert desk.download().gguf.read_bytes() == MODEL_BYTES
    assert [one.path for one in hub.asked if one.method == "HEAD"]


def test_files_in_folders(desk, hub) -> None:
    hub.put(REPO, "Q4/other.gguf", MODEL_BYTES)
    model = desk.download(dataclasses.replace(ENTRY, files=(CatalogueFile("Q4/other.gguf"),)))
    assert model.gguf == desk.folder / "tiny" / "Q4" / "other.gguf"


@pytest.mark.timed
def test_stopping_keeps_the_part_and_the_next_run_asks_only_for_the_rest(desk, hub) -> None:
    hub.script(Hold(after=150_000))
    cancel = CancelToken()
    threading.Timer(0.0, lambda: (hub.sending.wait(10), time.sleep(0.2), cancel.cancel())).start()
    began = time.monotonic()
    with pytest.raises(HelperError) as caught:
        desk.download(cancel=cancel)
    assert caught.value.kind is ErrorKind.CANCELLED
    assert time.monotonic() - began < 3
    (left,) = desk.store.unfinished()
    assert (left.id, left.bytes > 100_000) == ("tiny", True)
    assert not desk.store.installed()
    hub.asked.clear()
    desk.download()
    assert hub.downloads()[0].headers["range"] == f"bytes={left.bytes}-"
    desk.right_or_absent()


@pytest.mark.timed
def test_a_download_that_waits_for_another_to_ask_can_be_stopped(desk) -> None:
    """`huggingface_hub` serves one at a time, and the other's hub may be silent for half a minute."""
    cancel = CancelToken()
    with hub_module._asking:
        timer = threading.Timer(0.3, cancel.cancel)
        timer.start()
        began = time.monotonic()
        with pytest.raises(HelperError) as caught:
            desk.download(cancel=cancel)
    timer.join()
    assert caught.value.kind is ErrorKind.CANCELLED
    assert time.monotonic() - began < 2
    assert desk.download().gguf.exists()


def test_a_hub_that_never_answers_can_be_stopped(desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        cancel = CancelToken()
        timer = threading.Timer(0.5, cancel.cancel)
        timer.start()
        began = time.monotonic()
        with pytest.raises(HelperError) as caught:
            desk.download(cancel=cancel, endpoint=f"http://127.0.0.1:{silent.getsockname()[1]}")
        timer.join()
    assert caught.value.kind is ErrorKind.CANCELLED
    assert time.monotonic() - began < 5  # one second, on a machine that does nothing else
    assert not list(desk.folder.iterdir())


def test_who_connects_while_it_is_stopped_waits_for_nobody(tmp_path) -> None:
    """Else a download that was stopped at the wrong moment waited until a silent server's time was up."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with contextlib.closing(Egress(tmp_path / "egress.jsonl", lambda: False).hub(url)) as connection:
            connection.hang_up()
            began = time.monotonic()
            with pytest.raises(httpx2.TransportError):
                connection.http.get(url)
    assert time.monotonic() - began < 5


def test_a_line_that_breaks_all_the_time_still_brings_the_file(desk, hub) -> None:
    """What counts as a failure is a try that brought nothing."""
    hub.script(*[Cut(after=20_000)] * 14)
    assert desk.download(tries=2).gguf.read_bytes() == MODEL_BYTES


def test_a_server_that_cannot_go_on_and_breaks_each_time_is_given_up(desk, hub) -> None:
    """Else the same first bytes would be brought for ever."""
    hub.script(*[Cut(after=20_000), Status(416)] * 20)
    with pytest.raises(HelperError):
        desk.download(tries=4)
    assert len(hub.downloads()) < 10


def test_what_is_there_and_right_is_not_brought_again(desk, hub) -> None:
    desk.download()
    (desk.folder / "tiny" / "model.json").unlink()
    hub.asked.clear()
    desk.download()
    assert not hub.downloads()


def test_what_is_there_and_wrong_is_brought_again(desk, hub) -> None:
    model = desk.download()
    model.gguf.write_bytes(MODEL_BYTES[:-1] + b"?")
    desk.download()
    desk.right_or_absent()


def test_a_part_of_another_version_is_not_gone_on_with(desk, hub) -> None:
    hub.script(Cut(after=100_000), Status(404), Status(404))
    with pytest.raises(HelperError):
        desk.download(tries=2)
    newer = gguf_bytes("glm4", 300_000, seed=9)
    hub.put(REPO, MODEL, newer)
    assert desk.download().gguf.read_bytes() == newer
    assert not list(desk.folder.rglob("*.part"))


def test_two_downloads_of_one_model_do_not_mix(desk, hub) -> None:
    hub.script(hold := Hold(after=50_000))
    refused: list[HelperError] = []

    def second() -> None:
        hub.sending.wait(10)
        try:
            desk.store.download(ENTRY, hub.endpoint, lambda progress: None, CancelToken())
        except HelperError as error:
            refused.append(error)
        finally:
            hold.event.set()

    thread = threading.Thread(target=second)
    thread.start()
    desk.download()
    thread.join()
    assert [error.kind for error in refused] == [ErrorKind.STORAGE]
    desk.right_or_absent()


@pytest.mark.parametrize("modelscope", [False, True])
def test_a_list_that_is_far_too_long_is_not_taken_in(desk, monkeypatch, modelscope: bool) -> None:
    monkeypatch.setattr("desktop_helper.services.model_store.download.is_modelscope", lambda endpoint: modelscope)
    monkeypatch.setattr(egress_hub, "_MAX_ANSWER", 200)
    with pytest.raises(HelperError) as caught:
        desk.download(tries=1)
    assert caught.value.kind is ErrorKind.SERVER
    assert "far too much" in caught.value.message


def test_from_modelscope(desk, hub, monkeypatch) -> None:
    monkeypatch.setattr("desktop_helper.services.model_store.download.is_modelscope", lambda endpoint: True)
    assert desk.download().gguf.read_bytes() == MODEL_BYTES
    assert hub.asked[0].path.startswith(f"/api/v1/models/{REPO}/repo/files?Revision=master")
