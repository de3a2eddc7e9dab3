"""A region is watched in a real Wayland session, where the compositor places windows; and what is not kept there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import tomlkit

from desktop_helper.core.messages import Role
from desktop_helper.services.paths import Paths
from tests.support.app import RunningApp, server_profile, write_settings
from tests.support.glm_server import MODEL, GlmServer, answer
from tests.support.wayland_rig import WaylandRig, wayland_rig
from tests.support.xrig import stop, wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180), pytest.mark.allow_leaks("processes")]

SETUP, BAR = "Watch this region", "Watching a region"


@pytest.fixture
def rig() -> Iterator[WaylandRig]:
    with wayland_rig((1000, 720, 1.0), (1020, 768, 1.0)) as made:
        yield made


@pytest.fixture
def server() -> Iterator[GlmServer]:
    with GlmServer(answer("Red.", delay=0.01)) as running:
        yield running


@pytest.fixture
def app(rig: WaylandRig, server: GlmServer, tmp_path: Path) -> Iterator[RunningApp]:
    write_settings(tmp_path, server_profile(server.base_url, MODEL))
    path = Paths.below(tmp_path).settings_file
    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    document["watch"] = {"rule": "change"}
    document["last_seconds"] = {"keep": True}
    path.write_text(tomlkit.dumps(document), encoding="utf-8")
    running = RunningApp(rig, tmp_path)
    try:
        yield running
    finally:
        stop(running.process)


def shown(rig: WaylandRig, title: str) -> bool:
    return any(title in str(one["name"]) for one in rig.windows())


def test_a_change_is_asked_about(rig: WaylandRig, app: RunningApp) -> None:
    app.command("trigger", "watch")
    wait_until(lambda: app.traced("overlay:shown"), "the overlay")
    wait_until(lambda: len([one for one in rig.windows() if one["fullscreen_mode"] == 1]) == 2, "both outputs")
    wait_until(lambda: rig.focused().startswith("Select a region"), "the overlay to have the keyboard")
    rig.mouse.drag((50, 560), (250, 680))  # beside where sway puts the card
    wait_until(lambda: SETUP in rig.focused(), "the card to have the keyboard")
    rig.type_text("Which colour?")
    rig.key("Return")
    wait_until(lambda: shown(rig, BAR), "the bar")
    rig.sway('[title="^Desktop Helper$"] move container to output HEADLESS-2')  # without a tray it is always there
    time.sleep(1)  # until what is behind it has been painted
    wait_until(lambda: app.traced("watch:began"), "its first picture", 30)
    rig.sway("output", "*", "bg", "#c02020", "solid_color")
    app.wait_answer()
    question = next(one.message for one in app.stored() if one.message.role is Role.USER)
    assert question.text == "Which colour?"
    app.command("trigger", "watch")
    wait_until(lambda: not shown(rig, BAR), "the bar to go")


def test_without_a_tray_nothing_could_show_that_the_last_seconds_are_kept(rig: WaylandRig, app: RunningApp) -> None:
    assert app.command("trigger", "just-happened", check=False).returncode == 3
    assert not (app.paths.log_dir / "ring.log").exists()
