"""What is said to a ScreenCast portal, and what it may answer, on a real bus."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.freedesktop import portal as desktop_portal
from desktop_helper.freedesktop import screen_cast
from desktop_helper.freedesktop.screen_cast import ScreenCast, SharedStream
from tests.support.session_bus import on_the_bus, session_bus
from tests.support.xrig import wait_until

PORTAL = "tests.support.screen_cast_portal"
Asked = Callable[[], tuple[str, dict[str, Any]]]


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with session_bus(monkeypatch):
        yield


def asked(portal: subprocess.Popen[str]) -> tuple[str, dict[str, Any]]:
    """What the portal has heard next."""
    assert portal.stdout is not None
    method, _, options = portal.stdout.readline().strip().partition(" ")
    return method, json.loads(options or "{}")


def test_screens_are_shared_and_the_session_ends_with_us(bus: None) -> None:
    with on_the_bus(PORTAL, "screens") as portal:
        with closing(ScreenCast()) as cast:
            shared = cast.share(pointer=True)
            assert shared.streams == (
                SharedStream(41, Rect(0, 0, 60, 40), is_window=False),
                SharedStream(42, Rect(60, 0, 30, 40), is_window=False),
            )
            assert shared.token == "token 1"
            with os.fdopen(cast.open_remote(), "rb") as remote:
                remote.seek(0)
                assert remote.read() == b"pixels"
            assert not cast.is_over()
        assert asked(portal) == ("CreateSession", {})
        wanted = {"types": 3, "multiple": True, "cursor_mode": 2, "persist_mode": 2}
        assert asked(portal) == ("SelectSources", wanted)
        assert asked(portal) == ("Start", {})
        assert asked(portal) == ("OpenPipeWireRemote", {})
        assert asked(portal) == ("Close", {})
        cast.close()


def test_the_token_goes_along_and_another_one_comes_back(bus: None) -> None:
    with on_the_bus(PORTAL, "screens") as portal:
        for number, token in enumerate(("", "token 1"), 1):
            with closing(ScreenCast()) as cast:
                assert cast.share(pointer=False, token=token).token == f"token {number}"
            told = [asked(portal) for _ in range(4)][1][1]
            assert told.get("restore_token", "") == token
            assert told["cursor_mode"] == 1, "without the mouse pointer"


def test_an_old_portal_is_told_nothing_that_it_does_not_know(bus: None) -> None:
    with on_the_bus(PORTAL, "old") as portal, closing(ScreenCast()) as cast:
        assert cast.share(pointer=True, token="left over").token == ""
        assert asked(portal)
        assert asked(portal) == ("SelectSources", {"types": 3, "multiple": True, "cursor_mode": 2})


def test_a_window_has_no_place(bus: None) -> None:
    with on_the_bus(PORTAL, "window"), closing(ScreenCast()) as cast:
        assert cast.share(pointer=True).streams == (SharedStream(43, None, is_window=True),)


def test_the_desktop_may_end_it(bus: None) -> None:
    with on_the_bus(PORTAL, "closing"), closing(ScreenCast()) as cast:
        cast.share(pointer=True)
        os.close(cast.open_remote())
        wait_until(cast.is_over, "the end")
    assert screen_cast.ended().fix


def test_the_bus_may_go(monkeypatch: pytest.MonkeyPatch) -> None:
    with session_bus(monkeypatch), on_the_bus(PORTAL, "screens"), closing(ScreenCast()) as cast:
        cast.share(pointer=True)
        cast._bus.sock.shutdown(2)
        wait_until(cast.is_over, "the end")


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("refused", "Nothing was recorded, since the desktop was not allowed to share the screen."),
        ("nothing", "Nothing was recorded, since the desktop was not allowed to share the screen."),
        ("failed", "The desktop's portal could not share the screen."),
        ("silent", "The desktop's portal did not answer within 0.5 seconds."),
        ("error", "The desktop's portal refused: Not in this mood."),
        ("none", "The desktop offers no portal for “ScreenCast”."),
    ],
)
def test_what_can_go_wrong_is_said_in_a_sentence(bus: None, how: str, said: str) -> None:
    with on_the_bus(PORTAL, how), closing(ScreenCast(choice_s=0.5)) as cast, pytest.raises(HelperError) as caught:
        cast.share(pointer=True)
    assert caught.value.kind is ErrorKind.CAPTURE
    assert caught.value.message == said
    assert caught.value.fix


def test_a_portal_without_pipewire(bus: None) -> None:
    with on_the_bus(PORTAL, "no-remote"), closing(ScreenCast()) as cast:
        cast.share(pointer=True)
        with pytest.raises(HelperError, match="refused: No PipeWire"):
            cast.open_remote()


def test_without_a_bus_it_is_said_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with session_bus(monkeypatch):
        pass  # the address stays, the daemon is gone
    with pytest.raises(HelperError, match="The session bus broke off"):
        ScreenCast()


@pytest.mark.parametrize(("how", "ok"), [("screens", True), ("none", False)])
def test_availability_asks_the_portal(bus: None, how: str, ok: bool) -> None:
    with on_the_bus(PORTAL, how):
        assert desktop_portal.availability(screen_cast.INTERFACE).ok is ok
