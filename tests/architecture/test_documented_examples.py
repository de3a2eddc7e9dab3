"""The examples of docs/architecture.md work, copied as they are into a copy of the program."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGE, ROOT
from tests.architecture.test_translations import FOREIGN, catalogues, texts

DOCUMENT = ROOT / "docs" / "architecture.md"
_BLOCK = re.compile(r"^```(?:python|toml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PATH = re.compile(r"`((?:desktop_helper|resources)/[\w/]+\.(?:py|toml))`")
COMMAND = "desktop_helper/cli/hello.py"
HANDLER = "desktop_helper/attachments/subtitles.py"
BACKEND = "desktop_helper/backends/echo.py"
PROVIDER = "resources/providers/echo.toml"
TRANSLATIONS = "resources/translations/zh_CN/examples.toml"

FILM = "1\n00:00:01,000 --> 00:00:02,500\nHere's looking at you, kid.\n"


def examples() -> dict[str, str]:
    """Path to text: each block belongs to the first path that is named in the paragraph before it."""
    text = DOCUMENT.read_text(encoding="utf-8")
    found = {}
    for block in _BLOCK.finditer(text):
        named = _PATH.search(text[: block.start()].rstrip().rpartition("\n\n")[2])
        assert named, f"the document does not say into which file this goes:\n{block[1]}"
        found[named[1]] = block[1]
    return found


EXAMPLES = examples()


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program with every example in its place."""
    folder = tmp_path_factory.mktemp("program")
    for name in (PACKAGE.name, "resources"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "icons"))
    for name, text in EXAMPLES.items():
        target = folder / name
        assert target.parent.is_dir(), f"there is no folder for {name}"
        there = target.read_text(encoding="utf-8") if target.exists() else text
        assert there == text, f"{name} is an example no longer"
        target.write_text(text, encoding="utf-8")
    return folder


def run(program: Path, *arguments: str, **more: str) -> str:
    """What `desktop-helper` prints."""
    done = subprocess.run(
        [sys.executable, "-m", "desktop_helper", *arguments],
        cwd=program,
        env=environment(program, more),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr.strip()) == (0, ""), done.stderr
    return done.stdout


def environment(program: Path, more: dict[str, str]) -> dict[str, str]:
    """So that the copy is what Python finds, and is compiled only once."""
    ours = {"PYTHONPATH": str(program), "DESKTOP_HELPER_HOME": str(program / "home"), "PYTHONDONTWRITEBYTECODE": ""}
    return os.environ | ours | more


def test_there_is_an_example_of_everything() -> None:
    assert set(EXAMPLES) == {COMMAND, HANDLER, BACKEND, PROVIDER, TRANSLATIONS}


def test_all_are_found(program: Path) -> None:
    found = {one["name"]: one["ok"] for one in json.loads(run(program, "doctor", "--json"))}
    assert found["backend echo"]
    assert found["attachment subtitles"]
    assert not [name for name in found if name.startswith(("desktop_helper.", "provider "))]


def test_the_command_greets_in_two_languages(program: Path) -> None:
    assert run(program, "hello", "Ann") == "Hello, Ann.\n"
    assert run(program, "hello", "Ann", LC_ALL="zh_CN.UTF-8", LANGUAGE="") == "你好，Ann。\n"


def test_the_backend_answers(program: Path) -> None:
    (said,) = re.findall(r"`desktop-helper ask --provider echo (.+?)`", DOCUMENT.read_text(encoding="utf-8"))
    assert said == '--model echo "Hello there"'
    answer = run(program, "ask", "--provider", "echo", "--model", "echo", "Hello there")
    assert answer.split() == ["Hello", "there"]


def test_the_handler_converts(program: Path) -> None:
    film, sent = program / "film.srt", program / "out"
    film.write_text(FILM, encoding="utf-8")
    options = ("--provider", "echo", "--file", str(film), "--dry-run", str(sent))
    # The note that nothing was sent goes to standard error, which `run` wants empty.
    arguments = [sys.executable, "-m", "desktop_helper", "ask", *options, "What happens?"]
    subprocess.run(arguments, cwd=program, env=environment(program, {}), capture_output=True, check=True)
    request = (sent / "request.json").read_text(encoding="utf-8")
    assert "looking at you" in request
    assert "-->" not in request


def test_the_contract_suites_run_over_them_and_pass(program: Path) -> None:
    shutil.copytree(ROOT / "tests", program / "tests", ignore=shutil.ignore_patterns("__pycache__", "ui", "e2e"))
    shutil.copy(ROOT / "pyproject.toml", program)
    suites = [f"tests/contract/test_{kind}.py" for kind in ("attachments", "backends", "commands")]
    wanted = "subtitles or echo or hello"
    quick = ["--assert=plain", "-p", "no:cacheprovider"]  # to rewrite the assertions of the plug-ins takes seconds
    arguments = [sys.executable, "-m", "pytest", "-q", "-rA", *quick, "-k", wanted, *suites]
    done = subprocess.run(
        arguments, cwd=program, env=environment(program, {}), capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout
    passed = [line for line in done.stdout.splitlines() if line.startswith("PASSED")]
    assert all(any(name in line for line in passed) for name in ("subtitles", "echo", "hello")), done.stdout


def test_they_are_written_as_our_own_code_is(program: Path) -> None:
    files = [str(program / name) for name in EXAMPLES if name.endswith(".py")]
    for words in (("check", "--no-cache"), ("format", "--check", "--no-cache")):
        command = [sys.executable, "-m", "ruff", *words, "--config", str(ROOT / "pyproject.toml"), *files]
        done = subprocess.run(command, cwd=program, capture_output=True, encoding="utf-8", check=False)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("language", FOREIGN)
def test_their_texts_are_translated(program: Path, language: str) -> None:
    known = {english for table in catalogues(language).values() for english in table}
    known |= set(tomllib.loads(EXAMPLES[TRANSLATIONS]))
    said = {text for name in EXAMPLES if name.endswith(".py") for text in texts(program / name)}
    assert said <= known
    assert set(tomllib.loads(EXAMPLES[TRANSLATIONS])) <= said
