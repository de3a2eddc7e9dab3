"""Quick actions with real keys and mouse: a hotkey from the user's file, `trigger`, “/” in the window."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_helper.services.paths import Paths
from tests.support.app import App, running_app, server_profile
from tests.support.glm_server import MODEL, GlmServer, answer
from tests.support.kept_drafts import newest_draft
from tests.support.xrig import XRig, wait_until, x_rig

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

ACTIONS = """
[colours]
title = "Colours"
prompt = "Name the colours in {language}."
capture = "region"
new_chat = true
thinking = "off"
hotkey = "Ctrl+Alt+E"

[shout]
prompt = "Louder: {input}"
hotkey = "Ctrl+Alt+S"

[broken]
prompt = "Nobody knows {this}."
"""


@pytest.fixture
def rig() -> Iterator[XRig]:
    with x_rig(1280, 800, panel="tint2") as running:
        yield running


@pytest.fixture
def server() -> Iterator[GlmServer]:
    with GlmServer(answer("Red, green and blue.", delay=0.02)) as running:
        yield running


@pytest.fixture
def app(rig: XRig, server: GlmServer, tmp_path: Path) -> Iterator[App]:
    paths = Paths.below(tmp_path)
    paths.ensure()
    paths.actions_file.write_text(ACTIONS, encoding="utf-8")
    with running_app(rig, tmp_path, profile=server_profile(server.base_url, MODEL)) as running:
        yield running


def drag(app: App, shown: int) -> None:
    """Over the region of `App.pick_region`, when the overlay has come."""
    wait_until(lambda: len(app.traced("overlay:shown")) > shown, "the overlay")
    app.rig.drag((100, 100), (420, 300))


def check(app: App, server: GlmServer, count: int) -> None:
    """A question of its own conversation, with its picture, and its answer in the window."""
    wait_until(lambda: len(server.chats) == count, "the question")  # before that, the newest conversation is another
    reply = app.wait_answer()
    assert reply.message.text == "Red, green and blue."
    question, _reply = app.stored()
    assert question.message.text == "Name the colours in English."
    (picture,) = question.message.media
    assert (picture.width, picture.height) == (320, 200)
    app.wait_focus()
    wait_until(lambda: app.copied_answer() == "Red, green and blue.", "the whole answer in the window")
    assert len(app.traced("overlay:shown")) == count


def test_hotkey_drag_answer(app: App, rig: XRig, server: GlmServer) -> None:
    app.command("trigger", "chat")
    app.wait_focus()
    rig.type_text("half a question")
    wait_until(lambda: newest_draft(app.paths).text == "half a question", "the draft")
    rig.key("ctrl+alt+e")
    drag(app, 0)
    check(app, server, 1)
    assert newest_draft(app.paths).text == "half a question"
    assert len(server.chats[0].body["messages"]) == 1

    app.command("trigger", "action", "colours")
    drag(app, 1)
    check(app, server, 2)
    assert app.quit() == 0


def test_what_is_selected_in_another_program_is_what_it_is_about(app: App, rig: XRig) -> None:
    subprocess.run(["xclip", "-selection", "primary"], env=rig.env, input=b"hello {date}", check=True, timeout=10)
    rig.key("ctrl+alt+s")
    app.wait_answer()
    assert app.stored()[0].message.text == "Louder: hello {date}"


def test_a_changed_file_holds_at_once_and_the_window_finds_it(app: App, rig: XRig) -> None:
    app.paths.actions_file.write_text('[hello]\nprompt = "Say hello to {input}."\n', encoding="utf-8")
    app.command("trigger", "chat")
    app.wait_focus()
    rig.type_text("/hel")
    rig.key("space")
    rig.type_text("Ann")
    rig.key("Return")
    app.wait_answer()
    assert app.stored()[0].message.text == "Say hello to Ann."
    rig.key("Up")
    wait_until(lambda: newest_draft(app.paths).text == "Say hello to Ann.", "the question again")


def test_trigger_knows_what_there_is(app: App) -> None:
    done = app.command("trigger", "action", "broken", check=False)
    assert done.returncode == 2
    assert "There is no quick action called “broken”." in done.stderr
    assert "line 15" in done.stderr
