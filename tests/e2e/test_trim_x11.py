"""A part of a video is chosen with real keys and a real mouse, and that part is what the server gets."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.app import App, running_app, server_profile
from tests.support.clip_files import clip
from tests.support.glm_server import GlmServer, answer
from tests.support.kept_drafts import newest_draft
from tests.support.xrig import XRig, wait_until, x_rig

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


@pytest.fixture
def rig() -> Iterator[XRig]:
    with x_rig(1280, 800, panel="tint2") as running:
        yield running


@pytest.fixture
def server() -> Iterator[GlmServer]:
    with GlmServer(answer("Green.")) as running:
        yield running


@pytest.fixture
def app(rig: XRig, server: GlmServer, tmp_path: Path) -> Iterator[App]:
    with running_app(rig, tmp_path, profile=server_profile(server.base_url, "glm")) as running:
        yield running


def attach(app: App, rig: XRig, film: Path) -> None:
    """As a file manager's Copy, and Ctrl+V in the chat; returns when it has been read."""
    rig.key("ctrl+shift+space")
    app.wait_focus()
    argv = ["xclip", "-selection", "clipboard", "-t", "text/uri-list"]
    subprocess.run(argv, env=rig.env, input=f"{film.as_uri()}\r\n".encode(), check=True, timeout=10)
    rig.key("ctrl+v")
    wait_frames(app, [0, 1, 2, 2.9])


def open_window(rig: XRig) -> tuple[int, int, tuple[int, int]]:
    """By the keyboard, from the empty field; its left edge, its width, and where the first handle is."""
    rig.key("BackSpace")
    rig.key("Return")
    window = rig.wait_window("Trim film.mp4")
    wait_until(lambda: rig.x11.active_window() == window, "the keyboard in the window")
    left, top, width, _height = rig.x11.geometry(window)
    return left, width, wait_until(lambda: _handle(rig, left, top), "the first handle")


def frames(app: App) -> list[float]:
    """Times of the frames that are attached, as the draft has them."""
    parts = [part for _name, group in newest_draft(app.paths).attachments for part in group]
    return [round(part.moment.at, 2) for part in parts if getattr(part, "moment", None)]


def wait_frames(app: App, expected: list[float]) -> None:
    wait_until(lambda: frames(app) == expected, f"frames at {expected}", 30)


def test_from_the_chip_to_the_server(app: App, rig: XRig, server: GlmServer, tmp_path: Path) -> None:
    """Red until 1, green until 2, blue until 3; ten a second."""
    film = tmp_path / "film.mp4"
    film.write_bytes(clip("mp4"))
    attach(app, rig, film)
    open_window(rig)
    rig.key("ctrl+Right")  # ten seconds: to the end
    rig.key("shift+Left", 2)
    rig.key("i")
    rig.key("shift+Right")
    rig.key("o")
    rig.key("ctrl+Return")
    app.wait_focus()
    wait_frames(app, [1, 2])
    app.ask("What colour?")
    assert app.wait_answer().message.text == "Green."
    content = server.chats[-1].body["messages"][-1]["content"]
    texts = [part["text"] for part in content if part["type"] == "text"]
    assert [text for text in texts if text.endswith("seconds")] == ["1.0 seconds", "2.0 seconds"]
    assert "Of the part from 0:01.0 to 0:02.0" in texts[0]


def test_a_handle_is_pulled_with_the_mouse(app: App, rig: XRig, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(clip("mp4"))
    attach(app, rig, film)
    left, width, handle = open_window(rig)
    rig.drag(handle, (left + width // 2, handle[1]))
    rig.key("ctrl+Return")
    app.wait_focus()
    wait_until(lambda: frames(app) and frames(app) != [0, 1, 2, 2.9], "another part", 30)
    assert frames(app)[0] == pytest.approx(1.5, abs=0.1)
    assert frames(app)[-1] == 2.9


def _handle(rig: XRig, left: int, top: int) -> tuple[int, int] | None:
    """A place in the blue handle at the left end of the timeline."""
    picture, blue = rig.screenshot().convert("RGB"), (0x3F, 0x57, 0xD6)
    x = left + 16 + 6  # the window's margin, and the middle of the handle
    rows = [y for y in range(top + 300, picture.height) if picture.getpixel((x, y)) == blue]
    return (x, rows[len(rows) // 2]) if len(rows) > 20 else None
