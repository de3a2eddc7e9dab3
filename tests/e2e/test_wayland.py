"""A real Wayland session (sway without a monitor, its own portals): pictures by the command line."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from tests.support.wayland_rig import WaylandRig, wayland_rig
from tests.support.xrig import wait_until

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).resolve().parents[2]


def helper(rig: WaylandRig, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return rig.run([sys.executable, "-m", "desktop_helper", *arguments], cwd=ROOT)


def shot(rig: WaylandRig, *arguments: str) -> Image.Image:
    done = helper(rig, "shot", *arguments, "-o", "-")
    assert done.returncode == 0, done.stderr
    return Image.open(io.BytesIO(done.stdout)).convert("RGB")


def same(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and ImageChops.difference(one, other).getbbox() is None


@pytest.fixture(scope="module", params=[1.0, 1.5, 2.0], ids=lambda scale: f"scale {scale:g}")
def rig(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WaylandRig]:
    """Two outputs with noise on them. Their sizes have no remainders in any scale: grim would smooth them over."""
    with wayland_rig((1260, 720, request.param), (1020, 768, request.param)) as made:
        noise = tmp_path_factory.mktemp("noise") / "noise.png"
        Image.effect_noise((320, 200), 90).convert("RGB").save(noise)
        made.sway("output", "*", "background", str(noise), "tile")
        wait_until(lambda: len(made.screenshot("HEADLESS-2").getcolors(1 << 24) or []) > 100, "the noise")
        yield made


@pytest.mark.allow_leaks("processes")
class TestShot:
    """Pictures of the compositor's own pixels."""

    def test_each_screen_pixel_for_pixel(self, rig: WaylandRig) -> None:
        assert same(shot(rig, "--screen", "1"), rig.screenshot("HEADLESS-1"))
        assert same(shot(rig, "--screen", "2"), rig.screenshot("HEADLESS-2"))

    def test_a_region_over_both(self, rig: WaylandRig) -> None:
        first, second = rig.screenshot("HEADLESS-1"), rig.screenshot("HEADLESS-2")
        both = Image.new("RGB", (200, 100))
        both.paste(first.crop((1160, 300, 1260, 400)), (0, 0))
        both.paste(second.crop((0, 300, 100, 400)), (100, 0))
        assert same(shot(rig, "--region", "1160,300,200,100"), both)

    @pytest.mark.parametrize("transform", ["90", "flipped-270", "180", "270", "flipped", "flipped-90", "flipped-180"])
    def test_a_screen_that_is_turned(self, rig: WaylandRig, transform: str) -> None:
        rig.sway("output", "HEADLESS-2", "transform", transform)
        try:
            assert same(shot(rig, "--screen", "2"), rig.screenshot("HEADLESS-2"))
        finally:
            rig.sway("output", "HEADLESS-2", "transform", "normal")

    def test_outside(self, rig: WaylandRig) -> None:
        done = helper(rig, "shot", "--region", "2000,700,400,100", "-o", "-")
        assert done.returncode == 3
        assert b"reaches outside the desktop" in done.stderr

    def test_doctor_says_how(self, rig: WaylandRig) -> None:
        done = helper(rig, "doctor", "--json")
        found = {one["name"]: one["ok"] for one in json.loads(done.stdout) if one["name"].startswith("capture ")}
        assert found == {"capture wlr": True, "capture portal": True}
