"""`--gpu`: what is built, what is remembered, and what is said when a toolkit is missing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from installers import commands, engine, engine_kinds, environment, system_needs, system_packages, uv_tool
from installers.engine_kinds import KINDS
from installers.environment import LOCAL, Environment
from installers.steps import StepFailed
from installers.system_packages import APT, DNF, PACMAN


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """A Linux machine with every toolkit and an empty environment; uv writes down what it is asked."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(engine_kinds, "_CHOICE", tmp_path / "choice")
    monkeypatch.setattr(engine_kinds, "missing", lambda _needs: [])
    monkeypatch.setattr(system_needs, "missing", lambda _needs: [])
    monkeypatch.setattr(system_packages, "missing", lambda _needs: [])
    monkeypatch.setattr(environment, "SETUP_FOLDER", tmp_path / "setup")
    monkeypatch.setattr(engine, "_FAILED", tmp_path / "failed")
    monkeypatch.setattr(uv_tool, "find", lambda _log: "uv")
    monkeypatch.setattr(Environment, "_is_sound", lambda _self: True)
    monkeypatch.setattr(Environment, "_link_checkout", lambda _self: None)
    (tmp_path / ".venv" / "lib" / "python3.11" / "site-packages").mkdir(parents=True)
    return Environment(tmp_path / ".venv")


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The options between `uv pip install` and the lock file."""
    commands_run: list[list[str]] = []

    def run_step(_title: str, command: list[str], _log: Path, _env: object = None) -> None:
        assert "--require-hashes" in command, "from the hashed sdist only"
        commands_run.append([option for option in command if option.startswith(("--config", "--reinstall"))])

    monkeypatch.setattr(environment, "run_step", run_step)
    return commands_run


CUDA = "--config-settings-package=llama-cpp-python:cmake.define.GGML_CUDA=on"
AGAIN = "--reinstall-package=llama-cpp-python"


def test_a_second_run_builds_nothing_and_a_switch_builds_again(place: Environment, ran: list[list[str]]) -> None:
    engine.build(place, sudo=False)
    assert ran == [[]]
    engine_kinds.choose("cuda")
    for _ in range(3):
        engine.build(place, sudo=False)
    assert ran == [[], [CUDA, AGAIN]]
    assert engine.is_built(place)
    engine_kinds.choose("cpu")
    assert not engine.is_built(place)
    engine.build(place, sudo=False)
    assert ran == [[], [CUDA, AGAIN], [AGAIN]]


def test_an_environment_that_is_made_anew_gets_the_chosen_engine(place: Environment, ran: list[list[str]]) -> None:
    engine_kinds.choose("vulkan")
    engine.build(place, sudo=False)
    (place.folder / "engine-gpu").unlink()
    (place.folder / f"installed-{LOCAL.stem}").unlink()
    engine.build(place, sudo=False)
    assert len(ran) == 2
    assert ran[0] == ran[1]
    assert "GGML_VULKAN=on" in ran[1][0]


def test_a_failed_build_is_tried_again_after_another_choice(
    place: Environment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise StepFailed("no")

    monkeypatch.setattr(environment, "run_step", fail)
    engine_kinds.choose("hip")
    assert engine.background_main(place) == 1
    failed = engine._attempt()
    engine_kinds.choose("cpu")
    assert engine._attempt() != failed
    capsys.readouterr()


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_is_not_the_default_needs_options(kind: str, place: Environment) -> None:
    options = engine_kinds.build_options(kind)
    assert bool(options) == (kind != "cpu")
    assert all(KINDS[kind].switch in option for option in options)


@pytest.mark.parametrize(
    ("system", "kind", "said"),
    [
        ("linux", "quantum", "--gpu takes one of these: cpu, cuda, metal, vulkan, hip."),
        ("linux", "metal", "Metal exists on macOS only; choose one of these: cpu, cuda, vulkan, hip."),
        ("darwin", "cuda", "On macOS the engine is always built with Metal; leave --gpu out."),
    ],
)
def test_choices_that_cannot_be(
    place: Environment, monkeypatch: pytest.MonkeyPatch, system: str, kind: str, said: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    with pytest.raises(StepFailed) as caught:
        engine_kinds.choose(kind)
    assert str(caught.value) == said
    assert engine_kinds.wanted_kind() == engine_kinds.default_kind()


def test_macos_builds_metal_by_itself(place: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert engine_kinds.default_kind() == "metal"
    assert engine_kinds.build_options("metal") == []
    engine_kinds.choose("metal")


@pytest.mark.parametrize(
    ("manager", "kind", "packages"),
    [
        (APT, "cuda", "nvidia-cuda-toolkit"),
        (DNF, "cuda", "cuda-toolkit"),
        (PACMAN, "cuda", "cuda"),
        (APT, "vulkan", "glslc libvulkan-dev spirv-headers"),
        (PACMAN, "vulkan", "shaderc vulkan-headers spirv-headers"),
        (APT, "hip", "hipcc libhipblas-dev librocblas-dev"),
    ],
)
def test_a_missing_toolkit_is_named_with_its_package_and_never_installed(
    place: Environment,
    ran: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    manager: system_packages.PackageManager,
    kind: str,
    packages: str,
) -> None:
    monkeypatch.setattr(engine_kinds, "missing", list)
    monkeypatch.setattr(engine_kinds, "_program", lambda _toolkit: None)
    monkeypatch.setattr(system_packages, "_this_manager", lambda: manager)
    with pytest.raises(StepFailed) as caught:
        engine_kinds.choose(kind)
    assert "This system lacks " in str(caught.value)
    assert f"{' '.join(manager.install)} {packages}\n" in str(caught.value)
    assert engine_kinds.wanted_kind() == "cpu"
    assert ran == []


def test_a_missing_toolkit_on_windows(place: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(engine_kinds, "_program", lambda _toolkit: None)
    with pytest.raises(StepFailed, match=r"Building for cuda needs nvcc: install the CUDA Toolkit first\."):
        engine_kinds.choose("cuda")


@pytest.mark.skipif(sys.platform == "win32", reason="a program is a file that may be executed")
def test_a_toolkit_beside_the_path_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiler = tmp_path / "cuda" / "bin" / "nvcc"
    compiler.parent.mkdir(parents=True)
    compiler.write_text("#!/bin/sh\n")
    compiler.chmod(0o755)
    monkeypatch.setenv("CUDA_PATH", str(tmp_path / "cuda"))
    monkeypatch.setenv("PATH", "/nowhere")
    found = engine_kinds.build_environment("cuda")
    assert found == {"PATH": f"{compiler.parent}:/nowhere", "CUDACXX": str(compiler)}
    monkeypatch.setenv("PATH", str(compiler.parent))
    assert engine_kinds.build_environment("cuda") == {}
    assert engine_kinds.build_environment("cpu") == {}


def test_setup_and_run_build_at_once_if_a_kind_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: list[str] = []
    monkeypatch.setattr(engine_kinds, "choose", chosen.append)
    monkeypatch.setattr(engine, "build", lambda _environment, *, sudo: chosen.append("built"))
    monkeypatch.setattr(commands, "_install_app", lambda *_arguments: None)
    monkeypatch.setattr(commands, "_become", lambda _command: 0)
    assert commands.run_command(["setup", "--gpu", "cuda"], "") == 0
    assert commands.run_command(["run", "--gpu=vulkan", "doctor"], "") == 0
    assert chosen == ["cuda", "built", "vulkan", "built"]
