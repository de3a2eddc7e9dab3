"""`desktop-helper models` as people and scripts call it, in processes of their own."""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop_helper.services.paths import Paths
from desktop_helper.services.settings import SettingsStore
from tests.support import cli_process
from tests.support.hub_server import Cut, HubServer, Status, gguf_bytes

REPO = "owner/tiny-GGUF"
MODEL = gguf_bytes("glm4", 2_000_000)
MMPROJ = gguf_bytes("clip", 40_000)
CATALOGUE = f"""
[[models]]
id = "tiny"
title = "Tiny"
repo = "{REPO}"
files = ["tiny.gguf"]
mmproj = "mmproj-tiny.gguf"
parameters = 0.001
licence = "MIT"
"""


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with HubServer() as hub:
        hub.put(REPO, "tiny.gguf", MODEL)
        hub.put(REPO, "mmproj-tiny.gguf", MMPROJ)
        yield hub


@pytest.fixture
def home(tmp_path: Path) -> Path:
    config = Paths.below(tmp_path / "home").config_dir
    config.mkdir(parents=True)
    (config / "models.toml").write_text(CATALOGUE)
    return tmp_path / "home"


def arrived(target: Path) -> int:
    """Bytes of the unfinished file."""
    return sum(part.stat().st_size for part in target.parent.glob(f"{target.name}.*.part"))


def wait_for(condition: Callable[..., bool]) -> None:
    """Another process does it, and tells nobody."""
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def models_folder(home: Path) -> Path:
    return Paths.below(home).data_dir / "models"


def test_download_and_use(home, hub) -> None:
    done = cli_process.run(home, "models", "download", "tiny", "--endpoint", hub.endpoint, "--use", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert Path(said["gguf"]).read_bytes() == MODEL
    assert "100 %" in done.stderr
    settings = SettingsStore(Paths.below(home).settings_file).load()
    assert settings.active_profile == said["profile"] == "tiny"
    profile = settings.profiles["tiny"]
    assert (profile.provider, profile.gguf, profile.mmproj) == ("local", said["gguf"], said["mmproj"])
    assert "zai" in settings.profiles


def test_the_endpoint_of_the_environment_and_of_the_settings(home, hub) -> None:
    done = cli_process.run(home, "models", "download", "tiny", HF_ENDPOINT=hub.endpoint)
    assert done.returncode == 0, done.stderr
    assert "desktop-helper ask --gguf" in done.stdout
    cli_process.run(home, "models", "remove", "tiny")
    Paths.below(home).settings_file.write_text(f'[models]\nendpoint = "{hub.endpoint}"\nfolder = "{home}/elsewhere"\n')
    done = cli_process.run(home, "models", "download", "tiny")
    assert done.returncode == 0, done.stderr
    assert (home / "elsewhere" / "tiny" / "tiny.gguf").read_bytes() == MODEL


def test_list_and_remove(home, hub) -> None:
    cli_process.run(home, "models", "download", "tiny", "--endpoint", hub.endpoint)
    listed = json.loads(cli_process.run(home, "models", "list", "--json").stdout)
    assert [model["name"] for model in listed["installed"]] == ["tiny"]
    assert "glm-4.6v-flash" in [model["name"] for model in listed["catalogue"]]
    assert {model["fit"] for model in listed["catalogue"]} <= {"gpu", "memory", "slow", "tight", "no", "unknown"}
    shown = cli_process.run(home, "models", "list").stdout
    assert "Tiny" in shown
    assert "glm-4.6v-flash" in shown
    gone = cli_process.run(home, "models", "remove", "tiny", "--json")
    assert json.loads(gone.stdout)["bytes"] >= len(MODEL) + len(MMPROJ)
    assert not list(models_folder(home).iterdir())
    assert cli_process.run(home, "models", "remove", "tiny").returncode == 2


def test_removing_the_model_that_answers_says_so(home, hub, tmp_path) -> None:
    cli_process.run(home, "models", "download", "tiny", "--endpoint", hub.endpoint, "--use")
    (tmp_path / "own.gguf").write_bytes(MODEL)
    cli_process.run(home, "models", "add", str(tmp_path / "own.gguf"))
    word = "It was the model that answers."
    assert word not in cli_process.run(home, "models", "remove", "own").stdout
    assert word in cli_process.run(home, "models", "remove", "tiny").stdout


def test_add_where_it_is_and_as_a_copy(home, tmp_path) -> None:
    (tmp_path / "My Model.gguf").write_bytes(MODEL)
    (tmp_path / "mmproj.gguf").write_bytes(MMPROJ)
    files = [str(tmp_path / "My Model.gguf"), "--mmproj", str(tmp_path / "mmproj.gguf")]
    added = json.loads(cli_process.run(home, "models", "add", *files, "--json").stdout)
    assert (added["name"], added["referenced"], added["gguf"]) == ("my-model", True, files[0])
    assert cli_process.run(home, "models", "add", *files).returncode == 0
    (tmp_path / "other.gguf").write_bytes(MODEL)
    taken = cli_process.run(home, "models", "add", str(tmp_path / "other.gguf"), "--name", "my-model")
    assert (taken.returncode, "already" in taken.stderr) == (2, True)
    copied = json.loads(cli_process.run(home, "models", "add", *files, "--copy", "--name", "copied", "--json").stdout)
    assert Path(copied["gguf"]).is_relative_to(models_folder(home))
    gone = cli_process.run(home, "models", "remove", "my-model")
    assert (gone.returncode, f"your own file stays: {files[0]}" in gone.stdout) == (0, True)
    assert cli_process.run(home, "models", "remove", "copied").returncode == 0
    assert (tmp_path / "My Model.gguf").exists()


def test_the_mmproj_file_beside_a_model_is_found(home, tmp_path) -> None:
    (tmp_path / "blind.gguf").write_bytes(MODEL)
    said = cli_process.run(home, "models", "add", str(tmp_path / "blind.gguf")).stdout
    assert "name it with --mmproj" in said
    (tmp_path / "mmproj-blind.gguf").write_bytes(MMPROJ)
    added = cli_process.run(home, "models", "add", str(tmp_path / "blind.gguf"), "--json")
    assert json.loads(added.stdout)["mmproj"] == str(tmp_path / "mmproj-blind.gguf")


def test_a_truncated_file_is_not_ready(home, tmp_path) -> None:
    """It would be refused when it is asked; so it is told at once, and what became of a listed one in the list."""
    own = tmp_path / "own.gguf"
    own.write_bytes(MODEL[:-1000])
    added = cli_process.run(home, "models", "add", str(own))
    assert (added.returncode, added.stdout) == (4, "")
    assert "own.gguf is incomplete. Download it again." in added.stderr
    own.write_bytes(MODEL)
    assert cli_process.run(home, "models", "add", str(own)).returncode == 0
    own.write_bytes(MODEL[:-1000])
    listed = cli_process.run(home, "models", "list", "--installed")
    assert "cannot be used: own.gguf is incomplete." in listed.stdout
    (said,) = json.loads(cli_process.run(home, "models", "list", "--json").stdout)["installed"]
    assert (said["problem"], said["warning"]) == ("own.gguf is incomplete.", None)


def test_a_download_that_cannot_be_used_is_told_and_does_not_answer(home, hub) -> None:
    hub.put(REPO, "tiny.gguf", gguf_bytes("flux", 2_000_000))
    done = cli_process.run(home, "models", "download", "tiny", "--endpoint", hub.endpoint, "--use")
    assert (done.returncode, done.stdout) == (4, "")
    assert "tiny.gguf is of a kind (“flux”)" in done.stderr
    assert SettingsStore(Paths.below(home).settings_file).load().active_profile == ""
    assert "cannot be used" in cli_process.run(home, "models", "list", "--installed").stdout


def test_recommend(home) -> None:
    best = json.loads(cli_process.run(home, "models", "recommend", "--vram", "12", "--json").stdout)
    assert best["vram_bytes"] == 12_000_000_000
    assert best["model"]["name"] == "tiny"  # the user's own come first
    (Paths.below(home).config_dir / "models.toml").unlink()
    best = json.loads(cli_process.run(home, "models", "recommend", "--vram", "12", "--json").stdout)
    assert best["model"]["name"] == "glm-4.6v-flash"
    assert "--use" in cli_process.run(home, "models", "recommend", "--vram", "12").stdout


def test_a_repository_of_ones_own(home, hub) -> None:
    asked = cli_process.run(home, "models", "download", REPO, "--endpoint", hub.endpoint)
    assert (asked.returncode, "--file" in asked.stderr) == (2, True)
    done = cli_process.run(home, "models", "download", REPO, "--file", "tiny.gguf", "--endpoint", hub.endpoint)
    assert done.returncode == 0, done.stderr
    assert "cannot see" in done.stdout


@pytest.mark.parametrize("name", ["../evil.gguf", "..\\evil.gguf", "/tmp/evil.gguf", "C:\\evil.gguf"])
def test_a_name_that_leads_elsewhere(home, hub, name: str) -> None:
    hub.put(REPO, name, MODEL)
    done = cli_process.run(home, "models", "download", REPO, "--file", name, "--endpoint", hub.endpoint)
    assert (done.returncode, "outside" in done.stderr) == (4, True)
    assert "Traceback" not in done.stderr
    assert not list(home.parent.rglob("evil*"))


def test_errors_are_one_sentence(home, hub) -> None:
    hub.sha256["tiny.gguf"] = "ab" * 32
    for arguments, code in (
        (["tiny", "--endpoint", hub.endpoint], 4),
        (["nothing", "--endpoint", hub.endpoint], 2),
        (["tiny", "--endpoint", "http://hub.example"], 4),
        (["tiny", "--endpoint", ""], 2),
    ):
        done = cli_process.run(home, "models", "download", *arguments)
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
    assert not list(models_folder(home).rglob("*.gguf"))


def test_it_waits_when_asked_to_come_back(home, hub) -> None:
    hub.script(Status(429, {"Retry-After": "1"}), Cut(after=700_000))
    done = cli_process.run(home, "models", "download", "tiny", "--endpoint", hub.endpoint)
    assert done.returncode == 0, done.stderr
    assert (models_folder(home) / "tiny" / "tiny.gguf").read_bytes() == MODEL


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM], ids=lambda sign: sign.name)
def test_ended_in_the_middle_and_gone_on_with(home, hub, sign: signal.Signals) -> None:
    """Kill -9, Ctrl+C, and a polite request; the file is right or absent at every moment."""
    hub.bytes_per_s = 700_000
    target = models_folder(home) / "tiny" / "tiny.gguf"
    for _ in range(2 if sign == signal.SIGKILL else 1):
        before = arrived(target)
        with cli_process.running(home, "models", "download", "tiny", "--endpoint", hub.endpoint) as process:
            wait_for(lambda had=before: arrived(target) > had)
            process.send_signal(sign)
            _, said = process.communicate(timeout=10)
        assert process.returncode == (5 if sign == signal.SIGINT else -sign), said
        assert "Traceback" not in said
        assert not target.exists()
    (part,) = target.parent.glob("*.part")
    kept = part.stat().st_size
    assert MODEL.startswith(part.read_bytes())
    hub.bytes_per_s = None
    hub.asked.clear()
    done = cli_process.run(home, "models", "download", "tiny", "--endpoint", hub.endpoint)
    assert done.returncode == 0, done.stderr
    assert target.read_bytes() == MODEL
    assert hub.downloads()[0].headers["range"] == f"bytes={kept}-"


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_a_disk_that_fills_up_on_the_way(home, hub) -> None:
    """The kernel refuses to let the file grow, as a full disk does; afterwards the rest is all that is brought."""
    limited = "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (700_000, 700_000)); "
    limited += "sys.argv[0] = 'desktop-helper'; runpy.run_module('desktop_helper', run_name='__main__')"
    command = [sys.executable, "-c", limited, "models", "download", "tiny", "--endpoint", hub.endpoint]
    done = cli_process.run_command(home, command)
    assert (done.returncode, "full" in done.stderr) == (1, True), done.stderr
    target = models_folder(home) / "tiny" / "tiny.gguf"
    assert not target.exists()
    hub.asked.clear()
    done = cli_process.run(home, "models", "download", "tiny", "--endpoint", hub.endpoint)
    assert done.returncode == 0, done.stderr
    assert target.read_bytes() == MODEL
    assert hub.downloads()[0].headers["range"] == "bytes=700000-"
