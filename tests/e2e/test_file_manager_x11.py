"""Files dragged out of a file manager, several at once and of several kinds, onto both sizes of the window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from desktop_helper.core.messages import MediaPart
from tests.e2e.test_two_sizes_x11 import width
from tests.support import sample_files
from tests.support.app import App, running_app, server_profile
from tests.support.glm_server import GlmServer, answer
from tests.support.xrig import Point, XRig, missing_programs, wait_until, x_rig

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

# A list without a side pane, so that rows are where the test looks for them.
SETTINGS = """[ui]
always_show_tabs=0
win_width=560
win_height=420
side_pane_mode=hidden;places
view_mode=list
sort=name;ascending;
show_statusbar=0
"""
ROW = (70, 112)  # a point in one of the first rows of that list


@pytest.fixture
def server() -> Iterator[GlmServer]:
    with GlmServer() as running:
        yield running


@pytest.fixture
def rig() -> Iterator[XRig]:
    if missing_programs("pcmanfm"):
        pytest.skip("needs pcmanfm")
    with x_rig(1600, 1000) as running:
        yield running


@pytest.fixture
def app(rig: XRig, tmp_path: Path, server: GlmServer) -> Iterator[App]:
    home = tmp_path / "home"
    with running_app(rig, home, profile=server_profile(server.base_url, "glm"), max_tokens=None) as running:
        running.command("trigger", "chat")
        running.wait_focus()
        yield running


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "Some files"
    folder.mkdir()
    Image.effect_noise((300, 200), 80).convert("RGB").save(folder / "chart 1.png")
    (folder / "manual.pdf").write_bytes(sample_files.pdf(2))
    (folder / "notes #2 100%.txt").write_text("Quarter 3 was best.\n", encoding="utf-8")
    (folder / "表.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    return folder


def open_file_manager(rig: XRig, folder: Path, home: Path) -> int:
    """Its window, at the upper left, with all files selected."""
    settings = home / "config" / "pcmanfm" / "default" / "pcmanfm.conf"
    settings.parent.mkdir(parents=True)
    settings.write_text(SETTINGS, encoding="utf-8")
    names = {"XDG_CONFIG_HOME": "config", "XDG_CACHE_HOME": "cache", "XDG_DATA_HOME": "data"}
    env = {variable: str(home / name) for variable, name in names.items()}
    rig.spawn(["pcmanfm", "--no-desktop", str(folder)], env=env | {"HOME": str(home), "GIO_USE_VFS": "local"})
    window = rig.wait_window(folder.name)
    rig.xdotool("windowmove", "--sync", str(window), "20", "40")
    rig.focus(window)
    unselected = rig.screenshot().getpixel(spot(rig, window))
    rig.key("ctrl+a")
    wait_until(lambda: rig.screenshot().getpixel(spot(rig, window)) != unselected, "the rows to be selected")
    return window


def spot(rig: XRig, window: int) -> Point:
    x, y, _width, _height = rig.x11.geometry(window)
    return x + ROW[0] + 100, y + ROW[1]


def drag_files(rig: XRig, window: int, chat: int) -> None:
    x, y, width, height = rig.x11.geometry(chat)
    rig.drag(spot(rig, window), (x + width * 3 // 4, y + height // 3), steps=20, hover_s=0.5)


def told(media: tuple[MediaPart, ...]) -> list[str]:
    return [part.name for part in media]


def test_several_files_on_both_sizes(app: App, rig: XRig, server: GlmServer, files: Path, tmp_path: Path) -> None:
    window = open_file_manager(rig, files, tmp_path / "manager")
    wanted = [
        "chart 1.png", "manual.pdf, page 1 of 2", "manual.pdf, page 2 of 2", "manual.pdf, text of the pages",
        "notes #2 100%.txt", "表.csv",
    ]  # fmt: skip
    app.command("trigger", "chat")
    for number, full in enumerate((False, True), 1):
        if full:
            rig.key("F11")
            wait_until(lambda: width(app) > 900, "the large window")
        chat = app.wait_focus()
        rig.xdotool("windowmove", "--sync", str(chat), "600", "60")  # beside the files
        drag_files(rig, window, chat)
        app.wait_focus()
        server.script(answer("Seen."))
        app.ask("What are these?")
        app.wait_answer(number)
        question = app.stored()[2 * (number - 1)].message
        assert sorted(told(question.media)) == sorted(wanted)
        assert question.text == "What are these?"
    assert sorted(path.name for path in files.iterdir()) == [
        "chart 1.png", "manual.pdf", "notes #2 100%.txt", "表.csv",
    ]  # fmt: skip
