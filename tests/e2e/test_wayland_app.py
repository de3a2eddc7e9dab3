"""The app in a real Wayland session: overlay on every output, region, question, answer."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from desktop_helper.services.paths import Paths
from tests.support import page_window
from tests.support.app import ROOT, TITLE, RunningApp, server_profile, write_settings
from tests.support.glm_server import MODEL, GlmServer, answer
from tests.support.wayland_rig import WaylandRig, wayland_rig
from tests.support.xrig import stop, wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


@pytest.fixture(params=[1.0, 1.5], ids=lambda scale: f"scale {scale:g}")
def rig(request: pytest.FixtureRequest) -> Iterator[WaylandRig]:
    with wayland_rig((1260, 720, request.param), (1020, 768, 1.0)) as made:
        yield made


@pytest.fixture
def server() -> Iterator[GlmServer]:
    with GlmServer(answer("Blue.", delay=0.02)) as running:
        yield running


@pytest.fixture
def app(rig: WaylandRig, server: GlmServer, tmp_path: Path) -> Iterator[RunningApp]:
    write_settings(tmp_path, server_profile(server.base_url, MODEL))
    running = RunningApp(rig, tmp_path)
    try:
        yield running
    finally:
        stop(running.process)


def overlay(rig: WaylandRig, app: RunningApp) -> None:
    shown = len(app.traced("overlay:shown"))
    app.command("trigger", "region")
    wait_until(lambda: len(app.traced("overlay:shown")) > shown, "the overlay")
    wait_until(lambda: rig.focused().startswith("Select a region"), "the overlay to have the keyboard")


def covers(rig: WaylandRig) -> list[dict[str, Any]]:
    return [one for one in rig.windows() if str(one["name"]).startswith("Select a region")]


def test_region_question_answer(rig: WaylandRig, app: RunningApp) -> None:
    overlay(rig, app)
    wait_until(lambda: len(covers(rig)) == 2, "both outputs to be covered")
    assert sorted(one["rect"]["x"] for one in covers(rig)) == [0, round(1260 / rig.scale)]
    assert all(one["fullscreen_mode"] == 1 for one in covers(rig))
    rig.mouse.drag((100, 60), (300, 160))
    wait_until(lambda: rig.focused() == TITLE, "the chat to have the keyboard")
    rig.type_text("Which colour?")
    rig.key("Return")
    assert app.wait_answer().message.text == "Blue."
    question = app.stored()[0].message
    assert question.text == "Which colour?"
    (picture,) = question.media
    wanted = (round(200 * rig.scale), round(100 * rig.scale))
    assert abs(picture.width - wanted[0]) <= 1
    assert abs(picture.height - wanted[1]) <= 1
    shown = Image.open(io.BytesIO(picture.data)).convert("RGB")
    assert shown.getcolors() == [(picture.width * picture.height, (0x33, 0x66, 0x99))]  # no window of ours in it


def test_esc_closes_it_on_every_output(rig: WaylandRig, app: RunningApp) -> None:
    overlay(rig, app)
    rig.key("Escape")
    wait_until(lambda: not covers(rig), "it to be gone")


@pytest.mark.skipif(shutil.which("wl-paste") is None, reason="needs wl-paste")
def test_the_text_of_a_screen_is_copied_and_no_window_takes_the_keyboard(rig: WaylandRig, app: RunningApp) -> None:
    page = rig.spawn([sys.executable, "-m", "tests.support.page_window", "Platform 9 at noon"], cwd=ROOT)
    try:
        wait_until(lambda: page_window.TITLE in [one["name"] for one in rig.windows()], "the page", 20)
        shown = len(app.traced("overlay:shown"))
        app.command("trigger", "text")
        wait_until(lambda: len(app.traced("overlay:shown")) > shown, "the overlay")
        wait_until(lambda: rig.focused().startswith("Select a region"), "the overlay to have the keyboard")
        rig.key("Return")
        wait_until(lambda: b"Platform 9 at noon" in rig.run(["wl-paste", "-n"]).stdout, "the text in the clipboard", 30)
        assert not [one for one in rig.windows() if str(one["name"]).startswith("Reading the text")]
    finally:
        stop(page)


def test_asked_at_the_region_and_answered_in_the_chat(rig: WaylandRig, server: GlmServer, tmp_path: Path) -> None:
    """The line is a part of the overlay; a bubble could not be placed."""
    write_settings(tmp_path, server_profile(server.base_url, MODEL))
    with Paths.below(tmp_path).settings_file.open("a", encoding="utf-8") as settings:
        settings.write("\n[capture]\nask_first = true\n")
    app = RunningApp(rig, tmp_path)
    try:
        overlay(rig, app)
        rig.mouse.drag((100, 60), (300, 160))
        rig.type_text("Which colour?")
        rig.key("Return")
        wait_until(lambda: rig.focused() == TITLE, "the chat to have the keyboard")
        assert app.wait_answer().message.text == "Blue."
        assert app.stored()[0].message.text == "Which colour?"
        assert len(app.stored()[0].message.media) == 1
    finally:
        stop(app.process)
