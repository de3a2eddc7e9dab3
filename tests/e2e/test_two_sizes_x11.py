"""The two sizes of the chat on a real desktop: real keys, a real window manager, an answer that is being written."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from Xlib.error import XError

from tests.support.app import TITLE, App, running_app, server_profile
from tests.support.glm_server import GlmServer, WaitFor, answer
from tests.support.xrig import XRig, wait_until, x_rig

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

TEXT = "Some **words** of an answer. " * 60


@pytest.fixture
def server() -> Iterator[GlmServer]:
    with GlmServer() as running:
        yield running


@pytest.fixture
def rig() -> Iterator[XRig]:
    with x_rig(1600, 1000, panel="tint2") as running:
        yield running


@pytest.fixture
def app(rig: XRig, tmp_path: Path, server: GlmServer) -> Iterator[App]:
    with running_app(rig, tmp_path, profile=server_profile(server.base_url, "glm"), max_tokens=None) as running:
        running.command("trigger", "chat")
        running.wait_focus()
        yield running


def place(app: App) -> tuple[int, int]:
    return app.rig.x11.geometry(app.wait_focus())[:2]


def width(app: App) -> int:
    try:
        return app.rig.x11.geometry(app.wait_focus())[2]
    except XError:  # the one that just went
        return 0


def drag_header(rig: XRig, start: tuple[int, int], end: tuple[int, int]) -> None:
    """In two movements: the desktop takes the window over in between."""
    rig.move(start)
    rig.xdotool("mousedown", "1")
    for between in range(1, 4):
        rig.move((start[0] - 8 * between, start[1]))
    time.sleep(0.7)
    rig.move(end)
    rig.xdotool("mouseup", "1")


def switch(app: App, *, full: bool) -> int:
    """Press the key; the window, which is another one to the desktop, when it has its other size and the keyboard."""
    before = app.wait_focus()
    app.rig.key("F11")
    wait_until(lambda: app.wait_focus() != before, "the other window")
    wait_until(lambda: width(app) > 900 if full else 0 < width(app) < 600, "the other size")
    return app.wait_focus()


def kinds(app: App, window: int) -> set[str]:
    value = app.rig.x11.window(window).get_full_property(app.rig.x11.atom("_NET_WM_WINDOW_TYPE"), 0)
    return {str(app.rig.x11.display.get_atom_name(atom)) for atom in value.value}


def test_an_answer_goes_on_and_typing_too_while_the_size_changes(app: App, rig: XRig, server: GlmServer) -> None:
    go_on, end = threading.Event(), threading.Event()
    reply = answer(TEXT, piece=8, delay=0.005)
    half = len(reply.steps) // 2
    server.script(
        reply.but(steps=(*reply.steps[:half], WaitFor(go_on), *reply.steps[half:-2], WaitFor(end), *reply.steps[-2:]))
    )
    before = rig.x11.geometry(app.wait_focus())
    app.ask("First?")
    app.wait_text(40)
    rig.type_text("seond")
    rig.key("Left", 3)
    window = switch(app, full=True)
    assert "_NET_WM_WINDOW_TYPE_NORMAL" in kinds(app, window)
    assert not kinds(app, window) & {"_NET_WM_WINDOW_TYPE_UTILITY", "_NET_WM_WINDOW_TYPE_DIALOG"}
    rig.type_text("c")
    go_on.set()
    app.wait_text(len(TEXT) * 3 // 4)
    switch(app, full=False)
    rig.key("End")
    rig.type_text("?")
    switch(app, full=True)
    end.set()
    first = app.wait_answer()
    assert (first.status, first.message.text) == ("stop", TEXT)
    assert app.copied_answer() == TEXT
    server.script(answer("Two."))
    rig.key("Return")
    app.wait_answer(2)
    assert [stored.message.text for stored in app.stored()] == ["First?", TEXT, "second?", "Two."]
    window = switch(app, full=False)
    assert rig.x11.geometry(window) == before


def test_each_size_is_found_again_where_it_was(app: App, rig: XRig, tmp_path: Path, server: GlmServer) -> None:
    x, y, *_ = rig.x11.geometry(app.wait_focus())
    drag_header(rig, (x + 250, y + 8), (300 + 250, 200 + 8))
    wait_until(lambda: place(app)[0] < 400, "the window to follow the mouse")
    time.sleep(0.5)  # until it rests
    small = place(app)
    assert abs(small[0] - 300) + abs(small[1] - 200) < 100  # the desktop moves it once it knows that this is a drag
    window = switch(app, full=True)
    rig.xdotool("windowmove", "--sync", str(window), "60", "40")
    large = rig.x11.geometry(window)
    window = switch(app, full=False)
    assert rig.x11.geometry(window)[:2] == small
    window = switch(app, full=True)
    assert rig.x11.geometry(window) == large
    assert app.quit() == 0
    again = App(rig, tmp_path, tmp_path / "trace2.json")
    again.command("trigger", "chat")
    assert rig.x11.geometry(again.wait_focus()) == large
    assert rig.x11.geometry(switch(again, full=False))[:2] == small
    assert again.quit() == 0


def test_the_full_size_is_maximised_and_comes_back_so(app: App, rig: XRig) -> None:
    window = switch(app, full=True)
    large = rig.x11.geometry(window)
    assert "_NET_WM_STATE_ABOVE" not in rig.x11.states(window)
    x, y, _, _ = large
    rig.move((x + 500, y + 20))
    rig.xdotool("click", "--repeat", "2", "--delay", "60", "1")
    wait_until(lambda: width(app) == 1600, "the maximised window")
    window = switch(app, full=False)
    assert rig.x11.geometry(window)[2] < 600
    app.rig.key("F11")
    wait_until(lambda: width(app) == 1600, "the maximised window again")
    rig.move((x + 500, 20))
    rig.xdotool("click", "--repeat", "2", "--delay", "60", "1")
    wait_until(lambda: rig.x11.geometry(app.wait_focus()) == large, "the window as it was")


def test_the_key_that_hides_the_window_does_so_in_either_size(app: App, rig: XRig) -> None:
    """Qt has to notice that the window has the keyboard, though the desktop takes it for another one than before."""
    for full in (True, False, True):
        switch(app, full=full)
        rig.key("ctrl+shift+space")
        rig.wait_no_window(TITLE)
        rig.key("ctrl+shift+space")
        app.wait_focus()


def test_what_another_process_asked_is_found_and_opened_with_keys(app: App, rig: XRig, server: GlmServer) -> None:
    server.script(answer("Inside."))
    app.ask("Asked in the window?")
    app.wait_answer()
    server.script(answer("The needle is outside."))
    app.command("ask", "Asked by a script?")
    before = app.wait_focus()
    rig.key("ctrl+f")
    wait_until(lambda: app.wait_focus() != before, "the large window")
    rig.type_text("needle outside")
    rig.key("Return")
    wait_until(lambda: app.copied_answer() == "The needle is outside.", "the conversation that was found")
    server.script(answer("Yes, there."))
    app.ask("Really?")
    wait_until(lambda: len(app.answers()) == 2, "the next answer")
    assert app.stored()[0].message.text == "Asked by a script?"
