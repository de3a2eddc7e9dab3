"""A home that is not in order: the real app says so in a window, and never with a traceback."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_helper.services.paths import Paths
from tests.support.app import ROOT, TITLE, App, running_app, server_profile
from tests.support.glm_server import MODEL, GlmServer, answer
from tests.support.xrig import XRig, stop, wait_until, x_rig

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


@pytest.fixture
def rig() -> Iterator[XRig]:
    with x_rig(1000, 760, panel="tint2") as running_rig:
        yield running_rig
        assert "Traceback" not in running_rig.log.read_text(errors="replace")


def test_broken_settings(rig: XRig, tmp_path: Path) -> None:
    path = Paths.below(tmp_path).settings_file
    path.parent.mkdir(parents=True)
    path.write_text("[general\n")
    app = App(rig, tmp_path)
    try:
        app.wait_focus()  # it comes up by itself, since something must be told
        above_the_panel = (0, 0, rig.width, rig.height - 40)
        wait_until(lambda: rig.screenshot(tmp_path / "told.png").crop(above_the_panel).getbbox(), "something to see")
        assert app.quit() == 0
        assert path.read_text() == "[general\n"
    finally:
        stop(app.process)


def test_a_misspelt_setting_is_in_the_log_and_stays_in_the_file(rig: XRig, tmp_path: Path) -> None:
    with running_app(rig, tmp_path, profile=server_profile("http://127.0.0.1:9/v1", MODEL)) as app:
        assert app.quit() == 0
    paths = Paths.below(tmp_path)
    paths.settings_file.write_text(paths.settings_file.read_text() + "[privat]\nlocal_only = true\n")
    again = App(rig, tmp_path)
    try:
        again.command("trigger", "chat")
        again.wait_focus()
        assert again.quit() == 0  # which notes where the window was
    finally:
        stop(again.process)
    assert "“privat” has no effect; did you mean “privacy”?" in paths.log_file.read_text(encoding="utf-8")
    assert "[privat]\nlocal_only = true\n" in paths.settings_file.read_text()


def test_a_history_that_cannot_be_used(rig: XRig, tmp_path: Path) -> None:
    history = Paths.below(tmp_path).history_file
    history.mkdir(parents=True)
    with (
        GlmServer(answer("Saved.")) as server,
        running_app(rig, tmp_path, profile=server_profile(server.base_url, MODEL)) as app,
    ):
        app.command("trigger", "chat")
        app.wait_focus()
        app.ask("Keep this question.")
        time.sleep(1)  # it was refused
        assert history.is_dir()
        assert not server.chats
        history.rmdir()

        def sent() -> bool:
            rig.key("Return")  # the question is back as soon as the app has seen what is wrong
            time.sleep(0.5)
            return history.exists()

        wait_until(sent, "the question to be sent")
        assert app.wait_answer().message.text == "Saved."
        assert app.stored()[0].message.text == "Keep this question."
        assert len(server.chats) == 1
        assert app.quit() == 0


def test_a_home_that_cannot_be_made(rig: XRig, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    environment = {"DESKTOP_HELPER_HOME": str(tmp_path / "home")}
    app = rig.spawn([sys.executable, "-m", "desktop_helper"], env=environment, cwd=ROOT)
    window = rig.wait_window(TITLE, 30)
    wait_until(lambda: rig.x11.active_window() == window, "the keyboard")
    rig.key("Return")
    assert app.wait(15) == 1
    told = [line for line in rig.log.read_text().splitlines() if line.startswith("desktop-helper: ")]
    assert len(told) == 1
    assert str(tmp_path / "home") in told[0]


def test_settings_are_opened_from_outside(rig: XRig, tmp_path: Path) -> None:
    with running_app(rig, tmp_path, profile=server_profile("http://127.0.0.1:9/v1", MODEL)) as app:
        app.command("trigger", "settings")
        rig.wait_window("Settings")
        assert app.quit() == 0
