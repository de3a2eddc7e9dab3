"""The settings window of the real app, with the keyboard alone."""

from __future__ import annotations

import tomllib

import pytest

from desktop_helper.qt.hotkeys._xcb import XcbConnection
from desktop_helper.services.instance import send_command
from tests.support.app import App
from tests.support.xrig import stop, wait_until, x_rig

pytestmark = pytest.mark.e2e

CONTROL_SHIFT, KEY_1, KEY_X = 1 | 4, 10, 53  # modifier mask and key codes of the rig's US keyboard


def is_free(display: str, code: int) -> bool:
    """Whether another client of the server may have the key: it takes it for a moment, and then the app could not."""
    connection = XcbConnection(display)
    try:
        return connection.grab_key(code, [CONTROL_SHIFT])
    finally:
        connection.close()


def test_a_hotkey_is_changed_with_the_keyboard_and_works_at_once(tmp_path):
    with x_rig(1000, 800) as rig:
        app = App(rig, tmp_path)
        assert not is_free(rig.display, KEY_X)
        assert send_command(app.paths.socket_path, {"command": "settings"}) == {"ok": True}
        rig.focus(rig.wait_window("Settings", 30))
        rig.key("ctrl+3")
        rig.key("Tab")
        rig.key("Return")
        rig.xdotool("key", "ctrl+shift+1")  # Qt calls this key "!"; what is printed on it is "1"
        rig.key("ctrl+s")
        rig.wait_no_window("Settings")
        saved = tomllib.loads(app.paths.settings_file.read_text(encoding="utf-8"))
        assert saved["hotkeys"]["region"] == "Ctrl+Shift+1"
        wait_until(lambda: not is_free(rig.display, KEY_1), "the new key to be taken")
        assert is_free(rig.display, KEY_X)
        stop(app.process)
        wait_until(lambda: is_free(rig.display, KEY_1), "the key to be given back")
