"""Text of the screen, copied with the running app on a real X server: a command, a drag, and it is on the clipboard."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import desktop_pattern, written
from tests.support.app import App, running_app, server_profile
from tests.support.xrig import XRig, wait_until, x_rig

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

TEXT = [
    (120, 90, "Delivery on 14 March"),
    (120, 170, "Apples"),
    (380, 170, "12"),
    (120, 210, "Pears"),
    (380, 210, "7"),
]
FOUND = "Delivery on 14 March\n\nApples\t12\nPears\t7"


@pytest.fixture
def rig() -> Iterator[XRig]:
    with x_rig(1280, 800, panel="tint2") as running:
        desktop_pattern.show(running.display, written.picture(TEXT, (1280, 800)))
        yield running


@pytest.fixture
def app(rig: XRig, tmp_path: Path) -> Iterator[App]:
    with running_app(rig, tmp_path, profile=server_profile("http://127.0.0.1:9/v1", "none")) as running:
        yield running


def clipboard(rig: XRig) -> str:
    command = ["xclip", "-selection", "clipboard", "-o"]
    return subprocess.run(command, env=rig.env, capture_output=True, text=True, timeout=10).stdout


def drag(app: App, rig: XRig, count: int) -> None:
    wait_until(lambda: len(app.traced("overlay:shown")) == count, "the overlay")
    rig.drag((90, 70), (520, 260))


def test_a_region_is_copied_as_text(app: App, rig: XRig) -> None:
    app.command("trigger", "text")
    drag(app, rig, 1)
    wait_until(lambda: clipboard(rig) == FOUND, "the text in the clipboard", 30)
    assert app.stored() == []
    # The same from the overlay that asks about things.
    rig.key("ctrl+shift+x")
    wait_until(lambda: len(app.traced("overlay:shown")) == 2, "the overlay")
    subprocess.run(["xclip", "-selection", "clipboard", "/dev/null"], env=rig.env, check=True, timeout=10)
    rig.xdotool("keydown", "shift")
    rig.drag((90, 150), (520, 260))
    rig.xdotool("keyup", "shift")
    rig.key("ctrl+shift+c")
    wait_until(lambda: clipboard(rig) == "Apples\t12\nPears\t7", "the text in the clipboard", 30)


def test_the_command_line_reads_the_same(app: App) -> None:
    said = app.command("text", "--region", "90,70,430,190")
    assert said.stdout == FOUND + "\n"
    assert said.stderr == ""
