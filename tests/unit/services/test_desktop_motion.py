"""What a real session bus with a settings portal says about motion."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_helper.services import desktop_motion
from tests.support.session_bus import on_the_bus, session_bus


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with session_bus(monkeypatch):
        yield


@pytest.mark.parametrize(
    ("space", "key", "value", "still"),
    [
        ("org.freedesktop.appearance", "reduced-motion", "1", True),
        ("org.freedesktop.appearance", "reduced-motion", "0", False),
        ("org.gnome.desktop.interface", "enable-animations", "false", True),
        ("org.gnome.desktop.interface", "enable-animations", "true", False),
        ("org.kde.something", "else", "1", False),
    ],
)
def test_the_portal_is_asked(bus: None, space: str, key: str, value: str, still: bool) -> None:
    with on_the_bus("tests.support.settings_portal", space, key, value):
        assert desktop_motion.wants_stillness() is still


def test_without_a_portal_everything_moves(bus: None) -> None:
    assert desktop_motion.wants_stillness() is False


def test_without_a_bus_nobody_waits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    begin = time.monotonic()
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    assert desktop_motion.wants_stillness() is False
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/nothing")
    assert desktop_motion.wants_stillness() is False
    assert time.monotonic() - begin < desktop_motion.TIMEOUT_S
