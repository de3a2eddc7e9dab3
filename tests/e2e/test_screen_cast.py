"""Recordings through the ScreenCast portal: a real Wayland session whose compositor seems to give nobody its pixels.

The portal is wlroots', the pictures come over PipeWire.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from desktop_helper.services.paths import Paths
from tests.support.recordings import recorder_process
from tests.support.sound_rig import SPEAKERS, add_speakers, tone
from tests.support.sounds import heard, span
from tests.support.videos import decoded, last_time
from tests.support.wayland_rig import ROOT, WaylandRig, wayland_rig
from tests.support.xrig import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120), pytest.mark.allow_leaks("processes")]

WIDTH, HEIGHT = 1260, 720  # no remainders in any scale


def paint(rig: WaylandRig, colour: str) -> float:
    """Give all outputs a colour, and return when that was."""
    rig.sway("output", "*", "background", f"#{colour}", "solid_color")
    return time.time()


def stir(rig: WaylandRig) -> None:
    """Move the mouse, at the lower edge: wlroots' portal says nothing of a screen that stands still."""
    width, height = rig.mouse.size
    for x in (width - 60, width - 40):
        rig.mouse.move(x, height - 20)


def record(rig: WaylandRig, home: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Begin, and return when pictures come."""
    argv = [sys.executable, "-m", "desktop_helper", "record", "--json", *arguments]
    told = home / "told.txt"
    with told.open("wb") as output:
        process = rig.spawn(argv, env=rig.like_gnome | {"DESKTOP_HELPER_HOME": str(home)}, cwd=ROOT, stdout=output)

    def begun() -> bool:
        stir(rig)
        return b'"progress"' in told.read_bytes() or process.poll() is not None

    wait_until(begun, "the recording", 30)
    return process


def told(home: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (home / "told.txt").read_text(encoding="utf-8").splitlines()]


def grabbed(rig: WaylandRig, home: Path, region: str) -> Image.Image:
    """A region as the source sees it."""
    code = (
        "import sys; from pathlib import Path; from desktop_helper.capture._cast_capturer import CastCapturer; "
        "from desktop_helper.core.geometry import Rect; area = Rect.parse(sys.argv[1]); "
        "capturer = CastCapturer(area, pointer=False, consent=Path(sys.argv[2])); frame = capturer.grab(area); "
        "sys.stdout.buffer.write(b'%d %d\\n' % (frame.width, frame.height) + frame.data); capturer.close()"
    )
    with (home / "pixels").open("wb") as output:
        argv = [sys.executable, "-c", code, region, str(home / "token")]
        process = rig.spawn(argv, env=rig.like_gnome, cwd=ROOT, stdout=output)

    def done() -> bool:
        stir(rig)
        return process.poll() is not None

    wait_until(done, "the picture", 30)
    assert process.returncode == 0, rig.log.read_text(errors="replace")
    head, _, pixels = (home / "pixels").read_bytes().partition(b"\n")
    width, height = map(int, head.split())
    return Image.frombytes("RGB", (width, height), pixels, "raw", "BGRX")


def same(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and ImageChops.difference(one, other).getbbox() is None


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.mark.timed
@pytest.mark.parametrize("seconds", [3, pytest.param(10, marks=pytest.mark.slow)])
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_a_recording_shows_what_happened_when(scale: float, seconds: int, home: Path) -> None:
    film = home / "film.mp4"
    with wayland_rig((WIDTH, HEIGHT, scale), shares="HEADLESS-1") as rig:
        recorder = record(rig, home, "--screen", "1", "--seconds", str(seconds), "-o", str(film))
        paint(rig, "1144cc")
        time.sleep(1)
        changed = paint(rig, "cc3311")
        assert recorder.wait(30) == 0, rig.log.read_text(errors="replace")
    result = told(home)[-1]
    video = decoded(film)
    assert (video.width, video.height) == (WIDTH, HEIGHT)
    assert video.seconds == pytest.approx(seconds, abs=0.2)
    assert int(str(result["dropped"])) <= 0.1 * seconds * 30
    red = [int(picture[100, 100, 0]) > 150 for picture in video.pictures]
    first = video.times[red.index(True)]
    assert first == pytest.approx(changed - float(str(result["began"])), abs=0.3)
    assert all(red[red.index(True) :]), "it stays"
    assert Paths.below(home).consent_file.stat().st_mode & 0o777 == 0o600


class TestPixels:
    """What the source sees is what the compositor itself gives, pixel for pixel."""

    @pytest.fixture(params=[1.0, 1.5], ids=lambda scale: f"scale {scale:g}")
    def rig(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WaylandRig]:
        noise = tmp_path / "noise.png"
        Image.effect_noise((320, 200), 90).convert("RGB").save(noise)
        with wayland_rig((WIDTH, HEIGHT, request.param), (1020, 768, request.param), shares="HEADLESS-2") as made:
            made.sway("output", "*", "background", str(noise), "tile")
            wait_until(lambda: len(made.screenshot("HEADLESS-2").getcolors(1 << 24) or []) > 100, "the noise")
            yield made

    def test_of_a_region_and_again_without_a_question(self, rig: WaylandRig, home: Path) -> None:
        wanted = Image.new("RGB", (0, 0))
        for x in (0, 311):
            found = grabbed(rig, home, f"{WIDTH + x},20,400,300")
            wanted = rig.screenshot("HEADLESS-2").crop((x, 20, x + 400, 320))
            assert same(found, wanted)
        assert (home / "token").exists()

    def test_of_a_screen_that_is_turned(self, rig: WaylandRig, home: Path) -> None:
        rig.sway("output", "HEADLESS-2", "transform", "90")
        wait_until(lambda: rig.screenshot("HEADLESS-2").size == (768, 1020), "the turn")
        found = grabbed(rig, home, f"{WIDTH},0,768,800")
        assert same(found, rig.screenshot("HEADLESS-2").crop((0, 0, 768, 800)))


def test_another_screen_than_the_shared_one_is_refused(home: Path) -> None:
    with wayland_rig((WIDTH, HEIGHT, 1.0), (1020, 768, 1.0), shares="HEADLESS-2") as rig:
        process = record(rig, home, "--screen", "1", "-o", str(home / "film.mp4"))
        assert process.wait(20) == 3
    (error,) = told(home)
    assert str(error["message"]) == "What was to be recorded is on HEADLESS-1, and the desktop shares another screen."
    assert not list(home.glob("film*"))


def test_another_resolution_while_it_runs(home: Path) -> None:
    film = home / "film.mp4"
    with wayland_rig((WIDTH, HEIGHT, 1.0), shares="HEADLESS-1") as rig:
        recorder = record(rig, home, "--screen", "1", "-o", str(film))
        paint(rig, "1144cc")
        time.sleep(0.7)
        rig.sway("output", "HEADLESS-1", "mode", "800x600")
        paint(rig, "cc3311")
        time.sleep(1.5)
        paint(rig, "cc3322")
        time.sleep(0.7)
        recorder.send_signal(signal.SIGINT)
        assert recorder.wait(20) == 0, rig.log.read_text(errors="replace")
    video = decoded(film)
    assert (video.width, video.height) == (WIDTH, HEIGHT)
    last = video.pictures[-1].astype(int)
    assert last[300, 400, 0] > 150, "what is left of it"
    assert last[660, 1000].sum() < 60, "and black where there is no screen any more"


def test_a_portal_that_dies_ends_it(home: Path) -> None:
    with wayland_rig((WIDTH, HEIGHT, 1.0), shares="HEADLESS-1") as rig:
        recorder = record(rig, home, "--screen", "1", "-o", str(home / "film.mp4"))
        time.sleep(1)
        rig.portal.kill()
        assert recorder.wait(20) == 3
    message = next(str(one["message"]) for one in told(home) if one["type"] == "error")
    assert message.startswith("The recording ended, since ")
    assert decoded(home / "film.mp4").width == WIDTH, "what was recorded until then is kept"


def test_what_was_recorded_survives_the_recorder(home: Path) -> None:
    with wayland_rig((WIDTH, HEIGHT, 1.0), shares="HEADLESS-1") as rig:
        recorder = record(rig, home, "--screen", "1", "-o", str(home / "film.mp4"))
        time.sleep(2)
        os.kill(recorder_process(recorder.pid).pid, signal.SIGKILL)
        assert recorder.wait(20) != 0
    assert last_time(home / "film.mp4") > 1.2


@pytest.mark.skipif(shutil.which("pw-play") is None, reason="needs pw-play")
def test_what_is_played_is_recorded_beside_what_is_shared(home: Path) -> None:
    film = home / "film.mp4"
    with wayland_rig((WIDTH, HEIGHT, 1.0), shares="HEADLESS-1") as rig:
        add_speakers(rig.env)
        recorder = record(rig, home, "--screen", "1", "--seconds", "4", "--system-sound", "-o", str(film))
        started = time.time()
        player = rig.spawn(["pw-play", "--target", SPEAKERS, str(tone(home, 1000))])
        assert player.wait(20) == 0
        over = time.time()
        assert recorder.wait(30) == 0, rig.log.read_text(errors="replace")
    result = told(home)[-1]
    assert (result["sound"], result["sound_problem"]) == (True, "")
    begin, end = span(heard(film), 1000)
    began = float(str(result["began"]))
    assert end - begin == pytest.approx(0.5, abs=0.05)
    assert started - began - 0.02 < begin < over - began - 0.45
    assert decoded(film).seconds == pytest.approx(4, abs=0.2)
