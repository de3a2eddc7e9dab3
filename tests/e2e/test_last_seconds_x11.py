"""The last seconds as a user has them: they happen, then they are asked about. Until then nothing is on the disk."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import numpy as np
import psutil
import pytest
import tomlkit
from jeepney import DBusAddress, new_signal
from jeepney.io.blocking import open_dbus_connection
from PIL import Image
from Xlib.display import Display

from desktop_helper.core.messages import ImagePart
from tests.support.app import App, server_profile, write_settings
from tests.support.glm_server import MODEL, GlmServer, answer
from tests.support.session_bus import session_bus
from tests.support.xrig import XRig, stop, wait_until, x_rig

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

BEFORE, FIRST, THEN = (0x80, 0x90, 0xA0), (0xC0, 0x20, 0x20), (0x20, 0xA0, 0x40)
HIDDEN = (0x80, 0x80, 0x80)
MARK = "The last seconds of this screen are kept in memory"
RING = "desktop_helper.capture._ring"
PLACE = (1000, 300)  # where nothing of ours is


def paint(rig: XRig, colour: tuple[int, int, int]) -> None:
    """The desktop's own background."""
    connection = Display(rig.display)
    root = connection.screen().root
    root.change_attributes(background_pixel=colour[0] << 16 | colour[1] << 8 | colour[2])
    root.clear_area()
    connection.sync()
    connection.close()


@pytest.fixture
def rig() -> Iterator[XRig]:
    with x_rig(1280, 800, panel="tint2") as made:
        paint(made, BEFORE)
        yield made


@pytest.fixture
def server() -> Iterator[GlmServer]:
    with GlmServer(answer("It turned green.", delay=0.01)) as running:
        yield running


@contextmanager
def keeping_app(rig: XRig, home: Path, url: str = "http://127.0.0.1:9/v1", **env: str) -> Iterator[App]:
    """The app with the last 30 seconds switched on, when they are being kept."""
    write_settings(home, server_profile(url, MODEL))
    path = home / "config" / "settings.toml"
    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    document["last_seconds"] = {"keep": True}
    document["hotkeys"] = {"just-happened": "Ctrl+Alt+J"}
    path.write_text(tomlkit.dumps(document), encoding="utf-8")
    app = App(rig, home, env=env)
    try:
        rig.wait_window(MARK, 30)
        yield app
    finally:
        rig.screenshot(home / "last.png")
        stop(app.process)


def ring_process(app: App) -> psutil.Process | None:
    try:
        children = psutil.Process(app.process.pid).children(recursive=True)
        return next((one for one in children if RING in one.cmdline()), None)
    except psutil.NoSuchProcess:
        return None


def happen(rig: XRig) -> None:
    """One colour, then another one, each for long enough to be looked at."""
    time.sleep(1.5)
    paint(rig, FIRST)
    time.sleep(1.5)
    paint(rig, THEN)
    time.sleep(1.0)


def near(colour: np.ndarray, wanted: tuple[int, int, int]) -> bool:
    return bool((np.abs(colour.astype(int) - wanted) < 16).all())


def shown(app: App) -> list[np.ndarray]:
    """The frames of the question that is in the history."""
    question = wait_until(app.stored, "the question in the history", 30)[0].message
    return [np.asarray(Image.open(BytesIO(part.data))) for part in question.media if isinstance(part, ImagePart)]


def at(frame: np.ndarray, place: tuple[int, int]) -> np.ndarray:
    """The colour at a place of the screen: large frames are made smaller."""
    scale = frame.shape[1] / 1280
    return frame[int(place[1] * scale), int(place[0] * scale)]


@pytest.mark.parametrize("scale", ["1", "1.5"])
def test_what_happened_is_in_the_question_and_we_are_not(
    rig: XRig, server: GlmServer, tmp_path: Path, scale: str
) -> None:
    with keeping_app(rig, tmp_path, server.base_url, QT_SCALE_FACTOR=scale) as app:
        app.command("trigger", "chat")
        x, y, width, height = rig.x11.geometry(app.wait_focus())
        happen(rig)
        app.command("trigger", "just-happened")
        app.wait_focus()
        app.ask("What just happened?")
        app.wait_answer()
        frames = shown(app)
        place = PLACE if not x <= PLACE[0] < x + width else (x - 60, 300)
        for colour in (BEFORE, FIRST, THEN):
            assert any(near(at(frame, place), colour) for frame in frames), colour
        assert near(at(frames[-1], place), THEN)
        middle = (x + width // 2, y + height // 2)
        assert near(at(frames[-1], middle), HIDDEN), "a window of ours is hidden"
        corners = (x + 12, y + 12), (x + width - 12, y + height - 12)
        assert all(near(at(frames[-1], corner), HIDDEN) for corner in corners), "all of it"
        beside = (x - 12, y + height // 2), (x + width // 2, y - 40)
        inside = [one for one in beside if 0 <= one[0] < 1280 and 20 <= one[1] < 760]
        assert all(near(at(frames[-1], one), THEN) for one in inside), "and nothing else"
        sent = json.dumps(server.requests[-1].body)
        assert sent.count('"image_url"') >= len(frames)


def test_the_hotkey_asks_with_what_is_there_when_it_is_pressed(rig: XRig, tmp_path: Path) -> None:
    with keeping_app(rig, tmp_path) as app:
        happen(rig)
        rig.key("ctrl+alt+j")
        app.wait_focus()
        app.ask("What?")
        assert near(at(shown(app)[-1], (300, 200)), THEN)


OPENED = re.compile(r"(?:openat|open|creat)\((?:[^,]*, )?\"([^\"]*)\", ([A-Z_|]*)")


def test_nothing_is_on_the_disk_before_it_is_asked(rig: XRig, tmp_path: Path) -> None:
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("needs strace")
    home, calls = tmp_path / "home", tmp_path / "calls"
    with keeping_app(rig, home) as app:
        ring = ring_process(app)
        assert ring is not None
        wanted = "trace=open,openat,creat,mknod,mknodat,link,linkat"
        argv = [strace, "-f", "-qq", "-s", "300", "-e", wanted, "-o", str(calls)]
        tracer = subprocess.Popen([*argv, "-p", str(app.process.pid), "-p", str(ring.pid)])
        try:
            time.sleep(1)
            happen(rig)
            app.command("trigger", "just-happened")
            app.wait_focus()
            rig.type_text("not asked yet")
            drafts = home / "data" / "drafts"
            wait_until(
                lambda: any(b"not asked yet" in one.read_bytes() for one in drafts.glob("*/draft.json")), "it", 20
            )
            time.sleep(3)  # the clip has been read by then, and the draft written again
        finally:
            tracer.terminate()
            tracer.wait(10)
        (draft,) = drafts.glob("*/draft.json")
        assert json.loads(draft.read_bytes())["attachments"] == []
        written = {
            name
            for name, flags in OPENED.findall(calls.read_text(errors="replace"))
            if set(flags.split("|")) & {"O_WRONLY", "O_RDWR", "O_CREAT"}
            and not name.startswith(("/dev/null", "/proc/"))
        }
        assert any("draft.json" in name for name in written), "what is written is seen"
        kinds = {Path(name).suffix for name in written if "draft.json" not in name}
        assert kinds <= {".log", ".lock", ".json"}, written
        assert not [path for path in ring.open_files() if getattr(path, "mode", "r") != "r"]
        rig.key("Return")
        assert shown(app), "once it is asked it belongs to the conversation"


def test_the_process_ends_with_the_app_however_that_ends(rig: XRig, tmp_path: Path) -> None:
    for number, end in enumerate((App.quit, App.kill)):
        with keeping_app(rig, tmp_path / str(number)) as app:
            ring = ring_process(app)
            assert ring is not None
            end(app)
            wait_until(lambda ring=ring: not ring.is_running(), "the end of the ring", 5)  # type: ignore[misc]


def test_a_lock_ends_it(rig: XRig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    with session_bus(monkeypatch):
        address = os.environ["DBUS_SESSION_BUS_ADDRESS"]
        nowhere = {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere"}
        with keeping_app(rig, tmp_path, DBUS_SESSION_BUS_ADDRESS=address, **nowhere) as app:
            ring = ring_process(app)
            assert ring is not None
            bus = open_dbus_connection("SESSION")
            saver = DBusAddress("/org/freedesktop/ScreenSaver", interface="org.freedesktop.ScreenSaver")
            try:
                time.sleep(1)  # until it listens
                bus.send(new_signal(saver, "ActiveChanged", "b", (True,)))
                wait_until(lambda: not ring.is_running(), "the end of the ring")
                rig.wait_no_window(MARK)
                bus.send(new_signal(saver, "ActiveChanged", "b", (False,)))
                rig.wait_window(MARK, 30)
                assert ring_process(app) is not None
            finally:
                bus.close()
