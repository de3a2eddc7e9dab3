"""Pictures through a screenshot portal that answers as told, on a real bus."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from desktop_helper.capture import portal
from desktop_helper.capture._wayland_outputs import Output
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.freedesktop import portal as desktop_portal
from tests.support.session_bus import on_the_bus, session_bus

PORTAL = "tests.support.screenshot_portal"
LEFT, RIGHT = Rect(0, 0, 60, 40), Rect(60, 0, 30, 40)


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    outputs = [Output(1, name="left", logical=LEFT), Output(2, name="right", logical=RIGHT)]
    monkeypatch.setattr(portal, "placed", lambda: [(output, output.logical) for output in outputs])
    monkeypatch.setattr(portal, "WAIT_S", 1.0)
    with session_bus(monkeypatch):
        yield


@pytest.fixture
def desktop() -> Image.Image:
    return Image.effect_noise((90, 40), 80).convert("RGBA")


@pytest.fixture
def file(tmp_path: Path, desktop: Image.Image) -> Path:
    path = tmp_path / "a picture.png"
    desktop.save(path)
    return path


@pytest.mark.parametrize("how", ["picture", "early"])
def test_the_pixels_are_those_of_the_file_which_is_taken_away(
    bus: None, how: str, file: Path, desktop: Image.Image
) -> None:
    capturer = portal.PortalCapturer()
    with on_the_bus(PORTAL, how, str(file).replace(" ", "%20")):
        frame = capturer.grab(Rect(50, 10, 30, 20))
    assert bytes(frame.data) == desktop.crop((50, 10, 80, 30)).tobytes("raw", "BGRA")
    assert not file.exists()


def test_screens_that_are_asked_for_together_show_the_same_moment(bus: None, file: Path, desktop: Image.Image) -> None:
    capturer = portal.PortalCapturer()
    with on_the_bus(PORTAL, "picture", str(file)):
        frames = [capturer.grab(screen.rect) for screen in capturer.screens()]  # the file is there only once
    assert [bytes(frame.data) for frame in frames] == [
        desktop.crop((rect.x, rect.y, rect.right, rect.bottom)).tobytes("raw", "BGRA") for rect in (LEFT, RIGHT)
    ]
    capturer.close()
    with pytest.raises(HelperError), on_the_bus(PORTAL, "refused"):
        capturer.grab(LEFT)


def test_a_picture_at_another_scale_is_cut_where_the_region_is(bus: None, file: Path, desktop: Image.Image) -> None:
    double = desktop.resize((180, 80), Image.Resampling.NEAREST)
    double.save(file)
    with on_the_bus(PORTAL, "picture", str(file)):
        frame = portal.PortalCapturer().grab(Rect(50, 10, 30, 20))
    assert frame.rect == Rect(50, 10, 60, 40)
    assert bytes(frame.data) == double.crop((100, 20, 160, 60)).tobytes("raw", "BGRA")


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("refused", "The desktop was not allowed to hand over a picture of the screen."),
        ("failed", "The desktop's portal could not take a picture of the screen."),
        ("silent", "The desktop's portal did not answer within 1 seconds."),
        ("error", "The desktop's portal refused: Not in this mood."),
        ("none", "The desktop offers no portal for “Screenshot”."),
        ("picture", "The picture that the desktop's portal has taken cannot be read"),  # it names no file
    ],
)
def test_what_can_go_wrong_is_said_in_a_sentence(bus: None, how: str, said: str) -> None:
    with on_the_bus(PORTAL, how), pytest.raises(HelperError) as caught:
        portal.PortalCapturer().grab(LEFT)
    assert caught.value.kind is ErrorKind.CAPTURE
    assert caught.value.message.startswith(said)
    assert caught.value.fix


def test_a_file_that_is_no_picture_is_taken_away_too(bus: None, tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n")
    with on_the_bus(PORTAL, "picture", str(broken)), pytest.raises(HelperError) as caught:
        portal.PortalCapturer().grab(LEFT)
    assert "cannot be read" in caught.value.message
    assert not broken.exists()


def test_a_region_outside_the_desktop(bus: None) -> None:
    with pytest.raises(HelperError) as caught:
        portal.PortalCapturer().grab(Rect(80, 0, 20, 10))
    assert "reaches outside the desktop" in caught.value.message


@pytest.mark.parametrize(("how", "ok"), [("picture", True), ("none", False)])
def test_availability_asks_the_portal(bus: None, how: str, ok: bool) -> None:
    with on_the_bus(PORTAL, how):
        assert desktop_portal.availability("Screenshot").ok is ok


def test_availability_without_a_bus_or_a_portal(bus: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert not desktop_portal.availability("Screenshot").ok
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/nothing")
    assert "does not answer" in desktop_portal.availability("Screenshot").reason
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert "no session bus" in desktop_portal.availability("Screenshot").reason


def test_a_bus_that_goes_while_the_portal_thinks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shutil.which("dbus-daemon")
    with session_bus(monkeypatch):
        pass  # the address stays, the daemon is gone
    with pytest.raises(HelperError) as caught:
        desktop_portal.request("Screenshot", "Screenshot", "s", ("",), {}, 1.0)
    assert caught.value.message.startswith("The session bus broke off")
