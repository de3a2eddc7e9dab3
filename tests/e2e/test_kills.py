"""Whoever is killed in mid-answer: what was shown is kept, the window says what happened, and work goes on."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from desktop_helper.services.draft import Draft
from desktop_helper.services.paths import Paths
from tests.support import sample_files
from tests.support.app import App, gguf_profile, running_app, server_profile
from tests.support.cli_process import run, running
from tests.support.glm_process import GlmProcess, glm_process
from tests.support.glm_server import MODEL
from tests.support.kept_drafts import newest_draft
from tests.support.local_models import worker_process
from tests.support.tiny_gguf import TinyModel, tiny_pair
from tests.support.xrig import XRig, wait_until, x_rig

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

LONG = " ".join(f"word-{number}" for number in range(4000))
DELAY_S = 0.01  # between four characters: LONG takes more than a minute
SEEN = 60  # characters that are there before the kill


@pytest.fixture
def server() -> Iterator[GlmProcess]:
    with glm_process(LONG, thinking="Let me see.", delay=DELAY_S) as running_server:
        yield running_server


@pytest.fixture
def rig() -> Iterator[XRig]:
    with x_rig(1280, 800, panel="tint2") as running_rig:
        yield running_rig


def begin(app: App, question: str = "Go on.") -> str:
    """Ask, and return what the window shows of the running answer a moment later."""
    app.command("trigger", "chat")
    app.wait_focus()
    app.ask(question)
    app.wait_text(SEEN)
    shown = app.copied_answer()
    assert shown
    return shown


def children(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def wait_gone(processes: list[psutil.Process]) -> None:
    def gone(process: psutil.Process) -> bool:
        try:
            return process.status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    wait_until(lambda: all(gone(process) for process in processes), f"the end of {processes}", 20)


def paste_picture(app: App, tmp_path: Path) -> None:
    """Ctrl+V of a picture; it goes through the converter process."""
    (path := tmp_path / "pasted.png").write_bytes(sample_files.picture())
    subprocess.run(["xclip", "-selection", "clipboard", "-t", "image/png", path], env=app.rig.env, check=True)
    app.rig.key("ctrl+v")
    wait_until(lambda: any("attachments" in " ".join(one.cmdline()) for one in children(app.process)), "the converter")


@pytest.mark.slow
def test_the_app_is_killed(rig: XRig, server: GlmProcess, tmp_path: Path) -> None:
    profile = server_profile(server.base_url, MODEL)
    with running_app(rig, tmp_path, profile=profile) as app:
        app.command("trigger", "chat")
        app.wait_focus()
        paste_picture(app, tmp_path)
        app.ask("What is this?")
        app.wait_text(SEEN)
        shown = app.copied_answer()
        left = children(app.process)
        assert left, "the converter should still be warm"
        app.kill()
        wait_gone(left)
        (answer,) = app.answers()
        assert answer.message.text.startswith(shown)
        assert LONG.startswith(answer.message.text)
        assert answer.message.thinking == "Let me see."

    with running_app(rig, tmp_path, profile=profile) as again:
        again.command("trigger", "chat")
        again.wait_focus()
        (kept,) = again.answers()
        assert kept.status == "interrupted"
        assert again.copied_answer() == kept.message.text == answer.message.text
        again.ask("Go on.")
        wait_until(lambda: len(again.answers()) == 2 and len(again.answers()[1].message.text) > SEEN, "an answer", 60)
        assert again.quit() == 0
        assert again.answers()[1].status == "cancelled"


@pytest.mark.slow
def test_the_app_begins_where_something_was_asked_last(rig: XRig, server: GlmProcess, tmp_path: Path) -> None:
    profile = server_profile(server.base_url, MODEL)
    with running_app(rig, tmp_path, profile=profile) as app:
        begin(app, "Asked first.")
        rig.key("ctrl+n")
        app.ask("Asked last.")
        wait_until(lambda: app.stored()[0].message.text == "Asked last.", "the question to be saved", 60)
        app.wait_text(SEEN)
        rig.key("Escape")
        stopped = app.wait_answer()
        app.kill()  # in mid-answer of the other one, which the next start closes

    with running_app(rig, tmp_path, profile=profile) as again:
        again.command("trigger", "chat")
        again.wait_focus()
        assert again.copied_answer() == stopped.message.text
        assert again.quit() == 0


def test_a_question_that_was_not_asked_yet_outlives_the_app(rig: XRig, server: GlmProcess, tmp_path: Path) -> None:
    profile, paths = server_profile(server.base_url, MODEL), Paths.below(tmp_path)
    with running_app(rig, tmp_path, profile=profile) as app:
        app.command("trigger", "chat")
        app.wait_focus()
        paste_picture(app, tmp_path)
        rig.type_text("What is")
        wait_until(
            lambda: newest_draft(paths).text == "What is" and newest_draft(paths).attachments, "the draft on the disk"
        )
        app.kill()

    with running_app(rig, tmp_path, profile=profile) as again:
        again.command("trigger", "chat")
        again.wait_focus()
        again.ask(" this?")
        again.wait_text(SEEN)
        question = again.stored()[0].message
        assert question.text == "What is this?"
        assert len(question.media) == 1
        wait_until(lambda: newest_draft(paths) == Draft(), "the draft to be gone")
        assert again.quit() == 0


@pytest.mark.slow
def test_the_model_process_is_killed(rig: XRig, tmp_path: Path) -> None:
    pair = tiny_pair(TinyModel(endless=True))
    with running_app(rig, tmp_path, profile=gguf_profile(pair.gguf, pair.mmproj), max_tokens=None) as app:
        shown = begin(app)
        worker_process(app.process.pid).kill()
        failed = app.wait_answer()
        assert failed.status == "failed"
        assert "The local model stopped: it was ended by signal 9" in failed.error
        assert failed.message.text.startswith(shown)
        assert app.copied_answer() == failed.message.text

        app.ask("Once more.")
        wait_until(lambda: len(app.answers()) == 2 and len(app.answers()[1].message.text) > SEEN, "an answer", 60)
        rig.key("Escape")
        stopped = app.wait_answer(2)
        assert stopped.status == "cancelled"
        assert stopped.message.text.startswith(app.copied_answer())  # Stop may save a word that it no longer shows

        app.ask("And this one?")
        wait_until(lambda: len(app.answers()) == 3 and app.answers()[2].message.text, "an answer", 60)
        left = children(app.process)
        assert left
        app.kill()
        wait_gone(left)


@pytest.mark.slow
def test_the_server_is_killed(rig: XRig, server: GlmProcess, tmp_path: Path) -> None:
    with running_app(rig, tmp_path, profile=server_profile(server.base_url, MODEL)) as app:
        shown = begin(app)
        server.process.kill()
        failed = app.wait_answer()
        assert failed.status == "interrupted"
        assert failed.error
        assert failed.message.text.startswith(shown)
        assert app.copied_answer() == failed.message.text

        app.ask("Are you there?")
        assert "127.0.0.1" in app.wait_answer(2).error

        with glm_process("Here again.", port=server.port):
            app.ask("And now?")
            assert app.wait_answer(3).message.text == "Here again."
            assert app.copied_answer() == "Here again."
        assert app.quit() == 0


def ask_argv(server: GlmProcess) -> tuple[str, ...]:
    return ("ask", "Go on.", "--base-url", server.base_url, "--model", MODEL)


def stored_answer(home: Path) -> str:
    return run(home, "history", "show", "1").stdout


def test_the_server_of_ask_is_killed(server: GlmProcess, tmp_path: Path) -> None:
    with running(tmp_path, *ask_argv(server)) as process:
        assert process.stdout is not None
        begun = process.stdout.read(SEEN)
        server.process.kill()
        rest, stderr = process.communicate(timeout=60)
    assert process.returncode == 5, stderr
    assert stderr.startswith("desktop-helper: ")
    assert stderr.count("\n") == 1
    printed = (begun + rest).removesuffix("\n")
    assert LONG.startswith(printed)
    assert printed in stored_answer(tmp_path)


def test_ask_is_killed(server: GlmProcess, tmp_path: Path) -> None:
    with running(tmp_path, *ask_argv(server)) as process:
        assert process.stdout is not None
        begun = process.stdout.read(SEEN)
        process.send_signal(signal.SIGKILL)
        rest, stderr = process.communicate(timeout=60)
    assert stderr == ""
    assert begun + rest in stored_answer(tmp_path)
