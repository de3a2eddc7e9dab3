"""The settings window of the real app, with the keyboard alone."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest

from desktop_helper.qt.hotkeys._xcb import XcbConnection
from desktop_helper.services.instance import send_command
from desktop_helper.services.paths import Paths
from tests.support.xrig import stop, wait_until, x_rig

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).resolve().parents[2]
CONTROL_SHIFT, KEY_1, KEY_X = 1 | 4, 10, 53  # modifier mask and key codes of the rig's US keyboard


@pytest.fixture
def other_program():
    """Another client of the server, which finds out which keys are taken."""
    opened: list[XcbConnection] = []

    def is_free(display: str, code: int) -> bool:
        connection = XcbConnection(display)
        opened.append(connection)
        free = connection.grab_key(code, [CONTROL_SHIFT])
        connection.ungrab_key(code, [CONTROL_SHIFT])
        return free

    yield is_free
    for connection in opened:
        connection.close()


def test_a_hotkey_is_changed_with_the_keyboard_and_works_at_once(tmp_path, other_program):
    paths = Paths.below(tmp_path / "home")
    env = {"DESKTOP_HELPER_HOME": str(tmp_path / "home"), "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    with x_rig(1000, 800) as rig:
        app = rig.spawn([sys.executable, "-m", "desktop_helper"], env=env, cwd=ROOT)
        wait_until(lambda: not other_program(rig.display, KEY_X), "the app to take its key", 30)
        assert send_command(paths.socket_path, {"command": "settings"}) == {"ok": True}
        rig.focus(rig.wait_window("Settings", 30))
        rig.key("ctrl+3")
        rig.key("Tab")
        rig.key("Return")
        rig.xdotool("key", "ctrl+shift+1")  # Qt calls this key "!"; what is printed on it is "1"
        rig.key("ctrl+s")
        rig.wait_no_window("Settings")
        saved = tomllib.loads(paths.settings_file.read_text(encoding="utf-8"))
        assert saved["hotkeys"]["region"] == "Ctrl+Shift+1"
        wait_until(lambda: not other_program(rig.display, KEY_1), "the new key to be taken")
        assert other_program(rig.display, KEY_X)
        stop(app)
        wait_until(lambda: other_program(rig.display, KEY_1), "the key to be given back")
