"""What the arguments of `from_source.py` mean."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from installers import commands, engine, engine_kinds, system_needs
from installers.commands import Options, is_app, needs_engine, needs_screen, take_options
from installers.environment import Environment
from installers.steps import ROOT, StepFailed

SCRIPT = ROOT / "installers" / "from_source.py"


def test_our_options_stand_in_front() -> None:
    assert take_options(["--yes", "--no-local", "ask", "hello"]) == Options(True, False, ("ask", "hello"))
    assert take_options(["ask", "--yes"]) == Options(False, True, ("ask", "--yes"))
    assert take_options(["--gpu", "CUDA", "--yes", "ask"]) == Options(True, True, ("ask",), "cuda")
    assert take_options(["--gpu=hip"]) == Options(gpu="hip")
    assert take_options(["ask", "--gpu", "cuda"]).gpu == ""
    assert take_options(["--gpu"]).gpu not in engine_kinds.KINDS


@pytest.mark.parametrize(("word", "code", "said"), [("--help", 0, "USAGE"), ("-h", 0, "USAGE"), ("--cpu", 2, "--cpu")])
def test_setup_installs_nothing_for_a_word_that_it_does_not_know(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], word: str, code: int, said: str
) -> None:
    monkeypatch.setattr(commands, "_setup", lambda _options: pytest.fail("it was set up"))
    assert commands.run_command(["setup", "--yes", word], "USAGE") == code
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "app", "screen", "local"),
    [
        ([], True, True, False),
        (["--trace", "file.json"], True, True, False),
        (["--trace=file.json"], True, True, False),
        (["--trace"], False, False, False),
        (["--trace", "file.json", "shot", "-o", "file.png"], False, True, False),
        (["--trace=file.json", "serve"], False, False, True),
        (["ask", "--trace", "file.json", "what?"], False, False, False),
        (["ask", "what?"], False, False, False),
        (["ask", "--region=0,0,9,9", "what?"], False, True, False),
        (["ask", "--gguf", "model.gguf", "what?"], False, False, True),
        (["ask", "--gguf=model.gguf", "what?"], False, False, True),
        (["serve"], False, False, True),
        (["shot", "-o", "file.png"], False, True, False),
        (["doctor", "--json"], False, False, False),
        (["--version"], False, False, False),
    ],
)
def test_what_a_command_line_needs(arguments: list[str], app: bool, screen: bool, local: bool) -> None:
    assert (is_app(arguments), needs_screen(arguments), needs_engine(arguments)) == (app, screen, local)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can be without a display")
def test_without_a_display_one_sentence_shows_the_ask_command() -> None:
    done = subprocess.run([sys.executable, SCRIPT, "run"], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "There is no display" in done.stderr
    assert "from_source.py run ask --file" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_usage_names_every_command() -> None:
    command = [sys.executable, str(SCRIPT), "--help"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0
    assert all(f"from_source.py {name}" in done.stderr for name in ("run", "test", "setup", "bench"))


@pytest.mark.parametrize("arguments", [[], ["dance"]])
def test_without_a_known_command_one_sentence_names_them(arguments: list[str]) -> None:
    command = [sys.executable, str(SCRIPT), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert all(name in done.stderr for name in ("run", "test", "setup", "bench"))


@pytest.mark.parametrize(
    ("failure", "code", "said"),
    [
        (StepFailed("It did not work."), 1, "It did not work."),
        (PermissionError(13, "Permission denied", "/some/.venv"), 1, "/some/.venv cannot be written"),
        (OSError(28, "No space left on device", "/some/.venv"), 1, "No space left on device"),
        (KeyboardInterrupt(), 130, "Stopped."),
    ],
)
def test_failures_are_sentences(
    failure: BaseException,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(_options: Options) -> int:
        raise failure

    monkeypatch.setattr(commands, "_setup", fail)
    assert commands.run_command(["setup"], usage="") == code
    assert said in capsys.readouterr().err


def test_a_failed_background_build_is_not_repeated_at_every_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = Environment(tmp_path / ".venv")
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(engine_kinds, "_CHOICE", tmp_path / "choice")
    monkeypatch.setattr(engine, "_FAILED", tmp_path / "failed")
    monkeypatch.setattr(engine, "LOG", tmp_path / "engine.log")
    monkeypatch.setattr(system_needs, "missing", lambda _needs: [])
    monkeypatch.setattr(Environment, "is_busy", lambda _self: False)
    started: list[list[str]] = []
    monkeypatch.setattr(subprocess, "Popen", lambda command, **_options: started.append(command))

    def fail(*_arguments: object, **_options: object) -> None:
        raise StepFailed("no compiler")

    engine.build_in_background(environment)
    assert len(started) == 1
    assert started[0][-1] == engine.BACKGROUND_COMMAND
    monkeypatch.setattr(engine, "build", fail)
    assert engine.background_main(environment) == 1
    engine.build_in_background(environment)
    assert len(started) == 1
    assert "could not be built" in capsys.readouterr().err
