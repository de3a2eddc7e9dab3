"""The practice model through the whole command line: straight after set-up, nothing is configured."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_helper.core.resources import resource
from tests.support import cli_process, practice_files

pytest.importorskip("llama_cpp")
pytestmark = pytest.mark.e2e

NOTICE = "Practice model: shows how the app works. Choose a real one in Settings."


@pytest.fixture(scope="module")
def models(tmp_path_factory) -> Path:
    return practice_files.stand_ins(tmp_path_factory.mktemp("models"))


def ask(models: Path, home: Path, picture: str, question: str):
    words = ("ask", "--max-tokens", "12", "--file", str(resource("samples", picture)), question)
    return cli_process.run_command(home, practice_files.command(models, *words))


def test_the_engine_answers(models, tmp_path):
    done = ask(models, tmp_path, "shapes.png", "Where is the blue star?")
    assert done.returncode in (0, 6), done.stderr  # the words of a stand-in mean nothing, and some end early
    assert done.stdout.strip()
    assert done.stderr.count(NOTICE) == 1


def test_the_text_recogniser_answers(models, tmp_path):
    done = ask(models, tmp_path, "form.png", "What does it say?")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Read by the text recogniser, not by the model:")
    assert {"Open file", "Delete"} <= set(done.stdout.replace("\t", "\n").splitlines())
