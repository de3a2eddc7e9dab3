"""The backend that plays scenarios keeps the contract, and tells the same as a server that plays them."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_helper.backends.openai_compatible import _backend
from desktop_helper.backends.scripted import BACKEND
from desktop_helper.bootstrap import build_services
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Failed, Progress, StreamEvent
from desktop_helper.core.messages import ChatRequest
from desktop_helper.core.protocols import Backend, BackendTools, ModelProfile
from desktop_helper.core.scenarios.reading import names, scenario
from desktop_helper.services.paths import Paths
from desktop_helper.services.scenario_server import ScenarioServer
from tests.contract.backend_contract import BackendContract, question
from tests.support.scenario_run import KEY
from tests.support.wire import said, wire_backend


def scripted(name: str, folder: Path) -> Backend:
    profile = ModelProfile("p", "p", "scripted", "GLM", "m", "http://127.0.0.1:1/v1", quirks={"scenario": name})

    def no_client(_profile: ModelProfile) -> None:
        raise AssertionError("it must not reach out")

    return BACKEND.create(profile, BackendTools(no_client, lambda _: KEY, folder, folder))


class TestScripted(BackendContract):
    @pytest.fixture
    def backend(self, tmp_path):
        backend = scripted("zai/answer", tmp_path)
        yield backend
        backend.close()

    @pytest.fixture
    def endless_backend(self, tmp_path):
        steps = ", ".join(['{ say = "on and on " }', "{ wait = 0.02 }"] * 2000)
        file = tmp_path / "endless.toml"
        file.write_text(f"[[replies]]\nsteps = [{steps}]\n", encoding="utf-8")
        backend = scripted(str(file), tmp_path)
        yield backend
        backend.close()

    @pytest.fixture(params=["silent", "hangs"])
    def silent_backend(self, tmp_path, request):
        file = tmp_path / "hangs.toml"
        file.write_text("[[replies]]\nsteps = [{ hang = true }]\n", encoding="utf-8")
        backend = scripted("silent" if request.param == "silent" else str(file), tmp_path)
        yield backend
        backend.close()

    @pytest.fixture
    def broken_backend(self, tmp_path):
        backend = scripted("refused", tmp_path)
        yield backend
        backend.close()


def told(events: list[StreamEvent]) -> tuple[object, ...]:
    """What can be compared: without addresses."""
    end = events[-1]
    kinds = [type(event) for event in events if isinstance(event, Progress)]
    return said(events), kinds, end.error.kind if isinstance(end, Failed) else end


@pytest.mark.parametrize("name", [name for name in names() if not name.startswith(("code.", "status."))])
def test_it_tells_what_a_server_tells(name: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(_backend, "RETRY_DELAYS_S", (0.01, 0.01, 0.01))
    played = scenario(name)
    request = ChatRequest(question("?").messages, timeout_s=0.3)
    with ScenarioServer(played) as server:
        for variable, value in server.environment.items():
            monkeypatch.setenv(variable, value)
        real = wire_backend(server.base_url, tmp_path)
        expected = told(list(real.stream(request, CancelToken())))
        real.close()
    backend = scripted(name, tmp_path)
    assert told(list(backend.stream(request, CancelToken()))) == expected
    backend.close()


def test_a_scenario_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(HelperError) as caught:
        scripted("zai/nonsense", tmp_path)
    assert caught.value.kind is ErrorKind.CONFIG
    assert "list" in caught.value.for_command_line.fix


@pytest.mark.parametrize("text", ["[", "replies = 3", "[[replies]]\nsteps = [{ shout = 'x' }]", "dialect = 'klingon'"])
def test_a_scenario_file_that_is_broken(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(HelperError) as caught:
        scenario(str(file))
    assert "mine.toml" in caught.value.message


def test_nobody_is_offered_it_who_has_not_set_it_up(tmp_path: Path) -> None:
    services = build_services(Paths.below(tmp_path))
    assert "scripted" not in {spec.backend for spec in services.providers.all()}
    own = services.paths.config_dir / "providers" / "rehearsal.toml"
    own.parent.mkdir(parents=True)
    own.write_text('title = "Rehearsal"\nbackend = "scripted"\nbase_url = "http://127.0.0.1"\n', encoding="utf-8")
    assert "Rehearsal" in {spec.title for spec in services.providers.all()}
    services.close()
