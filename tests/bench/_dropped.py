"""Files that are dropped on the real window of the app: how long until what they begin with is seen there."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import mss
import numpy as np
import psutil

from tests.bench._programs import home
from tests.support import drag_source
from tests.support.app import App, running_app, server_profile
from tests.support.screen_watch import ScreenWatch
from tests.support.xrig import XRig, stop

COVER = (206, 42, 122)  # what a file begins with, and nothing else on this desktop
NEAR = 24  # of 255, for pictures that were encoded with losses
LEAST = 12  # pixels of those that are looked at
EVERY = 2  # in both directions: who looks takes no more time than needed from those who are measured
PLACE = (600, 60)
STEPS, STEP_S, HOLD_S = 25, 0.008, 0.3  # of a hand that carries something over, and finds out where it is
LIMIT_S = 30.0


class DropRig:
    """A chat window beside files that can be dragged.

    Args:
        app: with its window open.
    """

    def __init__(self, rig: XRig, app: App) -> None:
        self._rig, self._app = rig, app
        window = app.wait_focus()
        rig.xdotool("windowmove", "--sync", str(window), *map(str, PLACE))
        x, y, width, height = rig.x11.geometry(window)
        self._target = x + width // 2, y + height // 3
        self._area = {"left": x, "top": y + height // 2, "width": width, "height": height // 2}
        self._eyes, self._hand = mss.MSS(display=rig.display), ScreenWatch(rig.display, ())

    def close(self) -> None:
        """Hang up."""
        self._eyes.close()
        self._hand.close()

    def seen_ms(self, path: Path) -> float:
        """From letting go until what it begins with is on the screen; then it is taken back."""
        source = self._rig.spawn([sys.executable, "-m", "tests.support.drag_source", str(path)])
        try:
            window = self._rig.wait_window(drag_source.TITLE)
            left, top, width, height = self._rig.x11.geometry(window)
            self._carry((left + width // 2, top + height // 2))
            begin = time.perf_counter()
            self._hand.button(down=False)
            seen = self._until(True) - begin
        finally:
            stop(source)
        self._take_back()
        return seen * 1e3

    def end_readers(self) -> None:
        """As if nothing had been attached for a while."""
        for child in psutil.Process(self._app.process.pid).children():
            with suppress(psutil.NoSuchProcess):  # one that ended by itself is a zombie until the app looks
                if "desktop_helper.attachments._worker" in child.cmdline():
                    child.kill()
                    child.wait(5)

    def _carry(self, start: tuple[int, int]) -> None:
        self._hand.move(start)
        self._hand.button(down=True)
        for step in range(1, STEPS + 1):
            time.sleep(STEP_S)
            x, y = (a + (b - a) * step // STEPS for a, b in zip(start, self._target, strict=True))
            self._hand.move((x, y))
        time.sleep(HOLD_S)

    def _take_back(self) -> None:
        self._app.wait_focus()
        self._rig.key("BackSpace", 2)  # to the attachment, and away with it
        self._until(False)

    def _until(self, shown: bool) -> float:
        deadline = time.perf_counter() + LIMIT_S
        while self._shows() is not shown:
            if time.perf_counter() > deadline:
                raise TimeoutError("the window does not change")
            time.sleep(0.004)
        return time.perf_counter()

    def _shows(self) -> bool:
        grabbed = self._eyes.grab(self._area)
        pixels = np.frombuffer(grabbed.raw, np.uint8).reshape(grabbed.height, grabbed.width, 4)[::EVERY, ::EVERY, 2::-1]
        near = np.abs(pixels.astype(np.int16) - COVER).max(axis=2) < NEAR
        return int(near.sum()) >= LEAST


@contextmanager
def drop_rig() -> Iterator[DropRig]:
    """The app on a desktop of its own."""
    profile = server_profile("http://127.0.0.1:9/v1", "none")
    with XRig(1600, 1000) as rig, home() as folder, running_app(rig, folder, profile=profile) as app:
        app.command("trigger", "chat")
        made = DropRig(rig, app)
        try:
            yield made
        finally:
            made.close()
