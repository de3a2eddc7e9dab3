"""Nothing of ours is in pictures that are taken beside the app's own: by a command, or by a recording that runs."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.e2e.test_recording_x11 import (
    GREY,
    REGION,
    choose,
    files,
    recording_app,
    rig,
    shows_only_the_desktop,
    wait_recorded,
    wait_running,
)
from tests.support.videos import decoded
from tests.support.xrig import XRig, wait_until

__all__ = ["rig"]  # the fixture
pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(180)]


def test_the_overlay_is_not_in_a_recording(rig: XRig, tmp_path: Path) -> None:
    with recording_app(rig, tmp_path, countdown=0) as app:
        choose(app, *REGION)
        wait_running(rig)
        wait_recorded(app)
        shown = len(app.traced("overlay:shown"))
        app.command("trigger", "region")
        wait_until(lambda: len(app.traced("overlay:shown")) > shown, "the overlay")
        rig.move((300, 200))
        time.sleep(1)
        rig.move((1200, 60))  # the pointer would be in the video
        rig.key("Escape")
        rig.wait_no_window("Select a region")
        time.sleep(0.5)
        app.command("trigger", "record")
        app.wait_focus()
        video = decoded(files(app)[0])
        assert (video.seconds or 0) > 1.5, "its time went on"
        assert shows_only_the_desktop(video)


def test_the_chat_stands_aside_for_a_command_and_keeps_the_keyboard(rig: XRig, tmp_path: Path) -> None:
    with recording_app(rig, tmp_path) as app:
        app.command("trigger", "chat")
        x, y, width, height = rig.x11.geometry(app.wait_focus())
        area = f"{x + 20},{y + 20},{width - 40},{height - 40}"
        argv = [sys.executable, "-m", "desktop_helper", "shot", "--region", area, "-o", "-"]
        done = subprocess.run(argv, env=rig.env | app.env, capture_output=True, timeout=60, check=True)
        picture = np.asarray(Image.open(io.BytesIO(done.stdout)).convert("RGB")).astype(int)
        assert (np.abs(picture - GREY) < 4).all()
        app.wait_focus()
