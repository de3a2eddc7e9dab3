"""`desktop-helper models find` and `models test`."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_helper.core.scenarios.reading import scenario
from desktop_helper.services.paths import Paths
from desktop_helper.services.scenario_server import ScenarioServer
from desktop_helper.services.settings import SettingsStore
from tests.support.found_servers import Impostor, answers_of
from tests.support.scenario_run import captured, surroundings


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where every known server is expected at port 9, at which nobody listens."""
    folder = Paths.below(tmp_path).config_dir / "providers"
    folder.mkdir(parents=True)
    for name in ("vllm", "sglang", "llama-server", "ollama", "lmstudio"):
        (folder / f"{name}.toml").write_text('base_url = "http://127.0.0.1:9/v1"')
    return tmp_path


@pytest.fixture
def ollama(home: Path) -> Iterator[Impostor]:
    with Impostor(answers_of("ollama")) as server:
        file = Paths.below(home).config_dir / "providers" / "ollama.toml"
        file.write_text(
            f"""title = "Ollama"
            base_url = "{server.base_url}"
            recognise = {{ path = "/api/version", key = "version", sight = "ollama" }}"""
        )
        yield server


def call(home: Path, *argv: str) -> tuple[int, str, str]:
    from desktop_helper import bootstrap

    with surroundings(home, {}), captured() as (out, err):
        code = bootstrap.run_command(["models", *argv])
    return code, out.getvalue(), err.getvalue()


def test_find_names_them_with_what_they_see(home: Path, ollama: Impostor) -> None:
    code, out, _ = call(home, "find")
    assert code == 0
    assert f"Ollama  {ollama.base_url}  (ollama)" in out
    assert "  glm-4.6v-flash:latest  sees pictures\n" in out
    assert "  llama3:8b  text only\n" in out
    assert not Paths.below(home).settings_file.exists()


def test_find_for_programs(home: Path, ollama: Impostor) -> None:
    code, out, _ = call(home, "find", "--json")
    assert code == 0
    (server,) = json.loads(out)["servers"]
    assert (server["provider"], server["models"][0]) == (
        "ollama",
        {"id": "glm-4.6v-flash:latest", "sees": True, "context_tokens": None},
    )


def test_find_can_let_one_answer(home: Path, ollama: Impostor) -> None:
    code, out, _ = call(home, "find", "--use")
    settings = SettingsStore(Paths.below(home).settings_file).load()
    assert code == 0
    assert "“ollama” answers from now on" in out
    assert settings.active_profile == "ollama"
    assert settings.profiles["ollama"].model == "glm-4.6v-flash:latest"
    assert settings.profiles["ollama"].base_url == ""


def test_find_without_a_server(home: Path) -> None:
    assert call(home, "find")[:2] == (0, "No model server runs on this machine, or none at its usual address.\n")
    code, _, err = call(home, "find", "--use", "vllm")
    assert code == 4
    assert "“vllm”" in err


def test_test_says_what_works(home: Path) -> None:
    with ScenarioServer(scenario("sglang/answer")) as server:
        options = ("--provider", "sglang", "--base-url", server.base_url, "--model", server.scenario.model)
        code, out, err = call(home, "test", *options)
        assert code == 0
        assert "answers (" in out
        assert "It takes pictures." in out
        assert "Showing a small picture…" in err
        code, out, _ = call(home, "test", "--json", *options)
    assert code == 0
    told = json.loads(out)
    assert told["abilities"]["pictures"] is True
    assert told["abilities"]["models"] == [server.scenario.model]
    assert told["refused"] == []


def test_test_of_a_server_that_is_not_there(home: Path) -> None:
    code, _, err = call(home, "test", "--provider", "vllm", "--model", "glm")
    assert code == 4
    assert "No server is listening" in err


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/models", 200),
        ("GET", "/v1/models?limit=5", 200),
        ("GET", "/", 404),
        ("GET", "/models", 404),
        ("GET", "/v1/chat/completions", 404),
        ("GET", "/version", 404),
        ("POST", "/v1/embeddings", 404),
        ("POST", "/v1/chat/completions", 200),
    ],
)
def test_a_scripted_server_knows_two_paths(method: str, path: str, status: int) -> None:
    with ScenarioServer(scenario("vllm/answer")) as server:
        connection = http.client.HTTPConnection(server.base_url.split("/")[2], timeout=10)
        connection.request(method, path, b"{}" if method == "POST" else None)
        assert connection.getresponse().status == status
        connection.close()
        assert bool(server.asked) is ((method, path) == ("POST", "/v1/chat/completions"))
