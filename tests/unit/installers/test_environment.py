"""Stamps: a second start installs nothing, a changed lock file or interpreter installs again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from installers import environment, uv_tool
from installers.environment import Environment
from installers.steps import ROOT


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a lock file and a uv that writes down what it is asked."""
    setup = tmp_path / "setup"
    monkeypatch.setattr(environment, "SETUP_FOLDER", setup)
    monkeypatch.setattr(uv_tool, "find", lambda _log: "uv")
    (tmp_path / "some.lock").write_text("thing==1.0 --hash=sha256:00\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that were run; making an environment makes a real one without pip, in no time."""
    commands: list[list[str]] = []

    def run_step(_title: str, command: list[str], _log: Path, _env: object = None) -> None:
        names = command[command.index("--python") + 2 :] if "uninstall" in command else []
        commands.append([*command[:3], *names])
        if command[1] == "venv":
            subprocess.run([sys.executable, "-m", "venv", "--without-pip", command[-1]], check=True)

    monkeypatch.setattr(environment, "run_step", run_step)
    return commands


def test_a_second_installation_does_nothing(place: Path, ran: list[list[str]]) -> None:
    target, lock = Environment(place / ".venv"), place / "some.lock"
    assert not target.has(lock)
    target.install(lock, "Installing")
    assert [command[:2] for command in ran] == [["uv", "venv"], ["uv", "pip"]]
    assert target.has(lock)
    target.install(lock, "Installing")
    assert len(ran) == 2


def test_a_changed_lock_file_is_installed_into_the_same_environment(place: Path, ran: list[list[str]]) -> None:
    target, lock = Environment(place / ".venv"), place / "some.lock"
    target.install(lock, "Installing")
    lock.write_text("thing==1.1 --hash=sha256:00\n", encoding="utf-8")
    assert not target.has(lock)
    target.install(lock, "Installing")
    assert [command[1] for command in ran] == ["venv", "pip", "pip"]


def add(target: Environment, *names: str) -> None:
    """As if a package had been installed."""
    packages = next(target.folder.glob("[Ll]ib*/**/site-packages"))
    for name in names:
        (packages / f"{name}-1.0.dist-info").mkdir()


def test_what_left_the_lock_file_leaves_the_environment(place: Path, ran: list[list[str]]) -> None:
    target, lock = Environment(place / ".venv"), place / "some.lock"
    lock.write_text("old.thing==1.0 ; python_version > '3' \\\n    --hash=sha256:00\nthing==1.0 --hash=sha256:00\n")
    target.install(lock, "Installing")
    add(target, "thing", "Old_Thing")
    lock.write_text("thing==1.0 --hash=sha256:00\n", encoding="utf-8")
    target.install(lock, "Installing")
    assert ran[-1] == ["uv", "pip", "uninstall", "old-thing"]
    assert target.has(lock)


def test_the_engine_stays_when_the_app_is_installed_again(
    place: Path, ran: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    base, local = place / "some.lock", place / "local.lock"
    monkeypatch.setattr(environment, "BASE", base)
    monkeypatch.setattr(environment, "LOCAL", local)
    local.write_text("thing==1.0 --hash=sha256:00\nllama-cpp-python==1.0 --hash=sha256:00\n", encoding="utf-8")
    target = Environment(place / ".venv")
    target.install(local, "Installing")
    add(target, "thing", "llama_cpp_python")
    base.write_text("thing==1.1 --hash=sha256:00\n", encoding="utf-8")
    target.install(base, "Installing")
    assert "uninstall" not in [word for command in ran for word in command]


def test_an_environment_whose_python_is_gone_is_made_anew(place: Path, ran: list[list[str]]) -> None:
    target, lock = Environment(place / ".venv"), place / "some.lock"
    target.install(lock, "Installing")
    target.python.unlink()
    target.python.symlink_to(place / "gone")
    assert not target.has(lock)
    target.install(lock, "Installing")
    assert [command[1] for command in ran] == ["venv", "pip", "venv", "pip"]


def test_the_environment_runs_the_checkout(place: Path, ran: list[list[str]]) -> None:
    target = Environment(place / ".venv")
    target.install(place / "some.lock", "Installing")
    program = target.python.with_name("desktop-helper")
    done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60, check=False, cwd=place)
    # The bare environment has no packages, but the checkout is found.
    assert "No module named 'desktop_helper'" not in done.stderr


def test_an_installation_waits_for_another_one(
    place: Path, ran: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    target, lock = Environment(place / ".venv"), place / "some.lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(place / "setup" / ".venv.lock")],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert target.is_busy()
        assert holder.stdin is not None
        holder.stdin.close()
        target.install(lock, "Installing")
    assert not target.is_busy()
    assert "waiting for it" in capsys.readouterr().err
    assert target.has(lock)


_HOLD = """
import sys, time
from pathlib import Path
from installers.file_lock import held
with held(Path(sys.argv[1]), lambda: None):
    print("held", flush=True)
    sys.stdin.read()
    time.sleep(0.3)
"""
