"""A real Wayland session (sway without a monitor, its own portals): pictures by the command line."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from tests.support.videos import decoded
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

    def test_through_the_portal(self, rig: WaylandRig) -> None:
        code = "import sys; from desktop_helper.capture.portal import SOURCE; capturer = SOURCE.create(); "
        code += "sys.stdout.buffer.write(capturer.grab(capturer.screens()[0].rect).data)"
        done = rig.run([sys.executable, "-c", code], cwd=ROOT)
        assert done.returncode == 0, done.stderr
        wanted = rig.screenshot("HEADLESS-1")
        assert same(Image.frombytes("RGB", wanted.size, done.stdout, "raw", "BGRX"), wanted)

    def test_outside(self, rig: WaylandRig) -> None:
        done = helper(rig, "shot", "--region", "2000,700,400,100", "-o", "-")
        assert done.returncode == 3
        assert b"reaches outside the desktop" in done.stderr

    def test_doctor_says_how(self, rig: WaylandRig) -> None:
        done = helper(rig, "doctor", "--json")
        found = {one["name"]: one["ok"] for one in json.loads(done.stdout) if one["name"].startswith("capture ")}
        assert found == {"capture wlr": True, "capture portal": True, "capture cast": True}


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_a_recording_shows_what_happened_when(scale: float, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    with wayland_rig((1260, 720, scale), (1020, 768, 1.0), portals=False) as rig:
        argv = [sys.executable, "-m", "desktop_helper", "record", "--screen", "1", "--seconds", "4", "--json"]
        recorder = rig.spawn([*argv, "-o", str(film)], cwd=ROOT, stdout=subprocess.PIPE)
        assert recorder.stdout is not None
        said = [recorder.stdout.readline()]  # that it has begun
        time.sleep(1.5)
        changed = time.time()
        rig.sway("output", "*", "background", "#cc3311", "solid_color")
        said += recorder.stdout
        assert recorder.wait(20) == 0, rig.log.read_text(errors="replace")
        recorder.stdout.close()
        began = json.loads(said[-1])["began"]
    video = decoded(film)
    assert (video.width, video.height) == (1260, 720)
    assert video.seconds == pytest.approx(4, abs=0.2)
    colours = [tuple(int(value) for value in picture[100, 100]) for picture in video.pictures]
    changes = [at for at, one, other in zip(video.times[1:], colours, colours[1:], strict=False) if one != other]
    assert [max(range(3), key=colour.__getitem__) for colour in (colours[0], colours[-1])] == [2, 0]  # blue, then red
    assert -0.1 < changes[0] - (changed - began) < 1.0, "sway starts a program that paints the new background"
