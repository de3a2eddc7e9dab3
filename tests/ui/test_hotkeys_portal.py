"""Hotkeys from a GlobalShortcuts portal that answers as told, on a real bus."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from desktop_helper.qt.hotkeys.portal import PROVIDER, PortalProvider, spelled
from desktop_helper.services import hotkey_support
from desktop_helper.services.chord import parse
from tests.support.session_bus import on_the_bus, session_bus

PORTAL = "tests.support.shortcuts_portal"


class Desk:
    """A provider, and what it told."""

    def __init__(self) -> None:
        self.pressed: list[str] = []
        self.changed: list[tuple[str, str | None]] = []
        self.provider = PortalProvider(self.pressed.append, lambda *change: self.changed.append(change))

    def want(self, **chords: str) -> None:
        self.provider.release_all()
        for name, chord in chords.items():
            assert self.provider.grab(name, parse(chord)) is None


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with session_bus(monkeypatch):
        yield


@pytest.fixture
def desk(bus: None, qtbot: object) -> Iterator[Desk]:
    made = Desk()
    yield made
    made.provider.close()
    made.provider.close()


class Told:
    """What a portal says, while the event loop runs."""

    def __init__(self, portal: subprocess.Popen[str], qtbot: QtBot) -> None:
        assert portal.stdout is not None
        self._file, self._qtbot, self._text = portal.stdout.fileno(), qtbot, ""

    def line(self) -> str:
        self._qtbot.waitUntil(self._has_line)
        first, _, self._text = self._text.partition("\n")
        return first

    def bound(self) -> dict[str, dict[str, str]]:
        word, _, shortcuts = self.line().partition(" ")
        assert word == "bind"
        result: dict[str, dict[str, str]] = json.loads(shortcuts)
        return result

    def _has_line(self) -> bool:
        while select.select([self._file], [], [], 0)[0] and (more := os.read(self._file, 4096)):
            self._text += more.decode()
        return "\n" in self._text


def test_keys_are_asked_for_by_what_they_do_and_pressed(desk, qtbot):
    with on_the_bus(PORTAL, "all") as portal:
        told = Told(portal, qtbot)
        desk.want(region="Ctrl+Shift+X", chat="Ctrl+Shift+Space")
        assert told.line() == "register desktop-helper"
        assert told.bound() == {
            "region": {"description": "Ask about a region", "preferred_trigger": "CTRL+SHIFT+x"},
            "chat": {"description": "Open or hide the chat", "preferred_trigger": "CTRL+SHIFT+space"},
        }
        for count in (1, 2):
            portal.send_signal(signal.SIGUSR1)
            qtbot.waitUntil(lambda count=count: desk.pressed == ["region"] * count)
        assert desk.changed == []
        desk.provider.close()
        assert told.line() == "closed"


def test_what_is_taken_and_given_back_at_once_is_not_asked_for(desk, qtbot):
    with on_the_bus(PORTAL, "all") as portal:
        told = Told(portal, qtbot)
        desk.want(region="Ctrl+Shift+X")
        assert told.line() == "register desktop-helper"
        assert list(told.bound()) == ["region"]
        desk.want(region="Ctrl+Shift+Y")
        desk.want(region="Ctrl+Shift+X")
        qtbot.wait(400)
        desk.want(region="Meta+F5")
        assert told.line() == "closed"
        assert told.bound()["region"]["preferred_trigger"] == "LOGO+F5"
        desk.want()
        assert told.line() == "closed"
        desk.want(region="Ctrl+Shift+X")
        assert list(told.bound()) == ["region"]


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("some", [("chat", "The desktop has not given this key.")]),
        ("refused", [(name, "The desktop was not allowed to give this key.") for name in ("region", "chat")]),
        ("error", [(name, "The desktop's portal gives no hotkeys.") for name in ("region", "chat")]),
    ],
)
def test_what_is_not_given_is_told(desk, qtbot, how, told):
    with on_the_bus(PORTAL, how):
        desk.want(region="Ctrl+Shift+X", chat="Ctrl+Shift+Space")
        qtbot.waitUntil(lambda: desk.changed == told)


def test_a_key_that_was_missing_and_is_given_now_is_told(desk, qtbot):
    with on_the_bus(PORTAL, "some"):
        desk.want(region="Ctrl+Shift+X", chat="Ctrl+Shift+Space")
        qtbot.waitUntil(lambda: len(desk.changed) == 1)
        desk.want(chat="Ctrl+Shift+Space", region="Ctrl+Shift+X", new="Ctrl+Shift+N")
        qtbot.waitUntil(lambda: len(desk.changed) == 3)
    assert desk.changed[1:] == [("chat", None), ("new", "The desktop has not given this key.")]


def test_a_bus_that_goes_is_told(qtbot, monkeypatch):
    with session_bus(monkeypatch), on_the_bus(PORTAL, "all") as portal:
        told = Told(portal, qtbot)
        desk = Desk()
        desk.want(region="Ctrl+Shift+X")
        assert told.line()
        assert told.bound()
    qtbot.waitUntil(lambda: bool(desk.changed))
    ((name, problem),) = desk.changed
    assert name == "region"
    assert problem.startswith("The session bus broke off")
    desk.provider.close()


def test_availability(bus, monkeypatch):
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.delenv("XDG_SESSION_TYPE", raising=False)
    assert not PROVIDER.availability().ok
    with on_the_bus(PORTAL, "all"):
        assert PROVIDER.availability().ok
        monkeypatch.delenv("WAYLAND_DISPLAY")
        assert not hotkey_support.portal().ok


@pytest.mark.parametrize(
    ("chord", "keys"),
    [
        ("Ctrl+Alt+5", "CTRL+ALT+5"),
        ("Meta+Return", "LOGO+Return"),
        ("Ctrl+PageUp", "CTRL+Page_Up"),
        ("Print", "Print"),
        ("Ctrl+,", "CTRL+comma"),
        ("Ctrl+Ö", None),
    ],
)
def test_keys_have_the_names_of_the_specification(chord, keys):
    assert spelled(parse(chord)) == keys
