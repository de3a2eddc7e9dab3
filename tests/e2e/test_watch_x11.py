"""A region is watched as a user has it watched: trigger, drag, question, and answers that come by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import numpy as np
import psutil
import pytest
import tomlkit
from PIL import Image
from Xlib.display import Display

from desktop_helper.core.messages import ImagePart, Message, Role
from tests.support.app import App, server_profile, write_settings
from tests.support.glm_server import MODEL, GlmServer, answer
from tests.support.xrig import XRig, stop, wait_until, x_rig

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

COLOURS = (0x80, 0x90, 0xA0), (0xC0, 0x20, 0x20), (0x20, 0xA0, 0x40)
SETUP, BAR, EDGE = "Watch this region", "Watching a region", "Frame around what is watched"
REGION = (200, 150), (520, 390)


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
        paint(made, COLOURS[0])
        yield made


@pytest.fixture
def server() -> Iterator[GlmServer]:
    with GlmServer(answer("It is red now.", delay=0.01), answer("It is green now.", delay=0.01)) as running:
        yield running


@contextmanager
def watching_app(rig: XRig, home: Path, url: str, **watch: int | str) -> Iterator[App]:
    """The app, which asks when something changes unless it is told otherwise."""
    write_settings(home, server_profile(url, MODEL))
    path = home / "config" / "settings.toml"
    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    document["watch"] = {"rule": "change"} | watch
    path.write_text(tomlkit.dumps(document), encoding="utf-8")
    app = App(rig, home)
    try:
        yield app
    finally:
        rig.screenshot(home / "last.png")
        stop(app.process)


def choose(app: App, question: str) -> None:
    """Trigger, drag, question, Enter; returns when the region is looked at."""
    shown = len(app.traced("overlay:shown"))
    app.command("trigger", "watch")
    wait_until(lambda: len(app.traced("overlay:shown")) > shown, "the overlay")
    app.rig.drag(*REGION)
    app.rig.move((1200, 60))
    setup = app.rig.wait_window(SETUP)
    wait_until(lambda: app.rig.x11.active_window() == setup, "the card to have the keyboard")
    app.rig.type_text(question)
    app.rig.key("Return")
    app.rig.wait_window(BAR)
    wait_until(lambda: watcher(app), "the process that looks", 20)


def watcher(app: App) -> psutil.Process | None:
    children = psutil.Process(app.process.pid).children(recursive=True)
    return next((one for one in children if "desktop_helper.capture._watcher" in one.cmdline()), None)


def began(app: App) -> None:
    """Until the picture is there that the others are compared with."""
    wait_until(lambda: app.traced("watch:began"), "its first picture", 30)


def click_bar(rig: XRig) -> None:
    """It has the keyboard then."""
    bar = rig.windows(BAR)[0]
    x, y, _width, height = rig.x11.geometry(bar)
    rig.click((x + 40, y + height // 2))
    wait_until(lambda: rig.x11.active_window() == bar, "the bar to have the keyboard")


def questions(app: App) -> list[Message]:
    return [stored.message for stored in app.stored() if stored.message.role is Role.USER]


def colour(part: ImagePart) -> np.ndarray:
    picture = np.asarray(Image.open(BytesIO(part.data)).convert("RGB"))
    return picture[picture.shape[0] // 2, picture.shape[1] // 2].astype(int)


def pictures(question: Message) -> list[np.ndarray]:
    return [colour(part) for part in question.media if isinstance(part, ImagePart)]


def test_it_asks_each_time_that_it_changes_in_one_conversation_and_takes_nobodys_keyboard(
    rig: XRig, server: GlmServer, tmp_path: Path
) -> None:
    with watching_app(rig, tmp_path, server.base_url) as app:
        choose(app, "Which colour is it?")
        assert len(rig.windows(EDGE)) == 4
        rig.spawn(["xterm", "-T", "a terminal", "-geometry", "40x10+700+200", "-e", "sleep 100"])
        rig.focus(rig.wait_window("a terminal"))
        before = rig.x11.focused()
        began(app)
        paint(rig, COLOURS[1])
        first = app.wait_answer(1)
        paint(rig, COLOURS[2])
        second = app.wait_answer(2)
        assert (first.message.text, second.message.text) == ("It is red now.", "It is green now.")
        asked = questions(app)
        assert [question.text for question in asked] == ["Which colour is it?"] * 2
        for found, wanted in zip(pictures(asked[0]) + pictures(asked[1]), COLOURS, strict=True):
            assert np.abs(found - wanted).max() < 12
        assert rig.x11.focused() == before
        assert not rig.windows("Desktop Helper") or rig.x11.active_window() not in rig.windows("Desktop Helper")
        click_bar(rig)
        rig.key("Return")
        app.wait_focus()
        click_bar(rig)
        rig.key("Escape")
        rig.wait_no_window(BAR)
        assert not rig.windows(EDGE)
        wait_until(lambda: watcher(app) is None, "the end of the process")


def test_it_ends_when_the_questions_are_used_up(rig: XRig, server: GlmServer, tmp_path: Path) -> None:
    with watching_app(rig, tmp_path, server.base_url, questions=1) as app:
        choose(app, "What is it?")
        began(app)
        paint(rig, COLOURS[1])
        app.wait_answer(1)
        rig.wait_no_window(BAR)
        assert not rig.windows(EDGE)
        wait_until(lambda: watcher(app) is None, "the end of the process")


def test_the_trigger_ends_it_and_esc_leaves_the_card(rig: XRig, server: GlmServer, tmp_path: Path) -> None:
    with watching_app(rig, tmp_path, server.base_url) as app:
        choose(app, "What is it?")
        app.command("trigger", "watch")
        rig.wait_no_window(BAR)
        app.command("trigger", "watch")
        wait_until(lambda: len(app.traced("overlay:shown")) > 1, "the overlay")
        rig.drag(*REGION)
        setup = rig.wait_window(SETUP)
        wait_until(lambda: rig.x11.active_window() == setup, "the card to have the keyboard")
        rig.key("Escape")
        rig.wait_no_window(SETUP)
        assert not rig.windows(EDGE)


def test_the_chat_over_the_region_is_no_change(rig: XRig, server: GlmServer, tmp_path: Path) -> None:
    with watching_app(rig, tmp_path, server.base_url) as app:
        app.command("trigger", "chat")
        x, y, width, height = rig.x11.geometry(app.wait_focus())
        app.command("trigger", "chat")
        app.command("trigger", "watch")
        wait_until(lambda: app.traced("overlay:shown"), "the overlay")
        rig.drag((x + 30, y + 60), (x + width - 30, y + height - 120))
        rig.move((1200, 60))
        setup = rig.wait_window(SETUP)
        wait_until(lambda: rig.x11.active_window() == setup, "the card to have the keyboard")
        rig.type_text("What is it?")
        rig.key("Return")
        rig.wait_window(BAR)
        wait_until(lambda: watcher(app), "the process that looks", 20)
        began(app)
        for _ in range(3):
            app.command("trigger", "chat")
        assert server.requests == []
        app.command("trigger", "chat")
        paint(rig, COLOURS[1])
        app.wait_answer(1)
