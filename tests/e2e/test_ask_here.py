"""Asking right at the region, with real keys and mouse: the bubble beside it, and the way to the chat."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.support.app import TITLE, App, running_app, server_profile
from tests.support.glm_server import MODEL, GlmServer, WaitFor, answer
from tests.support.xrig import XRig, wait_until, x_rig

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

BUBBLE = "Answer at the region"
REGION = ((100, 100), (420, 300))
TEXT = "The **third** bar is the tallest.\n\n1. 第一\n2. second\n"


@pytest.fixture
def rig() -> Iterator[XRig]:
    with x_rig(1280, 800, panel="tint2") as running:
        yield running


@pytest.fixture
def server() -> Iterator[GlmServer]:
    with GlmServer() as running:
        yield running


@pytest.fixture
def app(rig: XRig, tmp_path: Path, server: GlmServer) -> Iterator[App]:
    with running_app(rig, tmp_path, profile=server_profile(server.base_url, MODEL)) as running:
        yield running


def hold(app: App, rig: XRig) -> None:
    """Hotkey, and a drag that ends with Ctrl: the line under the region has the keyboard then."""
    shown = len(app.traced("overlay:shown"))
    rig.key("ctrl+shift+x")
    wait_until(lambda: len(app.traced("overlay:shown")) > shown, "the overlay")
    rig.xdotool("keydown", "ctrl")
    rig.drag(*REGION)
    rig.xdotool("keyup", "ctrl")


def titles(rig: XRig) -> list[str]:
    return [rig.x11.title(window) for window in rig.x11.visible_windows()]


def bubble_with_keys(rig: XRig) -> int:
    """The bubble, when it has the keyboard."""
    wait_until(lambda: (active := rig.x11.active_window()) and _is_bubble(rig, active), "the bubble")
    return rig.x11.active_window()


def _is_bubble(rig: XRig, window: int) -> bool:
    return rig.x11.title(window).startswith(BUBBLE)  # Qt adds the app's name


def shows_bubble(rig: XRig) -> bool:
    return any(title.startswith(BUBBLE) for title in titles(rig))


def test_typed_at_the_region_answered_there_and_opened_in_the_chat(
    app: App, rig: XRig, server: GlmServer, tmp_path: Path
) -> None:
    before = rig.screenshot().crop((100, 100, 420, 300))
    go_on = threading.Event()
    reply = answer(TEXT)
    server.script(reply.but(steps=(*reply.steps[:3], WaitFor(go_on), *reply.steps[3:])))
    hold(app, rig)
    rig.type_text("Which is the tallest?")
    rig.key("Return")
    window = bubble_with_keys(rig)
    rig.wait_no_window("Select a region")  # the frozen picture is away while the answer comes
    x, y, width, height = rig.x11.geometry(window)
    beside = x >= 420 or y >= 300 or x + width <= 100 or y + height <= 100
    assert beside, "the region can still be seen"
    go_on.set()
    stored = app.wait_answer()
    assert app.copied_answer() == stored.message.text == TEXT
    question = app.stored()[0].message
    (picture,) = question.media
    assert question.text == "Which is the tallest?"
    (tmp_path / "asked").write_bytes(picture.data)
    assert Image.open(tmp_path / "asked").convert("RGB").tobytes() == before.convert("RGB").tobytes()

    rig.key("ctrl+Return")
    app.wait_focus()
    wait_until(lambda: not shows_bubble(rig), "the bubble to go")
    assert app.copied_answer() == TEXT
    server.script(answer("The second."))
    app.ask("And the next?")  # the conversation goes on there
    assert app.wait_answer(2).message.text == "The second."
    assert app.quit() == 0


def test_opened_in_the_chat_while_it_streams(app: App, rig: XRig, server: GlmServer) -> None:
    go_on = threading.Event()
    reply = answer(TEXT)
    server.script(reply.but(steps=(*reply.steps[:4], WaitFor(go_on), *reply.steps[4:])))
    hold(app, rig)
    rig.type_text("Which?")
    rig.key("Return")
    bubble_with_keys(rig)
    app.wait_text()
    rig.key("ctrl+Return")
    app.wait_focus()
    go_on.set()
    assert app.wait_answer().message.text == TEXT
    assert app.copied_answer() == TEXT


def test_the_bubble_is_not_in_the_next_picture_and_comes_back(app: App, rig: XRig, server: GlmServer) -> None:
    server.script(answer("One."))
    hold(app, rig)
    rig.type_text("First?")
    rig.key("Return")
    bubble_with_keys(rig)
    app.wait_answer()
    shown = len(app.traced("overlay:shown"))
    rig.key("ctrl+shift+x")
    wait_until(lambda: len(app.traced("overlay:shown")) > shown, "the overlay")
    assert not shows_bubble(rig)
    rig.key("Escape")
    wait_until(lambda: shows_bubble(rig), "the bubble to come back")
    server.script(answer("Two."))
    hold(app, rig)
    rig.type_text("Second?")
    rig.key("Return")
    bubble_with_keys(rig)
    wait_until(lambda: app.stored() and app.stored()[0].message.text == "Second?", "the second conversation")
    app.wait_answer()
    first, second = (request.body for request in server.chats)
    assert _picture(first) == _picture(second), "no window of ours is in it"
    rig.key("Escape")
    wait_until(lambda: not shows_bubble(rig), "the bubble to go")
    assert app.quit() == 0


def test_the_chat_comes_back_behind_the_bubble(app: App, rig: XRig, server: GlmServer) -> None:
    server.script(answer("One."))
    app.command("trigger", "chat")
    app.wait_focus()
    rig.type_text("half a question")
    hold(app, rig)
    rig.type_text("Which?")
    rig.key("Return")
    bubble_with_keys(rig)
    app.wait_answer()
    wait_until(lambda: TITLE in titles(rig), "the chat to come back")
    assert _is_bubble(rig, rig.x11.active_window())
    rig.key("Escape")
    wait_until(lambda: not shows_bubble(rig), "the bubble to go")
    assert TITLE in titles(rig)
    assert [stored.message.text for stored in app.stored()] == ["Which?", "One."]


def _picture(request: object) -> str:
    """The one in a request, as it was sent."""
    assert isinstance(request, dict)
    parts = request["messages"][-1]["content"]
    (url,) = [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]
    return str(url)
