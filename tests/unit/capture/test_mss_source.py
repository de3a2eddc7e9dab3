"""The mss source says why it cannot work, notices changed screens, and knows the desktop's limits."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any, ClassVar
from unittest.mock import Mock

import pytest

from desktop_helper.capture import mss_source
from desktop_helper.capture.mss_source import SOURCE, MssCapturer
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import WindowInfo


class FakeShot:
    """A picture of one colour."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.raw = bytearray(width * height * 4)


class FakeMss:
    """Screens that can be changed behind the back of an open instance, as a real X server's are."""

    desktop = Rect(0, 0, 800, 600)
    opened: ClassVar[list[FakeMss]] = []
    monitors_now: ClassVar[list[dict[str, Any]]] = []

    def __init__(self) -> None:
        self._size = (self.desktop.width, self.desktop.height)
        self.closed = False
        self.opened.append(self)

    @property
    def monitors(self) -> list[dict[str, Any]]:
        whole = {"left": 0, "top": 0, "width": self._size[0], "height": self._size[1]}
        return [whole, *(self.monitors_now or [whole])]

    def grab(self, area: dict[str, int]) -> FakeShot:
        from mss.exception import ScreenShotError

        right, bottom = area["left"] + area["width"], area["top"] + area["height"]
        if self._size != (self.desktop.width, self.desktop.height) or right > self._size[0] or bottom > self._size[1]:
            raise ScreenShotError("XProtoError: BadMatch")
        return FakeShot(area["width"], area["height"])

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def capturer(monkeypatch: pytest.MonkeyPatch) -> Iterator[MssCapturer]:
    import mss

    monkeypatch.setattr(mss, "MSS", FakeMss)
    monkeypatch.setattr(FakeMss, "opened", [])
    monkeypatch.setattr(FakeMss, "monitors_now", [])
    made = MssCapturer()
    yield made
    made.close()
    assert all(one.closed for one in FakeMss.opened)


@pytest.mark.parametrize(
    ("platform", "environment", "said"),
    [
        ("linux", {}, "DISPLAY is not set"),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, "Wayland"),
        ("linux", {"DISPLAY": ":0"}, ""),
        ("linux", {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0", "XDG_SESSION_TYPE": "x11"}, ""),
        ("win32", {}, ""),
    ],
)
def test_availability(monkeypatch: pytest.MonkeyPatch, platform: str, environment: dict[str, str], said: str) -> None:
    monkeypatch.delenv("XDG_SESSION_TYPE", raising=False)
    monkeypatch.setattr(mss_source, "PLATFORM", platform)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    state = SOURCE.availability()
    assert state.ok is not bool(said)
    assert said in state.reason
    assert bool(state.fix) is bool(said)


def test_macos_names_the_permission(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mss_source, "PLATFORM", "darwin")
    monkeypatch.setattr(mss_source, "_macos_allows", lambda: False)
    state = SOURCE.availability()
    assert not state.ok
    assert "Screen Recording" in state.fix


def test_availability_imports_nothing_heavy() -> None:
    code = (
        "import sys; from desktop_helper.capture.mss_source import SOURCE; SOURCE.availability()\n"
        "heavy = {'mss', 'numpy', 'Xlib', 'cv2'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_one_connection_serves_many_pictures(capturer: MssCapturer) -> None:
    for _ in range(3):
        frame = capturer.grab(Rect(10, 20, 30, 40))
        assert frame.rect == Rect(10, 20, 30, 40)
        assert len(frame.data) == 30 * 40 * 4
    assert len(FakeMss.opened) == 1


def test_a_changed_screen_is_noticed(capturer: MssCapturer, monkeypatch: pytest.MonkeyPatch) -> None:
    capturer.grab(Rect(0, 0, 800, 600))
    monkeypatch.setattr(FakeMss, "desktop", Rect(0, 0, 1024, 768))
    assert capturer.grab(Rect(0, 0, 1024, 768)).width == 1024
    assert len(FakeMss.opened) == 2


def test_a_region_outside_is_named_with_the_desktops_size(capturer: MssCapturer) -> None:
    with pytest.raises(HelperError) as caught:
        capturer.grab(Rect(700, 500, 200, 200))
    assert caught.value.kind is ErrorKind.CAPTURE
    assert "700,500" in caught.value.message
    assert "800 × 600" in caught.value.fix


def test_screens_are_asked_again(capturer: MssCapturer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [screen.rect for screen in capturer.screens()] == [Rect(0, 0, 800, 600)]
    left = {"left": 0, "top": 0, "width": 400, "height": 600, "is_primary": False, "output": "DP-1"}
    right = {"left": 400, "top": 0, "width": 400, "height": 600, "is_primary": True}
    monkeypatch.setattr(FakeMss, "monitors_now", [left, right])
    screens = capturer.screens()
    assert [(screen.index, screen.name, screen.primary) for screen in screens] == [
        (1, "DP-1", False),
        (2, "Screen 2", True),
    ]


def test_a_server_that_names_no_primary_screen_gets_one(capturer: MssCapturer, monkeypatch: pytest.MonkeyPatch) -> None:
    side = {"left": 0, "top": 0, "width": 400, "height": 600, "is_primary": False}
    monkeypatch.setattr(FakeMss, "monitors_now", [side, {**side, "left": 400}])
    assert [screen.primary for screen in capturer.screens()] == [True, False]


# python-xlib leaves its sockets to the garbage collector when a connection fails.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.skipif(sys.platform != "linux", reason="DISPLAY is an X11 matter")
def test_a_dead_display_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":4711")
    capturer = MssCapturer()
    with pytest.raises(HelperError) as caught:
        capturer.screens()
    assert caught.value.kind is ErrorKind.CAPTURE
    assert ":4711" in caught.value.message
    assert caught.value.fix
    with pytest.raises(HelperError):
        capturer.grab(Rect(0, 0, 10, 10))
    assert capturer.windows() == []
    capturer.close()
    capturer.close()


@pytest.mark.parametrize(
    ("platform", "module", "name"),
    [("win32", "_win32_windows", "win32_windows"), ("darwin", "_quartz_windows", "quartz_windows")],
)
def test_each_system_has_its_list_of_windows(
    capturer: MssCapturer, monkeypatch: pytest.MonkeyPatch, platform: str, module: str, name: str
) -> None:
    found = [WindowInfo(1, "Notes", Rect(0, 0, 50, 60))]
    list_of = Mock(return_value=Mock(now=lambda: found))
    monkeypatch.setattr(f"desktop_helper.capture.{module}.{name}", list_of)
    monkeypatch.setattr(mss_source, "PLATFORM", platform)
    assert capturer.windows() == capturer.windows() == found
    (desktop,) = list_of.call_args.args
    assert desktop() == capturer.screens()[0].rect
    list_of.assert_called_once()
