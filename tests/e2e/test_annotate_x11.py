"""What is drawn with a real mouse and real keys is what arrives, and beside the marks the screen itself."""

from __future__ import annotations

import base64
import io
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Frame
from desktop_helper.ui.annotate.blocks import Blocks
from desktop_helper.ui.annotate.canvas import Canvas
from desktop_helper.ui.annotate.marks import Mark
from tests.support.app import running_app, server_profile
from tests.support.glm_server import GlmServer, answer
from tests.support.picker_rig import HEIGHT, WIDTH, PickerApp, desktop
from tests.support.xrig import XRig, missing_programs, wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

Box = tuple[int, int, int, int]
REGION: Box = (200, 150, 700, 500)
HIDDEN: Box = (240, 320, 401, 401)  # left, top, one past its right and lower edge
RED, GREEN = "#E5352B", "#1E9E5A"


def marks(scale: int) -> tuple[Mark, ...]:
    """What `draw` draws, on a screen with that many pixels per logical one."""
    return (
        Mark("arrow", ((600, 460), (420, 220)), RED, 4 * scale),
        Mark("box", ((260, 190), (380, 260)), GREEN, 6 * scale),
        Mark("hide", ((240, 320), (400, 400)), "", 24 * scale),
    )


def draw(rig: XRig) -> None:
    """Hold a region, then an arrow, a thicker green box, coarse squares, and a line that is taken back."""
    rig.xdotool("keydown", "shift")
    rig.drag(REGION[:2], REGION[2:])
    rig.xdotool("keyup", "shift")
    rig.key("a")
    rig.drag((600, 460), (420, 220))
    rig.key("b")
    rig.key("3")
    rig.key("bracketright")
    rig.drag((260, 190), (380, 260))
    rig.key("h")
    rig.drag((240, 320), (400, 400))
    rig.key("d")
    rig.drag((220, 480), (680, 170))
    rig.key("ctrl+z")


def frame_of(picture: Image.Image) -> Frame:
    return Frame(picture.convert("RGB").tobytes("raw", "BGRX"), Rect(0, 0, picture.width, picture.height))


def expected(pattern: Image.Image, drawn: tuple[Mark, ...]) -> Image.Image:
    """The region with these marks, painted here."""
    canvas = Canvas(frame_of(pattern))
    canvas.show(drawn)
    data = bytes(canvas.frame.data)
    return Image.frombytes("RGB", pattern.size, data, "raw", "BGRX").crop(REGION)


def assert_hidden(picture: Image.Image, pattern: Image.Image, side: int) -> None:
    """Under the squares there is nothing but each square's one colour."""
    frame = frame_of(pattern)
    area = Rect(HIDDEN[0], HIDDEN[1], HIDDEN[2] - HIDDEN[0], HIDDEN[3] - HIDDEN[1])
    for square, colour in Blocks(frame).within(area, side):
        part = square.intersected(area)
        assert part is not None
        left, top = part.x - REGION[0], part.y - REGION[1]
        colours = picture.crop((left, top, left + part.width, top + part.height)).getcolors()
        assert colours == [(part.width * part.height, (colour >> 16, colour >> 8 & 255, colour & 255))]


@pytest.mark.parametrize("scale", [1, 2])
def test_the_picture_is_the_screen_with_the_marks(tmp_path: Path, scale: int) -> None:
    with desktop() as (rig, pattern):
        app = PickerApp(rig, tmp_path, {"QT_SCALE_FACTOR": str(scale)})
        app.open()
        draw(rig)
        rig.key("Return")
        said, picture = app.picked()
        assert said.startswith("200,150,500,350 ")
        assert picture.tobytes() == expected(pattern, marks(scale)).tobytes()
        assert_hidden(picture, pattern, 24 * scale)
        beside = (0, 0, 40, 350)  # left of every mark
        assert picture.crop(beside).tobytes() == pattern.crop(REGION).crop(beside).tobytes()


def test_between_two_whole_scales_the_pixels_beside_the_marks_are_exact(tmp_path: Path) -> None:
    with desktop() as (rig, pattern):
        app = PickerApp(rig, tmp_path, {"QT_SCALE_FACTOR": "1.5"})
        app.open()
        draw(rig)
        rig.key("Return")
        said, picture = app.picked()
        left, top, width, height = (int(number) for number in said.split(" ", maxsplit=1)[0].split(","))
        source = pattern.crop((left, top, left + width, top + height))
        beside, near = picture.copy(), 20  # the mouse has no places between its own; a line and its rim
        for mark in marks(1):
            box = mark.box
            area = (box.x - left - near, box.y - top - near, box.right - left + near, box.bottom - top + near)
            beside.paste(source.crop(area), area[:2])
        assert beside.tobytes() == source.tobytes()
        assert picture.tobytes() != source.tobytes()
        inner = picture.crop((288 - left, 324 - top, 324 - left, 360 - top))  # a square of 36 pixels
        assert len(inner.getcolors() or []) == 1


def test_what_was_taken_back_leaves_the_screens_own_pixels(tmp_path: Path) -> None:
    with desktop() as (rig, pattern):
        app = PickerApp(rig, tmp_path)
        app.open()
        draw(rig)
        for _ in range(3):
            rig.key("ctrl+z")
        rig.key("ctrl+shift+z")
        rig.key("ctrl+z")
        rig.key("Return")
        _said, picture = app.picked()
        assert picture.tobytes() == pattern.crop(REGION).tobytes()


def test_the_server_gets_the_picture_with_the_marks(tmp_path: Path) -> None:
    with desktop() as (rig, pattern), GlmServer(answer("An arrow.")) as server:
        profile = server_profile(server.base_url, "glm")
        with running_app(rig, tmp_path, profile=profile, max_tokens=None) as app:
            rig.key("ctrl+shift+x")
            wait_until(lambda: app.traced("overlay:shown"), "the overlay")
            draw(rig)
            rig.key("Return")
            app.wait_focus()
            app.ask("What does the arrow point at?")
            app.wait_answer()
        assert len(server.chats) == 1
        urls = [
            part["image_url"]["url"]
            for message in server.chats[0].body["messages"]
            for part in message["content"]
            if isinstance(part, dict) and part["type"] == "image_url"
        ]
        assert len(urls) == 1
        picture = Image.open(io.BytesIO(base64.b64decode(urls[0].split(",", 1)[1]))).convert("RGB")
        assert picture.size == (REGION[2] - REGION[0], REGION[3] - REGION[1])
        assert picture.tobytes() == expected(pattern, marks(1)).tobytes()
        assert_hidden(picture, pattern, 24)


def test_words_and_a_copied_picture(tmp_path: Path) -> None:
    if missing_programs("xclip"):
        pytest.skip("needs xclip")
    with desktop() as (rig, pattern), GlmServer() as server:
        profile = server_profile(server.base_url, "glm")
        with running_app(rig, tmp_path, profile=profile, max_tokens=None) as app:
            rig.key("ctrl+shift+x")
            wait_until(lambda: app.traced("overlay:shown"), "the overlay")
            rig.xdotool("keydown", "shift")
            rig.drag(REGION[:2], REGION[2:])
            rig.xdotool("keyup", "shift")
            rig.key("t")
            rig.click((300, 300))
            rig.type_text("HHHH a 3")
            rig.key("Return")
            rig.key("ctrl+c")
            argv = ["xclip", "-selection", "clipboard", "-o", "-t", "image/png"]

            def copied() -> bytes:
                done = subprocess.run(argv, env=rig.env, capture_output=True, timeout=10, check=False)
                return done.stdout if done.returncode == 0 else b""

            picture = Image.open(io.BytesIO(wait_until(copied, "the copied picture"))).convert("RGB")
        words = (90, 130, 240, 170)
        assert picture.crop(words).tobytes() != pattern.crop(REGION).crop(words).tobytes()
        red = sum(count for count, colour in picture.getcolors(WIDTH * HEIGHT) or [] if colour == (0xE5, 0x35, 0x2B))
        assert red > 200
        below = (0, 200, 500, 350)
        assert picture.crop(below).tobytes() == pattern.crop(REGION).crop(below).tobytes()
