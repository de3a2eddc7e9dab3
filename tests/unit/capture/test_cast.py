"""Regions out of what a desktop shares: a fake portal on a real bus, and streams that show what they are told."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desktop_helper.capture import _cast_capturer, cast
from desktop_helper.capture._cast_capturer import CastCapturer
from desktop_helper.capture._wayland_outputs import Output
from desktop_helper.core.errors import HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Frame
from tests.support.session_bus import on_the_bus, session_bus

PORTAL = "tests.support.screen_cast_portal"
LEFT, RIGHT = Rect(0, 0, 60, 40), Rect(60, 0, 30, 40)


class Stream:
    """Shows `picture` (rows, columns, 4 bytes), None at times."""

    def __init__(self, width: int, height: int, seed: int) -> None:
        self.count, self.fault, self.copies = 0, "", 0
        self.picture: np.ndarray | None = None
        self.show(width, height, seed)

    def show(self, width: int, height: int, seed: int) -> None:
        self.picture = np.random.default_rng(seed).integers(0, 256, (height, width, 4), np.uint8)
        self.count += 1

    def look(self, see: Callable[[np.ndarray], Any]) -> Any:
        self.copies += 1
        return None if self.picture is None else see(self.picture)


class Remote:
    """Has a stream for everything that the fake portal shares."""

    def __init__(self) -> None:
        self.streams = {41: Stream(60, 40, 1), 42: Stream(30, 40, 2), 43: Stream(20, 10, 3)}
        self.closed = 0
        self.changed = type("Event", (), {"wait": lambda _self, _seconds: True, "clear": lambda _self: None})()

    def __call__(self, file: int) -> Remote:
        os.close(file)
        return self

    def stream(self, node: int, fps: float) -> Stream:
        return self.streams[node]

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def outputs() -> list[Output]:
    return [
        Output(1, name="left", logical=LEFT, mode=(60, 40)),
        Output(2, name="right", logical=RIGHT, mode=(30, 40)),
    ]


@pytest.fixture
def remote(monkeypatch: pytest.MonkeyPatch, outputs: list[Output]) -> Iterator[Remote]:
    made = Remote()
    monkeypatch.setattr(_cast_capturer, "Remote", made)
    monkeypatch.setattr(_cast_capturer, "placed", lambda: [(output, output.logical) for output in outputs])
    monkeypatch.setattr(_cast_capturer, "PICTURE_S", 0.2)
    with session_bus(monkeypatch):
        yield made


def part(stream: Stream, x: int, y: int, width: int, height: int) -> bytes:
    assert stream.picture is not None
    return stream.picture[y : y + height, x : x + width].tobytes()


def pixels(frame: Frame) -> np.ndarray:
    return np.frombuffer(frame.data, np.uint8).reshape(frame.height, frame.width, 4)


def test_a_region_of_one_screen(remote: Remote) -> None:
    capturer = CastCapturer(Rect(65, 5, 20, 30))
    with on_the_bus(PORTAL, "screens"):
        frame = capturer.grab(Rect(65, 5, 20, 30))
        assert (frame.rect, bytes(frame.data)) == (Rect(65, 5, 20, 30), part(remote.streams[42], 5, 5, 20, 30))
        assert [(screen.name, screen.rect) for screen in capturer.screens()] == [("left", LEFT), ("right", RIGHT)]
        capturer.close()
    assert remote.closed == 1
    capturer.close()
    assert remote.closed == 1


def test_a_region_over_two_screens(remote: Remote) -> None:
    capturer = CastCapturer(Rect(50, 0, 20, 40))
    with on_the_bus(PORTAL, "screens"):
        shown = pixels(capturer.grab(Rect(50, 0, 20, 40)))
        assert shown[:, :10].tobytes() == part(remote.streams[41], 50, 0, 10, 40)
        assert shown[:, 10:].tobytes() == part(remote.streams[42], 0, 0, 10, 40)
        capturer.close()


def test_a_sharper_screen_gives_all_of_its_pixels(remote: Remote) -> None:
    remote.streams[41].show(120, 80, 7)
    capturer = CastCapturer(Rect(10, 10, 20, 20))
    with on_the_bus(PORTAL, "screens"):
        frame = capturer.grab(Rect(10, 10, 20, 20))
        assert (frame.width, frame.height) == (40, 40)
        assert bytes(frame.data) == part(remote.streams[41], 20, 20, 40, 40)
        # Over both screens, they are as many as the region says.
        both = pixels(capturer.grab(Rect(50, 0, 20, 40)))
        sharp = remote.streams[41].picture
        assert sharp is not None
        assert both[:, :10].tobytes() == sharp[::2, 100::2].tobytes()
        capturer.close()


def test_a_screen_that_stands_still_costs_nothing(remote: Remote) -> None:
    capturer = CastCapturer(LEFT)
    with on_the_bus(PORTAL, "screens"):
        first = capturer.grab(LEFT)
        assert capturer.grab(LEFT) is first
        copies = remote.streams[41].copies
        assert capturer.grab(LEFT) is first
        assert remote.streams[41].copies == copies
        before = bytes(first.data)
        remote.streams[41].show(60, 40, 8)
        assert capturer.grab(LEFT).data != first.data
        assert bytes(first.data) == before, "it may still be encoded"
        capturer.close()


def test_the_last_picture_stays_until_the_next_one_is_there(remote: Remote) -> None:
    capturer = CastCapturer(LEFT)
    with on_the_bus(PORTAL, "screens"):
        first = capturer.grab(LEFT)
        remote.streams[41].picture = None
        remote.streams[41].count += 1
        assert capturer.grab(LEFT) is first
        capturer.close()


def test_another_resolution(remote: Remote, outputs: list[Output]) -> None:
    capturer = CastCapturer(LEFT)
    with on_the_bus(PORTAL, "screens"):
        capturer.grab(LEFT)
        remote.streams[41].show(40, 40, 9)
        capturer.grab(LEFT)  # the compositor has not said so yet
        outputs[0].logical, outputs[0].mode = Rect(0, 0, 40, 40), (40, 40)
        with pytest.raises(HelperError, match="reaches outside"):
            capturer.grab(Rect(0, 0, 91, 40))
        assert bytes(capturer.grab(Rect(0, 0, 40, 40)).data) == part(remote.streams[41], 0, 0, 40, 40)
        assert capturer.screens()[0].rect == Rect(0, 0, 40, 40)
        capturer.close()


def test_a_screen_that_is_unplugged(remote: Remote, outputs: list[Output], monkeypatch: pytest.MonkeyPatch) -> None:
    capturer = CastCapturer(LEFT)
    with on_the_bus(PORTAL, "screens"):
        capturer.grab(LEFT)
        del outputs[0]
        monkeypatch.setattr(_cast_capturer, "LOOK_AGAIN_S", -1.0)
        with pytest.raises(HelperError, match="reaches outside"):
            capturer.grab(LEFT)
        del outputs[0]
        with pytest.raises(HelperError, match="that part of the screen is no longer there"):
            capturer.grab(LEFT)
        capturer.close()


def test_a_window_is_recorded_whole_and_keeps_its_size(remote: Remote, tmp_path: Path) -> None:
    token = tmp_path / "token"
    capturer = CastCapturer(Rect(5, 5, 30, 30), consent=token)
    with on_the_bus(PORTAL, "window"):
        frame = capturer.grab(Rect(5, 5, 30, 30))
        assert (frame.rect, bytes(frame.data)) == (Rect(5, 5, 20, 10), part(remote.streams[43], 0, 0, 20, 10))
        remote.streams[43].show(15, 12, 4)
        smaller = pixels(capturer.grab(Rect(5, 5, 30, 30)))
        assert smaller[:, :15].tobytes() == part(remote.streams[43], 0, 0, 15, 10)
        assert not smaller[:, 15:].any()
        capturer.close()
    assert not token.exists(), "the next recording may be of anything"


class TestTheToken:
    """The user is asked once."""

    def test_is_kept_and_renewed(self, remote: Remote, tmp_path: Path) -> None:
        token = tmp_path / "token"
        with on_the_bus(PORTAL, "screens"):
            for number in (1, 2):
                capturer = CastCapturer(LEFT, consent=token)
                capturer.grab(LEFT)
                capturer.close()
                assert token.read_text() == f"token {number}"
        assert token.stat().st_mode & 0o777 == 0o600
        assert list(tmp_path.iterdir()) == [token]

    def test_that_has_become_worthless_is_replaced(self, remote: Remote, tmp_path: Path) -> None:
        token = tmp_path / "token"
        token.write_text("of another life")
        capturer = CastCapturer(LEFT, consent=token)
        with on_the_bus(PORTAL, "worthless"):
            capturer.grab(LEFT)
            capturer.close()
        assert token.read_text() == "token 1"

    def test_of_another_screen_is_given_up(self, remote: Remote, outputs: list[Output], tmp_path: Path) -> None:
        outputs.append(Output(3, name="third", logical=Rect(90, 0, 50, 50), mode=(50, 50)))
        token = tmp_path / "token"
        token.write_text("of the others")
        with on_the_bus(PORTAL, "screens") as portal, pytest.raises(HelperError) as caught:
            CastCapturer(Rect(80, 0, 20, 40), consent=token).grab(Rect(80, 0, 20, 40))
        assert portal.stdout is not None
        assert caught.value.message == "What was to be recorded is on third, and the desktop shares another screen."
        assert not token.exists()
        assert remote.closed == 2, "it was asked a second time, without the token"

    def test_that_cannot_be_kept_is_no_fault(self, remote: Remote, tmp_path: Path) -> None:
        capturer = CastCapturer(LEFT, consent=tmp_path / "missing" / "token")
        with on_the_bus(PORTAL, "screens"):
            assert capturer.grab(LEFT).width == 60
            capturer.close()


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("refused", "Nothing was recorded, since the desktop was not allowed"),
        ("failed", "The desktop's portal could not share"),
        ("no-remote", "The desktop's portal refused: No PipeWire."),
        ("none", "The desktop offers no portal for “ScreenCast”."),
    ],
)
def test_what_is_refused_is_said(remote: Remote, how: str, said: str) -> None:
    with on_the_bus(PORTAL, how), pytest.raises(HelperError) as caught:
        CastCapturer(LEFT).grab(LEFT)
    assert caught.value.message.startswith(said)


def test_no_picture_comes(remote: Remote) -> None:
    remote.streams[41].picture = None
    with on_the_bus(PORTAL, "screens"), pytest.raises(HelperError, match=r"no picture of it has come within 0\.2"):
        CastCapturer(LEFT).grab(LEFT)
    assert remote.closed == 1


def test_the_user_ends_it_in_the_desktops_panel(remote: Remote) -> None:
    capturer = CastCapturer(LEFT)

    def grab_for_ever() -> None:
        while True:
            capturer.grab(LEFT)

    with on_the_bus(PORTAL, "closing"), pytest.raises(HelperError) as caught:
        grab_for_ever()
    assert caught.value.message == "The recording ended, since the desktop no longer shares the screen."
    capturer.close()


def test_pipewire_breaks_off(remote: Remote) -> None:
    capturer = CastCapturer(LEFT)
    with on_the_bus(PORTAL, "screens"):
        capturer.grab(LEFT)
        remote.streams[42].fault = "unplugged"
        assert capturer.grab(LEFT).width == 60, "nobody records that one"
        remote.streams[41].fault = "connection error"
        with pytest.raises(HelperError, match="hands over no more pictures: connection error"):
            capturer.grab(LEFT)
        capturer.close()


def test_without_pipewire_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setattr("desktop_helper.capture._libpipewire.is_there", lambda: False)
    state = cast.SOURCE.availability()
    assert not state.ok
    assert "libpipewire-0.3-0" in state.fix
