"""Messages with real keys and a real mouse: answered again, edited, shown in their earlier version, deleted, undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.app import App, running_app, server_profile
from tests.support.glm_server import MODEL, GlmServer, answer
from tests.support.xrig import XRig, wait_until, x_rig

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


@pytest.fixture
def server() -> Iterator[GlmServer]:
    with GlmServer() as running:
        yield running


@pytest.fixture
def rig() -> Iterator[XRig]:
    with x_rig(1280, 800, panel="tint2") as running:
        yield running


@pytest.fixture
def app(rig: XRig, tmp_path: Path, server: GlmServer) -> Iterator[App]:
    with running_app(rig, tmp_path, profile=server_profile(server.base_url, MODEL)) as running:
        yield running
        rig.screenshot(tmp_path / "last.png")  # what to look at when a test fails


def shows(app: App, *texts: str) -> None:
    """The branch that is shown, from the file."""
    wanted = list(texts)
    wait_until(
        lambda: [(one.message.text, one.status != "open") for one in app.stored()] == [(text, True) for text in wanted],
        f"{wanted} to be shown",
    )


def test_branches_with_keys_and_mouse(app: App, rig: XRig, server: GlmServer) -> None:
    server.script(*map(answer, ("First answer.", "Second answer.", "Another question's answer.")))
    app.command("trigger", "chat")
    window = app.wait_focus()
    app.ask("Why?")
    shows(app, "Why?", "First answer.")
    rig.key("ctrl+r")
    shows(app, "Why?", "Second answer.")

    x, y, _width, _height = rig.x11.geometry(window)
    rig.click((x + 60, y + 160))  # the answer, below header and question
    rig.key("alt+Left")
    shows(app, "Why?", "First answer.")

    rig.key("F2")
    rig.type_text(" Really")
    rig.key("Return")
    shows(app, "Why? Really", "Another question's answer.")

    rig.click((x + 60, y + 160))
    rig.key("Delete")
    shows(app, "Why? Really")
    rig.key("ctrl+z")  # the message that had the keyboard is gone; the list has it
    shows(app, "Why? Really", "Another question's answer.")
