"""What commands say of the practice model."""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_helper.bootstrap import build_services
from desktop_helper.cli import ask, doctor, models
from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.events import Finished, FinishReason, TextDelta, ToolCallRequested
from desktop_helper.core.messages import ImagePart
from desktop_helper.core.protocols import BackendPlug
from desktop_helper.core.resources import resource
from desktop_helper.services import practice
from desktop_helper.services.container import Services
from tests.support.practice_files import empty_files
from tests.support.scripted_backend import ScriptedBackend
from tests.support.tiny_gguf import TinyModel, tiny_pair

NOTICE = "Practice model: shows how the app works. Choose a real one in Settings."


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    folder = empty_files(tmp_path / "models")
    monkeypatch.setattr(practice, "model_folder", lambda: folder)
    monkeypatch.setattr(practice, "has_engine", lambda _services: True)  # wherever the tests run
    made = build_services()
    yield made
    made.close()


def run(command, services: Services, *words: str) -> int:
    parser = argparse.ArgumentParser()
    command.configure(parser)
    return command.run(parser.parse_args(words), services)


def request(services: Services, folder: Path, *words: str) -> dict[str, object]:
    assert run(ask.COMMAND, services, "--dry-run", str(folder), *words) == 0
    found = json.loads((folder / "request.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def test_ask_says_once_who_answers(services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = str(resource("samples", "shapes.png"))
    request(services, tmp_path / "out", "--file", picture, "Where is the blue star?")
    said = capsys.readouterr()
    assert said.err.count(NOTICE) == 1
    assert NOTICE not in said.out
    assert "made smaller" not in said.err


def test_who_asks_for_it_by_name_is_told_nothing(
    services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    request(services, tmp_path / "out", "--provider", "practice", "Who are you?")
    assert NOTICE not in capsys.readouterr().err


@pytest.mark.parametrize("words", [("--model", "glm-4.6v"), ("--api-key-env", "MINE"), ("--video", "whole")])
def test_who_names_a_model_gets_a_real_one(
    services: Services,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, str],
) -> None:
    monkeypatch.setenv("MINE", "key")
    found = request(services, tmp_path / "out", *words, "Why?")
    assert "practice" not in json.dumps(found)
    assert NOTICE not in capsys.readouterr().err


def test_so_does_who_names_one_for_an_action_of_the_practice_model(services: Services, tmp_path: Path) -> None:
    services.paths.ensure()
    actions = '[play]\ntitle = "Play"\nprofile = "practice"\nprompt = "Say yes."\n'
    services.paths.actions_file.write_text(actions, encoding="utf-8")
    assert "practice-glm-4v" in json.dumps(request(services, tmp_path / "own", "--action", "play"))
    other = request(services, tmp_path / "other", "--action", "play", "--model", "glm-4.6v")
    assert "practice" not in json.dumps(other)


def test_it_is_offered_the_one_tool_that_it_knows_wherever_there_is_a_picture(
    services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = str(resource("samples", "shapes.png"))
    request(services, tmp_path / "one", "--file", picture, "What is the red thing?")
    assert "zoom" in capsys.readouterr().out
    request(services, tmp_path / "two", "Who are you?")
    assert "zoom" not in capsys.readouterr().out


def test_doctor_says_what_answers(services: Services, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(doctor.COMMAND, services, "--json") == 0
    found = {one["name"]: one for one in json.loads(capsys.readouterr().out)}
    assert (found["model"]["ok"], found["model"]["reason"]) == (True, NOTICE)


def test_models_lists_it_and_puts_it_away(services: Services, capsys: pytest.CaptureFixture[str]) -> None:
    run(models.COMMAND, services, "list", "--installed")
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "Practice model" in line]
    assert line.split() == [
        "practice", "0", "B", "Practice", "model", "comes", "with", "the", "app,", "shows", "how", "it", "works",
        "answers", "now",
    ]  # fmt: skip
    run(models.COMMAND, services, "list", "--installed", "--json")
    assert json.loads(capsys.readouterr().out)["practice"] == {
        "name": "practice",
        "title": "Practice model",
        "bytes": 0,
        "answers": True,
    }
    run(models.COMMAND, services, "remove", "practice")
    assert "not offered any more" in capsys.readouterr().out
    run(models.COMMAND, services, "list", "--installed")
    assert "none yet" in capsys.readouterr().out
    run(models.COMMAND, services, "list", "--installed", "--json")
    assert json.loads(capsys.readouterr().out)["practice"] is None
    assert services.active_name() == "zai"


def test_a_model_of_the_user_under_its_name_is_the_one_that_is_removed(services: Services, tmp_path: Path) -> None:
    (tmp_path / "own.gguf").write_bytes(tiny_pair(TinyModel()).gguf.read_bytes())
    services.paths.ensure()
    assert run(models.COMMAND, services, "add", str(tmp_path / "own.gguf"), "--name", "practice") in (None, 0)
    assert [model.id for model in services.models.installed()] == ["practice"]
    run(models.COMMAND, services, "remove", "practice")
    assert services.models.installed() == []
    assert practice.is_offered(services)


def test_what_is_tiny_is_enlarged_and_looked_at_again(
    services: Services, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The model was taught to name the area “box”, and knows one picture at a time."""
    call = ToolCallRequested("1", "zoom", '{"box": [500, 400, 800, 900]}')
    backend = ScriptedBackend(
        [call, Finished(FinishReason.TOOL_CALLS)], [TextDelta("It is a star."), Finished(FinishReason.STOP)]
    )
    plug = BackendPlug("local", lambda: AVAILABLE, lambda _profile, _tools: backend)
    services.plugs = dataclasses.replace(services.plugs, backend=lambda _name: plug)
    picture = str(resource("samples", "shapes.png"))
    assert run(ask.COMMAND, services, "--file", picture, "What is the blue thing?") == 0
    assert capsys.readouterr().out == "It is a star.\n"
    first, second = backend.requests
    assert [tool.name for tool in first.tools] == ["zoom"]
    assert second.tools == ()
    (message,) = second.messages
    assert message.text == "What is the blue thing?"
    (part,) = message.media
    assert isinstance(part, ImagePart)
    assert part.width / part.height == pytest.approx(0.3 * 896 / (0.5 * 504), rel=0.02)
