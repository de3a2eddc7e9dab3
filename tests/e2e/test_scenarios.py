"""Some scenarios through the real process; the rest of the table is played in `tests/contract/test_scenarios.py`."""

from __future__ import annotations

import json
import os
import signal
import sys
import tomllib
from pathlib import Path

import psutil
import pytest

from desktop_helper.core.scenarios.reading import scenario
from desktop_helper.services.paths import Paths
from desktop_helper.services.scenario_server import ScenarioServer
from tests.support.cli_process import ROOT, run, running
from tests.support.glm_server import CUT, GlmServer, Reply, answer, chunk
from tests.support.scenario_run import KEY, KEY_VARIABLE, profile_for, settings_for
from tests.support.secrecy import places_with

pytestmark = pytest.mark.e2e

TABLE = tomllib.loads((ROOT / "tests/contract/scenario_table.toml").read_text(encoding="utf-8"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def keyed(tmp_path: Path) -> dict[str, str]:
    """A key, everything that talks told to talk, and no folder to write into that is not looked through."""
    folders = {}
    for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        (tmp_path / name).mkdir()
        folders[name] = str(tmp_path / name)
    return {KEY_VARIABLE: KEY, "OPENAI_LOG": "debug", "PYTHONFAULTHANDLER": "1", **folders}


def set_up(home: Path, server: ScenarioServer) -> None:
    folder = Paths.below(home).config_dir
    folder.mkdir(parents=True)
    settings = settings_for(profile_for(server.scenario, server.base_url))
    (folder / "settings.toml").write_text(settings, encoding="utf-8")


@pytest.mark.parametrize("name", ["vllm/answer", "zai/key-quoted", "ollama/cut-in-answer", "zai/unknown-ca"])
def test_it_ends_as_the_table_says(name: str, home: Path, keyed: dict[str, str]) -> None:
    with ScenarioServer(scenario(name)) as server:
        set_up(home, server)
        trace = home / "trace.json"
        done = run(home, "ask", "--json", "What?", "--trace", str(trace), **keyed)
    assert done.returncode == TABLE[name]["code"]
    last = json.loads(done.stdout.splitlines()[-1])
    if last["type"] == "error":
        assert f"{last['kind']}: {last['message']} {last['fix']}" == TABLE[name]["events"][-1]
    assert trace.exists()
    assert places_with(KEY, home.parent, {"out": done.stdout, "err": done.stderr}) == []


@pytest.mark.skipif(sys.platform != "linux", reason="reads the arguments of processes")
def test_a_process_that_crashes_in_mid_answer_leaves_no_key(home: Path, keyed: dict[str, str]) -> None:
    """In no argument while it runs, its children's included, and nowhere on disk after a crash.

    What a system keeps of a child that crashes, such as its environment, has none either.
    """
    with ScenarioServer(scenario("vllm/stalls")) as server:
        set_up(home, server)
        (notes := home / "notes.txt").write_text("Some notes.", encoding="utf-8")
        arguments = ("ask", "--file", str(notes), "What?", "--trace", str(home / "trace.json"))
        with running(home, *arguments, **keyed) as process:
            assert process.stdout is not None
            assert process.stdout.read(5) == "It is"
            children = psutil.Process(process.pid).children(recursive=True)
            assert children, "the converter"
            lines = {str(one.pid): "\0".join(one.cmdline()) for one in (psutil.Process(process.pid), *children)}
            lines |= {f"environment of {one.pid}": str(one.environ()) for one in children}
            assert places_with(KEY, home, lines) == []
            os.kill(process.pid, signal.SIGSEGV)
            out, err = process.communicate(timeout=20)
    assert process.returncode == -signal.SIGSEGV
    assert "Fatal Python error" in err
    assert places_with(KEY, home.parent, {"out": out, "err": err}) == []


def test_a_scenario_is_played_by_hand(home: Path) -> None:
    with running(home, "serve", "--scenario", "lmstudio/answer", "--port", "0") as process:
        assert process.stdout is not None
        told = dict(process.stdout.readline().rstrip().split(": ", 1) for _ in range(3))
        options = ("--provider", told["Provider"], "--base-url", told["URL"], "--model", told["Model"])
        done = run(home, "ask", "What?", *options)
        assert (done.returncode, done.stdout) == (0, "It is 42, 四十二.\n")
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


def test_the_scenarios_are_listed(home: Path) -> None:
    lines = run(home, "serve", "--scenario", "list").stdout.splitlines()
    assert any(line.startswith("busy ") and "Too many requests" in line for line in lines)
    assert "openrouter" in lines[-1]


def test_a_provider_file_of_the_user_plays_one_without_a_server(home: Path) -> None:
    folder = Paths.below(home).config_dir / "providers"
    folder.mkdir(parents=True)
    text = "\n".join(
        ('backend = "scripted"', 'base_url = "http://127.0.0.1"', "[quirks]", 'scenario = "zai/code.1113"')
    )
    (folder / "rehearsal.toml").write_text(text, encoding="utf-8")
    done = run(home, "ask", "What?", "--provider", "rehearsal", "--model", "m")
    assert done.returncode == 4
    assert "no balance" in done.stderr
    listed = {one["name"] for one in json.loads(run(home, "doctor", "--json").stdout)}
    assert "backend openai_compatible" in listed
    assert "backend scripted" not in listed


def test_an_answer_that_broke_off_goes_on(home: Path) -> None:
    broken = Reply((chunk({"content": "One, two"}), CUT))
    with GlmServer(broken, answer(", three.")) as server:
        options = ("--base-url", server.base_url, "--model", "m")
        done = run(home, "ask", "Count.", *options)
        assert (done.returncode, done.stdout) == (5, "One, two\n")
        assert "--continue" in done.stderr
        done = run(home, "ask", *options, "--continue", "Go on.")
        assert (done.returncode, done.stdout) == (0, ", three.\n")
        assert [one["content"] for one in server.chats[1].body["messages"]] == ["Count.", "One, two", "Go on."]
