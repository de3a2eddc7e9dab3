"""The overlay of the running app on real X servers: exact pixels, keys, focus, windows, two screens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.support import desktop_pattern
from tests.support.picker_rig import HEIGHT, TITLE, WIDTH, PickerApp, desktop, two_screens
from tests.support.xrig import XRig, missing_programs, wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def rig_and_pattern() -> Iterator[tuple[XRig, Image.Image]]:
    with desktop() as both:
        yield both


@pytest.fixture(scope="module")
def rig(rig_and_pattern: tuple[XRig, Image.Image]) -> XRig:
    return rig_and_pattern[0]


@pytest.fixture(scope="module")
def pattern(rig_and_pattern: tuple[XRig, Image.Image]) -> Image.Image:
    return rig_and_pattern[1]


@pytest.fixture(scope="module")
def app(rig: XRig, tmp_path_factory: pytest.TempPathFactory) -> PickerApp:
    return PickerApp(rig, tmp_path_factory.mktemp("picker"))


@pytest.mark.parametrize(
    ("start", "end", "box"),
    [
        ((100, 80), (420, 310), (100, 80, 420, 310)),
        ((777, 555), (123, 66), (123, 66, 777, 555)),
        ((0, 0), (WIDTH - 1, HEIGHT - 1), (0, 0, WIDTH, HEIGHT)),
        ((13, 17), (20, 22), (13, 17, 20, 22)),
    ],
)
def test_a_drag_takes_the_exact_pixels(
    app: PickerApp,
    rig: XRig,
    pattern: Image.Image,
    start: tuple[int, int],
    end: tuple[int, int],
    box: tuple[int, int, int, int],
) -> None:
    app.open()
    rig.drag(start, end)
    said, picture = app.picked()
    assert said == f"{box[0]},{box[1]},{box[2] - box[0]},{box[3] - box[1]} Region"
    assert picture.tobytes() == pattern.crop(box).tobytes()
    rig.wait_no_window(TITLE)
    assert rig.screenshot().tobytes() == pattern.tobytes()


def test_escape_cancels_and_the_screen_is_as_before(app: PickerApp, rig: XRig, pattern: Image.Image) -> None:
    app.open()
    assert rig.windows(TITLE)
    assert rig.screenshot().tobytes() != pattern.tobytes()
    rig.key("Escape")
    app.hear("cancelled")
    rig.wait_no_window(TITLE)
    assert rig.screenshot().tobytes() == pattern.tobytes()


def test_the_right_button_cancels(app: PickerApp, rig: XRig) -> None:
    app.open()
    rig.click((500, 300), button=3)
    app.hear("cancelled")


def test_enter_takes_the_whole_screen(app: PickerApp, rig: XRig, pattern: Image.Image) -> None:
    app.open()
    rig.key("Return")
    said, picture = app.picked()
    assert said == f"0,0,{WIDTH},{HEIGHT} Screen"
    assert picture.tobytes() == pattern.tobytes()


def test_the_keyboard_goes_back_to_who_had_it(app: PickerApp, rig: XRig, tmp_path: Path) -> None:
    typed = tmp_path / "typed.txt"
    editor = rig.spawn(["xterm", "-T", "editor", "-geometry", "40x5+600+400", "-e", f"cat > {typed}"])
    window = rig.wait_window("editor")
    rig.focus(window)
    app.open()
    rig.type_text("x")  # for the overlay, which has no use for it
    rig.key("Escape")
    app.hear("cancelled")
    rig.type_text("hello")
    rig.key("Return")
    wait_until(lambda: typed.exists() and typed.read_text(), "the typed line")
    assert typed.read_text() == "hello\n"
    editor.terminate()
    editor.wait()
    rig.wait_no_window("editor")


def test_a_click_takes_the_window_under_the_mouse(app: PickerApp, rig: XRig) -> None:
    terminal = rig.spawn(["xterm", "-T", "a terminal", "-geometry", "50x12+300+200", "-e", "sleep 60"])
    window = rig.wait_window("a terminal")
    x, y, width, height = rig.x11.geometry(window)
    rig.move((50, 50))
    before = rig.screenshot()
    app.open()
    rig.click((x + 60, y + 60))
    said, picture = app.picked()
    place, name = said.split(" ", 1)
    left, top, wide, high = (int(number) for number in place.split(","))
    assert name == "a terminal"
    assert left <= x < x + width <= left + wide
    assert top < y  # its title bar belongs to it
    assert top + high >= y + height
    assert picture.tobytes() == before.crop((left, top, left + wide, top + high)).tobytes()
    terminal.terminate()
    terminal.wait()
    rig.wait_no_window("a terminal")


def test_a_changed_resolution_is_followed(tmp_path: Path) -> None:
    if missing_programs("xrandr"):
        pytest.skip("needs xrandr")
    with desktop() as (rig, _old):
        app = PickerApp(rig, tmp_path)
        for command in (
            ["--newmode", "small", "0", "800", "0", "0", "800", "600", "0", "0", "600"],
            ["--addmode", "screen", "small"],
            ["--output", "screen", "--mode", "small"],
        ):
            rig.spawn(["xrandr", *command]).wait()
        size = rig.x11.root.get_geometry()
        if (size.width, size.height) != (800, 600):
            pytest.skip("this X server keeps its size")
        pattern = desktop_pattern.paint(rig.display, 800, 600, seed=2)
        app.hear("changed")
        app.open()
        rig.key("Return")
        said, picture = app.picked()
        assert said == "0,0,800,600 Screen"
        assert picture.tobytes() == pattern.tobytes()


def test_two_screens_have_an_overlay_each(tmp_path: Path) -> None:
    with desktop(1200, 600) as (rig, pattern):
        two_screens(rig)
        app = PickerApp(rig, tmp_path)
        rig.move((900, 300))
        app.open()
        assert len(rig.windows(TITLE)) == 2
        rig.drag((720, 40), (1150, 560))
        said, picture = app.picked()
        assert said == "720,40,430,520 Region"
        assert picture.tobytes() == pattern.crop((720, 40, 1150, 560)).tobytes()
        app.open()
        rig.key("Return")
        said, picture = app.picked()
        assert said == "700,0,500,600 Screen"
        assert picture.tobytes() == pattern.crop((700, 0, 1200, 600)).tobytes()


@pytest.mark.parametrize("dragging", [False, True])
def test_a_screen_that_is_unplugged_closes_the_overlay(tmp_path: Path, *, dragging: bool) -> None:
    with desktop(1200, 600) as (rig, pattern):
        two_screens(rig)
        app = PickerApp(rig, tmp_path)
        rig.move((900, 300))
        app.open()
        if dragging:
            rig.xdotool("mousedown", "1")
            rig.move((1100, 500))
        rig.spawn(["xrandr", "--delmonitor", "right"]).wait()
        app.hear("cancelled")
        app.hear("changed")
        rig.wait_no_window(TITLE)
        rig.xdotool("mouseup", "1")
        rig.move((300, 300))
        app.open()
        assert len(rig.windows(TITLE)) == 1
        rig.drag((20, 40), (650, 560))
        said, picture = app.picked()
        assert said == "20,40,630,520 Region"
        assert picture.tobytes() == pattern.crop((20, 40, 650, 560)).tobytes()


@pytest.mark.parametrize("scale", ["1.5", "2"])
def test_pixels_stay_exact_on_a_scaled_screen(tmp_path: Path, scale: str) -> None:
    with desktop() as (rig, pattern):
        app = PickerApp(rig, tmp_path, {"QT_SCALE_FACTOR": scale})
        app.open()
        rig.drag((150, 90), (601, 333))
        said, picture = app.picked()
        left, top, wide, high = (int(number) for number in said.split(" ")[0].split(","))
        assert abs(left - 150) <= 1
        assert abs(top - 90) <= 1
        assert abs(left + wide - 601) <= 1
        assert abs(top + high - 333) <= 1
        assert picture.tobytes() == pattern.crop((left, top, left + wide, top + high)).tobytes()
        app.open()
        rig.key("Return")
        said, picture = app.picked()
        assert said == f"0,0,{WIDTH},{HEIGHT} Screen"
        assert picture.tobytes() == pattern.tobytes()
