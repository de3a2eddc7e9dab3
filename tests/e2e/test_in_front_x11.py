"""What the user has just opened lies in front of our own windows that are kept above others."""

from __future__ import annotations

from pathlib import Path

import pytest
from Xlib.display import Display

from desktop_helper.services.instance import send_command
from tests.e2e.test_watch_x11 import BAR, REGION, SETUP
from tests.support.app import App, server_profile, write_settings
from tests.support.xrig import XRig, stop, wait_until, x_rig

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(180)]

CHAT = "Desktop Helper"


def stacking(rig: XRig) -> list[str]:
    """Titles of the windows, the topmost one last."""
    display = Display(rig.display)
    try:
        root = display.screen().root
        found = root.get_full_property(display.intern_atom("_NET_CLIENT_LIST_STACKING"), 0)
        return [rig.x11.title(window) for window in found.value] if found is not None else []
    finally:
        display.close()


def is_over(rig: XRig, upper: str, lower: str) -> bool:
    titles = stacking(rig)
    over, under = (
        next((at for at, found in enumerate(titles) if found.split(" — ")[0] == one), -1) for one in (upper, lower)
    )
    return over > under >= 0


def test_settings_and_the_bar_of_a_watch_are_in_front_of_a_pinned_chat(tmp_path: Path) -> None:
    with x_rig(1280, 800, panel="tint2") as rig:
        write_settings(tmp_path, server_profile("http://127.0.0.1:9/v1", "a-model"))
        with (tmp_path / "config" / "settings.toml").open("a", encoding="utf-8") as settings:
            settings.write("\n[window]\npinned = true\n")
        app = App(rig, tmp_path)
        try:
            app.command("trigger", "chat")
            app.wait_focus()
            assert send_command(app.paths.socket_path, {"command": "settings"}) == {"ok": True}
            rig.wait_window("Settings", 30)
            wait_until(lambda: is_over(rig, "Settings", CHAT), f"Settings above the chat: {stacking(rig)}")
            rig.key("Escape")
            rig.wait_no_window("Settings")
            shown = len(app.traced("overlay:shown"))
            app.command("trigger", "watch")
            wait_until(lambda: len(app.traced("overlay:shown")) > shown, "the overlay")
            rig.drag(*REGION)
            setup = rig.wait_window(SETUP)
            wait_until(lambda: rig.x11.active_window() == setup, "the card to have the keyboard")
            rig.key("Return")
            rig.wait_window(BAR)
            wait_until(lambda: is_over(rig, BAR, CHAT), f"the bar above the chat: {stacking(rig)}")
        finally:
            stop(app.process)
