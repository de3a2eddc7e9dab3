"""A whole conversation without a mouse, with real keys in a real window, in each language."""

from __future__ import annotations

import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_helper.core.i18n import set_language, tr
from tests.support.app import App, running_app, server_profile
from tests.support.glm_server import GlmServer, answer
from tests.support.kept_drafts import newest_draft
from tests.support.xrig import XRig, wait_until, x_rig

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

CODE = "print('third quarter')"
LINK = "https://a.example/report"
ANSWER = f"The third. See [the report]({LINK}).\n\n```python\n{CODE}\n```\n"


@pytest.fixture
def rig() -> Iterator[XRig]:
    with x_rig(1280, 800, panel="tint2") as running:
        # A keyboard with dead keys and a Compose key, before anybody asks what is on it.
        layout = ["setxkbmap", "-layout", "us", "-variant", "intl", "-option", "compose:ralt"]
        subprocess.run(layout, env=running.env, check=True, timeout=10)
        yield running


@pytest.fixture(params=["en", "zh_CN"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    set_language(request.param)  # what the window says is looked up with the same words
    yield request.param
    set_language("en")


@pytest.fixture
def server() -> Iterator[GlmServer]:
    with GlmServer(answer(ANSWER, "The tallest bar is the third one.")) as running:
        yield running


@pytest.fixture
def app(rig: XRig, server: GlmServer, tmp_path: Path, language: str) -> Iterator[App]:
    profile = server_profile(server.base_url, "glm")
    with running_app(rig, tmp_path, profile=profile, max_tokens=None, language=language) as running:
        yield running


def wait_keyboard(rig: XRig, title: str) -> None:
    """Return when the window with this title has the keyboard; Qt adds the app's name to all but the chat's."""
    x11, titles = rig.x11, (title, f"{title} — {tr('Desktop Helper')}")
    wait_until(lambda: (active := x11.active_window()) and x11.title(active) in titles, f"the keyboard in {title}")


def copied(rig: XRig, *keys: str) -> str:
    """What is in the clipboard after these keys."""
    subprocess.run(["xclip", "-selection", "clipboard", "/dev/null"], env=rig.env, check=True, timeout=10)
    for key in keys:
        rig.key(key)
    read = ["xclip", "-selection", "clipboard", "-o"]
    return wait_until(
        lambda: subprocess.run(read, env=rig.env, capture_output=True, text=True, timeout=10, check=False).stdout,
        "something in the clipboard",
    )


def wait_draft(app: App, end: str) -> None:
    """Return when the question that is being written ends so: the app keeps it, in case that it is killed."""
    wait_until(lambda: newest_draft(app.paths).text.endswith(end), f"a question that ends with {end!r}")


def choose_region(app: App, rig: XRig) -> None:
    """Hotkey; the keys of the overlay are shown and hidden; then two corners with arrows and Space."""
    rig.key("ctrl+shift+x")
    wait_until(lambda: app.traced("overlay:shown"), "the overlay")
    frozen = rig.screenshot().tobytes()
    rig.key("F1")
    wait_until(lambda: rig.screenshot().tobytes() != frozen, "the keys of the overlay")
    rig.key("Escape")
    for key, times in (("Left", 10), ("Up", 5), ("space", 1), ("Right", 19), ("Right", 1), ("Down", 12), ("space", 1)):
        rig.key(key, times)
    app.wait_focus()


def test_a_conversation_with_the_keyboard_alone(app: App, rig: XRig) -> None:
    title = tr("Desktop Helper")
    begin = rig.pointer()
    choose_region(app, rig)

    rig.type_text("Which quarter, Caf")
    wait_draft(app, "Caf")  # what the input method composes may overtake keys that Qt has not handled yet
    for key in ("dead_acute", "e", "Multi_key", "o", "e"):
        rig.key(key)
    wait_draft(app, "\u0153")
    rig.key("shift+slash")
    rig.key("Return")
    first = app.wait_answer()
    question = app.stored()[0].message
    (picture,) = question.media
    assert question.text == "Which quarter, Café\u0153?"
    assert (picture.width, picture.height) == (320, 192)
    assert app.copied_answer() == first.message.text == ANSWER

    assert copied(rig, "shift+Tab", "space") == CODE  # the last thing before the question is the code's button

    rig.key("shift+Tab", 2)  # the text, the link in it
    rig.key("Return")
    wait_keyboard(rig, tr("Open this link?"))
    assert copied(rig, "shift+Tab", "space") == LINK
    rig.key("Escape")
    wait_keyboard(rig, title)

    rig.key("shift+Tab")  # the line above the answer: its thinking
    folded = rig.screenshot().tobytes()
    rig.key("space")
    wait_until(lambda: rig.screenshot().tobytes() != folded, "the thinking to unfold")

    app.ask("And then?")  # from wherever the keyboard is
    assert app.wait_answer(2).message.text == ANSWER
    assert app.stored()[2].message.text == "And then?"

    rig.key("F1")
    wait_keyboard(rig, tr("Keyboard shortcuts"))
    rig.key("F1")
    wait_keyboard(rig, title)

    rig.key("ctrl+comma")
    wait_keyboard(rig, tr("Settings"))
    rig.key("ctrl+4")
    rig.key("Tab")
    rig.key("Right")  # from Light to Dark
    rig.key("Tab")
    rig.key("Down")  # the next larger text
    rig.key("ctrl+s")
    rig.wait_no_window(tr("Settings"))
    general = tomllib.loads(app.paths.settings_file.read_text(encoding="utf-8"))["general"]
    assert (general["theme"], general["text_size"]) == ("dark", 110)

    wait_keyboard(rig, title)
    rig.key("ctrl+q")
    assert app.process.wait(15) == 0
    assert rig.pointer() == begin
