"""The overlay alone in a process of its own, on a private X server whose desktop is known pixel by pixel."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from tests.support import desktop_pattern
from tests.support.xrig import XRig, missing_programs, wait_until, x_rig

ROOT = Path(__file__).resolve().parents[2]
WIDTH, HEIGHT = 1000, 700
TITLE = "Select a region"


class PickerApp:
    """A process with nothing but the overlay (`tests.support.picker_app`), told what to do by a file."""

    def __init__(self, rig: XRig, folder: Path, env: dict[str, str] | None = None) -> None:
        self.rig = rig
        self.folder = folder
        self._said = folder / "said.txt"
        self._heard = 0
        argv = [sys.executable, "-m", "tests.support.picker_app", str(folder)]
        with self._said.open("wb") as said:
            self.process = rig.spawn(argv, stdout=said, env=env, cwd=ROOT)
        self.hear("ready")

    def open(self, mode: str = "region") -> None:
        """Ask for the overlay and wait until it is painted."""
        (self.folder / "ask").write_text(mode)
        self.hear("shown")

    def hear(self, word: str) -> str:
        """The next line of the app, which must begin with `word`."""

        def line() -> str:
            lines = self._said.read_text(encoding="utf-8").split("\n")
            return lines[self._heard] if len(lines) > self._heard + 1 else ""

        said = wait_until(line, f"the app to say {word!r}", 20)
        self._heard += 1
        assert said.startswith(word), said
        return said

    def picked(self) -> tuple[str, Image.Image]:
        """What was picked: its place and name, and its pixels."""
        said = self.hear("picked").removeprefix("picked ")
        return said, Image.open(self.folder / "picked.png").convert("RGB")


@contextmanager
def desktop(width: int = WIDTH, height: int = HEIGHT) -> Iterator[tuple[XRig, Image.Image]]:
    """A private X server with one screen, and what is painted on it."""
    with x_rig(width, height) as rig:
        yield rig, desktop_pattern.paint(rig.display, width, height)


def two_screens(rig: XRig) -> None:
    """Make the one screen of 1200 × 600 two: 700 pixels at the left, 500 at the right. Skips without xrandr."""
    if missing_programs("xrandr"):
        pytest.skip("needs xrandr")
    rig.spawn(["xrandr", "--setmonitor", "left", "700/185x600/158+0+0", "screen"]).wait()
    rig.spawn(["xrandr", "--setmonitor", "right", "500/132x600/158+700+0", "none"]).wait()
