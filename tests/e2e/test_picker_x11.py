"""Windows, and regions that are changed first: the X server's own pixels, at every scale and on two screens."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image
from Xlib import X

from tests.support.picker_rig import TITLE, PickerApp, desktop, two_screens
from tests.support.xrig import XRig, missing_programs, wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

Box = tuple[int, int, int, int]
SCALES = ["1", "1.5", "2"]


def box_of(said: str) -> Box:
    """Left, top, right, bottom of what was picked."""
    left, top, width, height = (int(number) for number in said.split(" ", maxsplit=1)[0].split(","))
    return left, top, left + width, top + height


@contextmanager
def terminal(rig: XRig, place: str) -> Iterator[tuple[int, int, int, int]]:
    """A window of another program that stands still; its place without its title bar."""
    process = rig.spawn(["xterm", "-T", "a terminal", "-geometry", place, "-e", "sleep 60"])
    try:
        yield rig.x11.geometry(rig.wait_window("a terminal"))
    finally:
        process.terminate()
        process.wait()
        rig.wait_no_window("a terminal")


@contextmanager
def shift(rig: XRig) -> Iterator[None]:
    rig.xdotool("keydown", "shift")
    try:
        yield
    finally:
        rig.xdotool("keyup", "shift")


@pytest.mark.parametrize("scale", SCALES)
def test_a_window_is_taken_to_the_pixel(tmp_path: Path, scale: str) -> None:
    with desktop() as (rig, _pattern), terminal(rig, "50x12+301+203") as (x, y, width, height):
        app = PickerApp(rig, tmp_path, {"QT_SCALE_FACTOR": scale})
        rig.move((20, 20))
        before = rig.screenshot()
        app.open()
        rig.click((x + 60, y + 60))
        said, picture = app.picked()
        box = box_of(said)
        assert box[0] <= x < x + width <= box[2]
        assert box[1] < y < y + height <= box[3]
        assert picture.tobytes() == before.crop(box).tobytes()


@pytest.mark.parametrize("scale", SCALES)
def test_a_region_that_was_changed_is_taken_to_the_pixel(tmp_path: Path, scale: str) -> None:
    with desktop() as (rig, pattern):
        app = PickerApp(rig, tmp_path, {"QT_SCALE_FACTOR": scale})
        app.open()
        with shift(rig):
            rig.drag((200, 150), (500, 400))
        rig.drag((350, 275), (360, 295))  # the whole of it
        rig.drag((510, 420), (610, 450))  # its lower right corner
        rig.key("Right", 3)
        rig.key("shift+Down", 2)
        rig.key("Return")
        said, picture = app.picked()
        box = box_of(said)
        near = 3 if scale == "1.5" else 2 if scale == "2" else 0  # the mouse has no places between its own
        assert all(abs(one - other) <= near for one, other in zip(box, (213, 170, 613, 452), strict=True)), box
        assert picture.tobytes() == pattern.crop(box).tobytes()


@pytest.mark.parametrize("scales", ["1;1", "1;2", "2;1"])
def test_two_screens_hold_one_region_between_them(tmp_path: Path, scales: str) -> None:
    with desktop(1200, 600) as (rig, pattern):
        two_screens(rig)
        app = PickerApp(rig, tmp_path, {"QT_SCREEN_SCALE_FACTORS": scales})
        rig.move((100, 300))
        app.open()
        with shift(rig):
            rig.drag((60, 60), (160, 160))
            rig.drag((800, 100), (1000, 300))
        rig.key("Left")
        rig.key("Return")
        said, picture = app.picked()
        box = box_of(said)
        assert all(abs(one - other) <= 2 for one, other in zip(box, (799, 100, 999, 300), strict=True)), box
        assert picture.tobytes() == pattern.crop(box).tobytes()
        rig.wait_no_window(TITLE)


def test_a_window_on_the_second_screen_is_taken_to_the_pixel(tmp_path: Path) -> None:
    with desktop(1200, 600) as (rig, _pattern):
        two_screens(rig)
        with terminal(rig, "40x10+803+105") as place:
            x, y, width, height = place
            app = PickerApp(rig, tmp_path, {"QT_SCREEN_SCALE_FACTORS": "1;2"})
            rig.move((20, 20))
            before = rig.screenshot()
            app.open()
            rig.click((x + 30, y + 30))
            said, picture = app.picked()
            box = box_of(said)
            assert box[0] <= x < x + width <= box[2]
            assert box[1] < y < y + height <= box[3]
            assert picture.tobytes() == before.crop(box).tobytes()


def test_the_shadow_that_a_window_draws_itself_is_not_taken(tmp_path: Path) -> None:
    with desktop() as (rig, _pattern):
        app = PickerApp(rig, tmp_path)  # takes so long that the window manager has settled
        window = shadowed_window(rig)
        rig.move((20, 20))
        x, y, width, height = rig.x11.geometry(window)
        before = rig.screenshot()
        app.open()
        rig.click((x + 100, y + 100))
        said, picture = app.picked()
        assert box_of(said) == (x + 20, y + 15, x + width - 22, y + height - 25)
        assert picture.tobytes() == before.crop(box_of(said)).tobytes()


def shadowed_window(rig: XRig) -> int:
    """As GTK's programs make theirs: no frame of the window manager's, and edges that are not part of the window."""
    x11 = rig.x11
    window = x11.root.create_window(200, 150, 400, 300, 0, X.CopyFromParent, background_pixel=0x336699)
    window.set_wm_name("shadowed")
    undecorated, cardinal = x11.atom("_MOTIF_WM_HINTS"), x11.atom("CARDINAL")
    window.change_property(undecorated, undecorated, 32, [2, 0, 0, 0, 0])
    window.change_property(x11.atom("_GTK_FRAME_EXTENTS"), cardinal, 32, [20, 22, 15, 25])
    window.map()
    x11.display.sync()
    return rig.wait_window("shadowed")


def test_no_mouse_is_needed(tmp_path: Path) -> None:
    with desktop() as (rig, pattern):
        app = PickerApp(rig, tmp_path)
        rig.move((300, 200))
        app.open()
        rig.key("ctrl+Left", 3)
        rig.key("space")
        rig.key("Right", 4)
        rig.key("Down", 3)
        rig.key("shift+space")
        rig.key("shift+Right", 2)
        rig.key("Up", 5)
        rig.key("Escape")  # lets it go; the crosshair stays
        rig.key("shift+Return")  # the whole screen
        rig.key("shift+Left", 10)
        rig.key("Down", 3)  # there is no room below
        rig.key("Return")
        said, picture = app.picked()
        assert box_of(said) == (0, 0, 990, 700)
        assert picture.tobytes() == pattern.crop((0, 0, 990, 700)).tobytes()


def test_the_colour_goes_to_the_clipboard(tmp_path: Path) -> None:
    if missing_programs("xclip"):
        pytest.skip("needs xclip")
    with desktop() as (rig, pattern):
        app = PickerApp(rig, tmp_path)
        app.open()
        rig.move((321, 123))
        rig.key("c")
        wanted = "#{:02X}{:02X}{:02X}".format(*pixel(pattern, 321, 123))

        def copied() -> bool:
            argv = ["xclip", "-selection", "clipboard", "-o"]
            done = subprocess.run(argv, env=rig.env, capture_output=True, text=True, timeout=10, check=False)
            return done.stdout == wanted

        wait_until(copied, f"{wanted} in the clipboard")


def pixel(picture: Image.Image, x: int, y: int) -> tuple[int, ...]:
    """One pixel's red, green and blue."""
    found = picture.getpixel((x, y))
    assert isinstance(found, tuple)
    return found
