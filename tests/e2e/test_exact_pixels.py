"""A thousand regions through `shot` and a hundred by the mouse: each equals the X server's own pixels, hash by hash."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image

from tests.support import xwd
from tests.support.cli_process import run
from tests.support.picker_rig import PickerApp, desktop
from tests.support.xrig import XRig, missing_programs

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(bool(missing_programs("xwd", "xrandr")), reason="needs xwd and xrandr"),
]

SIZES = {"1080p": (1920, 1080), "4K": (3840, 2160)}
SHOTS = 250  # on each of four desktops
DRAGS = 9  # on each of twelve
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Desktop:
    """A server with one screen or two beside each other, and what it says that they show."""

    rig: XRig
    screens: list[Box]
    pixels: Image.Image

    def hash_of(self, box: Box) -> str:
        """Of the server's own pixels."""
        return sha256(self.pixels.crop(box).tobytes()).hexdigest()


@contextmanager
def screens_of(size: str, count: int) -> Iterator[Desktop]:
    width, height = SIZES[size]
    with desktop(width * count, height) as (rig, _pattern):
        if count == 2:
            for name, at, output in (("left", 0, "screen"), ("right", width, "none")):
                monitor = f"{width}/{width // 4}x{height}/{height // 4}+{at}+0"
                rig.spawn(["xrandr", "--setmonitor", name, monitor, output]).wait()
        found = [(width * number, 0, width * (number + 1), height) for number in range(count)]
        yield Desktop(rig, found, xwd.screen(rig.display))


def some_box(within: Box, rng: random.Random, least: int = 1) -> Box:
    x, y = rng.randrange(within[0], within[2] - least), rng.randrange(within[1], within[3] - least)
    return x, y, rng.randrange(x + least, within[2] + 1), rng.randrange(y + least, within[3] + 1)


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("size", SIZES)
def test_regions_through_shot(tmp_path: Path, size: str, count: int) -> None:
    rng = random.Random(f"{size}{count}")
    with screens_of(size, count) as shown:
        everything = (0, 0, *shown.pixels.size)  # over both screens, too
        target = tmp_path / "shot.png"
        for _ in range(SHOTS):
            box = some_box(everything, rng)
            region = f"{box[0]},{box[1]},{box[2] - box[0]},{box[3] - box[1]}"
            done = run(tmp_path / "home", "shot", "--region", region, "-o", str(target), DISPLAY=shown.rig.display)
            assert done.returncode == 0, done.stderr
            assert sha256(Image.open(target).convert("RGB").tobytes()).hexdigest() == shown.hash_of(box), region


@pytest.mark.parametrize("scale", ["1", "1.5", "2"])
@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("size", SIZES)
def test_regions_by_the_mouse(tmp_path: Path, size: str, count: int, scale: str) -> None:
    rng = random.Random(f"{size}{count}{scale}")
    with screens_of(size, count) as shown:
        app = PickerApp(shown.rig, tmp_path, {"QT_SCALE_FACTOR": scale})
        for _ in range(DRAGS):
            wanted = some_box(rng.choice(shown.screens), rng, least=12)
            shown.rig.move(wanted[:2])
            app.open()
            shown.rig.drag(wanted[:2], wanted[2:])
            said, picture = app.picked()
            x, y, width, height = (int(number) for number in said.split(" ")[0].split(","))
            box = (x, y, x + width, y + height)
            assert all(abs(one - other) <= 3 for one, other in zip(box, wanted, strict=True)), (box, wanted)
            assert sha256(picture.tobytes()).hexdigest() == shown.hash_of(box), box


def test_xwd_sees_what_was_painted() -> None:
    with desktop(640, 400) as (rig, pattern):
        assert xwd.screen(rig.display).tobytes() == pattern.tobytes()
