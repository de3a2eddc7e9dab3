"""What a real session bus with a settings portal says about motion."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_helper.services import desktop_motion

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    program = shutil.which("dbus-daemon")
    if program is None:
        pytest.skip("needs dbus-daemon")
    daemon = subprocess.Popen([program, "--session", "--nofork", "--print-address"], stdout=subprocess.PIPE, text=True)
    assert daemon.stdout is not None
    address = daemon.stdout.readline().strip()
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    yield address
    daemon.terminate()
    daemon.wait(5)
    daemon.stdout.close()


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
def test_the_portal_is_asked(bus: str, space: str, key: str, value: str, still: bool) -> None:
    argv = [sys.executable, "-m", "tests.support.portal", space, key, value]
    portal = subprocess.Popen(argv, stdout=subprocess.PIPE, cwd=ROOT)
    assert portal.stdout is not None
    try:
        portal.stdout.readline()
        assert desktop_motion.wants_stillness() is still
    finally:
        portal.terminate()
        portal.wait(5)
        portal.stdout.close()


def test_without_a_portal_everything_moves(bus: str) -> None:
    assert desktop_motion.wants_stillness() is False


def test_without_a_bus_nobody_waits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    begin = time.monotonic()
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    assert desktop_motion.wants_stillness() is False
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/nothing")
    assert desktop_motion.wants_stillness() is False
    assert time.monotonic() - begin < desktop_motion.TIMEOUT_S
