"""The chat is never in the pictures that are asked about, and is there again afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.app import TITLE, App, running_app, server_profile
from tests.support.xrig import XRig, wait_until, x_rig

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

NEARLY_ALL = (5, 5), (1200, 740)


@pytest.fixture
def rig() -> Iterator[XRig]:
    with x_rig(1280, 800, panel="tint2") as running:
        yield running


@pytest.fixture
def app(rig: XRig, tmp_path: Path) -> Iterator[App]:
    with running_app(rig, tmp_path, profile=server_profile("http://127.0.0.1:9/v1", "glm")) as running:
        yield running


def chat_is_shown(rig: XRig) -> bool:
    return TITLE in titles(rig)


def chat_has_the_keyboard(rig: XRig) -> bool:
    return chat_is_shown(rig) and rig.x11.title(rig.x11.focused()) == TITLE


def test_the_chat_steps_aside_for_a_picture(app: App, rig: XRig) -> None:
    app.pick_region(*NEARLY_ALL)  # the chat is hidden still
    app.pick_region(*NEARLY_ALL)  # now it covers a part of what is asked about
    wait_until(lambda: chat_has_the_keyboard(rig), "the chat to take the keyboard again")
    app.ask("Same?")
    question = wait_until(app.stored, "the question in the history")[0].message
    first, second = question.media
    assert first.data == second.data


def test_the_chat_comes_back_if_the_user_changes_their_mind(app: App, rig: XRig) -> None:
    app.command("trigger", "chat")
    app.wait_focus()
    rig.key("ctrl+shift+x")
    wait_until(lambda: app.traced("overlay:shown"), "the overlay")
    assert not chat_is_shown(rig)
    rig.key("Escape")
    wait_until(lambda: chat_has_the_keyboard(rig), "the chat to come back")
    rig.key("Escape")
    wait_until(lambda: not chat_is_shown(rig), "the chat to hide")
    shown = len(app.traced("overlay:shown"))
    rig.key("ctrl+shift+x")
    wait_until(lambda: len(app.traced("overlay:shown")) > shown, "the overlay")
    rig.key("Escape")
    rig.wait_no_window("Select a region")
    assert not chat_is_shown(rig)


def test_other_windows_of_ours_step_aside_too(app: App, rig: XRig) -> None:
    app.pick_region(*NEARLY_ALL)
    wait_until(lambda: chat_has_the_keyboard(rig), "the chat")
    rig.key("F1")
    wait_until(lambda: sheet_is_shown(rig), "the sheet of shortcuts")
    app.pick_region(*NEARLY_ALL)
    wait_until(lambda: sheet_is_shown(rig), "the sheet to come back")
    wait_until(lambda: chat_has_the_keyboard(rig), "the chat to take the keyboard again")
    app.ask("Same?")
    question = wait_until(app.stored, "the question in the history")[0].message
    first, second = question.media
    assert first.data == second.data


def sheet_is_shown(rig: XRig) -> bool:
    return any(title.startswith("Keyboard shortcuts") for title in titles(rig))


def titles(rig: XRig) -> list[str]:
    return [rig.x11.title(window) for window in rig.x11.visible_windows()]
