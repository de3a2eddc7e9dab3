"""The tray icon in real tray hosts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.xrig import stop, wait_until, x_rig

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).resolve().parents[2]
ACCENT = (0x3F, 0x57, 0xD6)

SHOW_TRAY = """
from PySide6.QtWidgets import QApplication
from desktop_helper.ui.theme import Theme
from desktop_helper.ui.tray import Tray
app = QApplication([])
app.setQuitOnLastWindowClosed(False)
tray = Tray(Theme.current())
tray.chat_requested.connect(lambda: print("chat", flush=True))
tray.availability_changed.connect(lambda there: print("host", there, flush=True))
print("shown", tray.show(), flush=True)
app.exec()
"""


def start(rig):
    process = rig.spawn([sys.executable, "-c", SHOW_TRAY], cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    return process, process.stdout


def icon_at(rig):
    """The middle of the accent-coloured pixels."""
    picture = rig.screenshot()
    pixels = picture.load()
    found = [(x, y) for x in range(picture.width) for y in range(picture.height) if pixels[x, y] == ACCENT]
    return found[len(found) // 2] if len(found) > 40 else None


@pytest.mark.parametrize("panel", ["tint2", "trayer"])
def test_a_click_on_the_icon_opens_the_chat(panel):
    with x_rig(400, 300, panel=panel) as rig:
        process, output = start(rig)
        assert output.readline() == b"shown True\n"
        rig.click(wait_until(lambda: icon_at(rig), "the icon in the panel"))
        assert output.readline() == b"chat\n"
        stop(process)
        output.close()


def test_a_host_that_comes_later_gets_the_icon_and_one_that_dies_is_noticed():
    with x_rig(400, 300) as rig:
        process, output = start(rig)
        assert output.readline() == b"shown False\n"
        panel = rig.start_panel("tint2")
        wait_until(lambda: icon_at(rig), "the icon in the panel")
        assert output.readline() == b"host True\n"
        stop(panel)
        assert output.readline() == b"host False\n"
        stop(process)
        output.close()
