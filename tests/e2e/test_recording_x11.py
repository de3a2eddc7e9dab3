"""A recording as a user makes it: key, drag, countdown, bar, key, question. Nothing of ours is in its pictures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import tomlkit
from Xlib.display import Display

from tests.support.app import App, server_profile, write_settings
from tests.support.videos import Video, decoded
from tests.support.xrig import XRig, missing_programs, stop, wait_until, x_rig

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

GREY = (0x80, 0x90, 0xA0)
KEY = "ctrl+alt+r"
BAR, EDGE, COUNTDOWN = "Recording", "Frame around what is recorded", "A recording begins soon"
REGION = (200, 150), (520, 390)


@pytest.fixture
def rig() -> Iterator[XRig]:
    """A grey desktop of one screen, with a tray."""
    with x_rig(1280, 800, panel="tint2") as made:
        connection = Display(made.display)
        root = connection.screen().root
        root.change_attributes(background_pixel=GREY[0] << 16 | GREY[1] << 8 | GREY[2])
        root.clear_area()
        connection.sync()
        connection.close()
        yield made


@contextmanager
def recording_app(rig: XRig, home: Path, scale: str = "1", **recording: int | bool) -> Iterator[App]:
    """The app with keys that record, one second of countdown, and more of the table if wanted."""
    write_settings(home, server_profile("http://127.0.0.1:9/v1", "glm"))
    path = home / "config" / "settings.toml"
    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    document["hotkeys"] = {"record": "Ctrl+Alt+R", "record-screen": "Ctrl+Alt+S"}
    document["recording"] = {"countdown": 1} | recording
    path.write_text(tomlkit.dumps(document), encoding="utf-8")
    app = App(rig, home, env={"QT_SCALE_FACTOR": scale})
    try:
        yield app
    finally:
        rig.screenshot(home / "last.png")
        stop(app.process)


def choose(app: App, start: tuple[int, int], end: tuple[int, int]) -> None:
    """The key, then a drag; the mouse waits elsewhere."""
    shown = len(app.traced("overlay:shown"))
    app.rig.key(KEY)
    wait_until(lambda: len(app.traced("overlay:shown")) > shown, "the overlay")
    app.rig.drag(start, end)
    app.rig.move((1200, 60))


def red(rig: XRig) -> np.ndarray:
    """Where the screen shows the frame of a running recording."""
    picture = np.asarray(rig.screenshot()).astype(int)
    return (picture[..., 0] > 170) & (picture[..., 1] < 90) & (picture[..., 2] < 90)


def wait_running(rig: XRig) -> None:
    """Until the frame is red, which it is when the recorder was told to begin."""

    def framed() -> bool:
        return bool(red(rig)[140:160, 300:400].any())

    wait_until(framed, "the red frame", 20)


def files(app: App) -> list[Path]:
    return sorted(app.paths.recordings_dir.glob("*.mp4"))


def wait_recorded(app: App) -> None:
    """Until the file has grown, so that there are pictures of more than the beginning."""
    wait_until(lambda: len(files(app)) == 1, "the file")
    wait_until(lambda: files(app)[0].stat().st_size > 2000, "some pictures", 20)


def shows_only_the_desktop(video: Video) -> bool:
    return all((np.abs(picture.astype(int) - GREY) < 24).all() for picture in video.pictures)


def test_key_drag_countdown_bar_key_question(rig: XRig, tmp_path: Path) -> None:
    with recording_app(rig, tmp_path) as app:
        choose(app, *REGION)
        rig.wait_window(COUNTDOWN)
        wait_running(rig)
        assert not rig.windows(COUNTDOWN)
        assert len(rig.windows(EDGE)) == 4
        edge = red(rig)
        edge[:100], edge[600:] = False, False  # the tray's icon is red too
        assert edge[147:150, 197:523].all()
        assert not edge[150:390, 200:520].any(), "nothing over what is recorded"
        wait_recorded(app)
        rig.key(KEY)
        app.wait_focus()
        assert not rig.windows(EDGE)
        (file,) = files(app)
        video = decoded(file)
        assert (video.width, video.height) == (320, 240)
        assert shows_only_the_desktop(video)
        app.ask("What happens?")
        question = wait_until(app.stored, "the question in the history", 30)[0].message
        assert question.text == "What happens?"
        (clip,) = {part.moment.clip for part in question.media if getattr(part, "moment", None)}
        assert clip == file.name


@pytest.mark.parametrize("scale", ["1.5", "2"])
def test_nothing_of_ours_is_in_the_picture_at_other_scales(rig: XRig, tmp_path: Path, scale: str) -> None:
    with recording_app(rig, tmp_path, scale) as app:
        choose(app, (201, 151), (520, 390))
        wait_running(rig)
        edge = red(rig)
        assert not edge[151:390, 201:520].any()
        assert edge[140:151, 201:520].any(axis=0).all()
        assert edge[151:390, 190:201].any(axis=1).all()
        wait_recorded(app)
        rig.key(KEY)
        app.wait_focus()
        assert shows_only_the_desktop(decoded(files(app)[0]))


COMPOSITOR = """
backend = "xrender"; shadow = true; fading = false;
wintypes: { dock = { shadow = false; }; dnd = { shadow = false; }; };
"""


def test_no_shadow_of_ours_falls_into_the_picture(rig: XRig, tmp_path: Path) -> None:
    """With what matters here of the configuration that picom comes with."""
    if missing_programs("picom"):
        pytest.skip("needs picom")
    (tmp_path / "picom.conf").write_text(COMPOSITOR)
    rig.spawn(["picom", "--config", str(tmp_path / "picom.conf")])
    atom = rig.x11.atom("_NET_WM_CM_S0")
    wait_until(lambda: rig.x11.display.get_selection_owner(atom) != 0, "the compositor")
    with recording_app(rig, tmp_path / "home") as app:
        choose(app, *REGION)
        wait_running(rig)
        wait_recorded(app)
        rig.key(KEY)
        app.wait_focus()
        picture = decoded(files(app)[0]).pictures[-1].astype(int)
        assert np.abs(picture - picture[120, 160]).max() <= 3  # picom has a grey of its own for an empty desktop


def test_the_buttons_of_the_bar(rig: XRig, tmp_path: Path) -> None:
    with recording_app(rig, tmp_path, countdown=0) as app:
        choose(app, *REGION)
        wait_running(rig)
        bar = rig.wait_window(BAR)
        x, y, width, height = rig.x11.geometry(bar)
        middle = y + height // 2
        assert y >= 390, "below the region"
        rig.click((x + width - 58, middle))
        wait_until(lambda: not red(rig)[140:160, 300:400].any(), "the pause")
        rig.key("p")  # the click gave it the keyboard
        wait_running(rig)
        rig.key("Delete")
        rig.wait_no_window(BAR)
        wait_until(lambda: not files(app), "the file to go")
        choose(app, *REGION)
        wait_running(rig)
        wait_recorded(app)
        rig.click((x + width - 20, middle))
        app.wait_focus()
        assert shows_only_the_desktop(decoded(files(app)[0]))


def test_a_whole_screen_and_a_bar_that_is_hidden(rig: XRig, tmp_path: Path) -> None:
    with recording_app(rig, tmp_path, countdown=0) as app:
        rig.move((600, 400))
        rig.key("ctrl+alt+s")
        rig.wait_window(BAR)
        rig.click((600, 300))  # elsewhere
        wait_recorded(app)
        x, y, width, height = rig.x11.geometry(rig.windows(BAR)[0])
        assert (x > 900, y < 100) == (True, True), "in a corner"
        rig.click((x + width - 128, y + height // 2))
        rig.wait_no_window(BAR)
        assert not rig.windows(EDGE)
        app.command("trigger", "record-screen")
        app.wait_focus()
        video = decoded(files(app)[0])
        assert (video.width, video.height) == (1280, 800)


def test_leaving_while_it_records_keeps_the_video(rig: XRig, tmp_path: Path) -> None:
    with recording_app(rig, tmp_path, countdown=0) as app:
        choose(app, *REGION)
        wait_running(rig)
        wait_recorded(app)
        assert app.quit() == 0
        wait_until(lambda: [file for file in files(app) if ".recording" not in file.name], "the file's name", 20)
        assert decoded(files(app)[0]).times


def test_the_program_that_is_shown_keeps_the_keyboard(rig: XRig, tmp_path: Path) -> None:
    with recording_app(rig, tmp_path) as app:
        rig.spawn(["xterm", "-T", "a terminal", "-geometry", "40x10+250+200", "-e", "sleep 60"])
        terminal = rig.wait_window("a terminal")
        rig.focus(terminal)
        before = rig.x11.focused()
        choose(app, *REGION)
        wait_running(rig)
        assert rig.x11.focused() == before
        rig.key(KEY)
        app.wait_focus()


def test_the_chat_stays_out_of_the_picture_and_comes_back(rig: XRig, tmp_path: Path) -> None:
    with recording_app(rig, tmp_path, countdown=0) as app:
        app.command("trigger", "chat")
        chat = app.wait_focus()
        x, y, width, height = rig.x11.geometry(chat)
        rig.key(KEY)
        wait_until(lambda: app.traced("overlay:shown"), "the overlay")
        rig.drag((x + 20, y + 60), (x + width - 20, y + height - 100))
        rig.move((20, 60))
        wait_until(lambda: len(rig.windows(EDGE)) == 4, "the frame")
        wait_recorded(app)
        rig.key(KEY)
        app.wait_focus()
        assert shows_only_the_desktop(decoded(files(app)[0]))


def test_the_same_trigger_begins_and_ends(rig: XRig, tmp_path: Path) -> None:
    with recording_app(rig, tmp_path, countdown=0) as app:
        app.command("trigger", "record")
        wait_until(lambda: app.traced("overlay:shown"), "the overlay")
        rig.drag(*REGION)
        wait_running(rig)
        app.command("trigger", "record")
        app.wait_focus()
        assert len(files(app)) == 1
