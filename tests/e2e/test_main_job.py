"""The main job with nothing faked: real keys and mouse, a real window manager, a real model behind a real server."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.support.app import ROOT, App, gguf_profile, running_app, server_profile
from tests.support.drag_source import TITLE as DRAG_TITLE
from tests.support.llama_server import LlamaServer, llama_cpp_server
from tests.support.tiny_gguf import tiny_pair
from tests.support.xrig import XRig, wait_until, x_rig

# The server outlives a single test, so it starts before the leak check of the first one.
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240), pytest.mark.usefixtures("server")]


@pytest.fixture(scope="module")
def server() -> Iterator[LlamaServer]:
    pair = tiny_pair()
    with llama_cpp_server(pair.gguf, pair.mmproj) as running:
        yield running


@pytest.fixture(params=["server", "child"])
def profile(request: pytest.FixtureRequest) -> dict[str, str]:
    if request.param == "child":
        pair = tiny_pair()
        return gguf_profile(pair.gguf, pair.mmproj)
    running: LlamaServer = request.getfixturevalue("server")
    return server_profile(running.base_url, running.model)


@pytest.fixture
def rig() -> Iterator[XRig]:
    with x_rig(1280, 800, panel="tint2") as running:
        yield running


@pytest.fixture
def app(rig: XRig, tmp_path: Path, profile: dict[str, str]) -> Iterator[App]:
    with running_app(rig, tmp_path, profile=profile) as running:
        yield running
        rig.screenshot(tmp_path / "last.png")  # what to look at when a test fails


def test_hotkey_drag_question_answer(app: App, rig: XRig) -> None:
    before = rig.screenshot().crop((100, 100, 420, 300))
    app.pick_region((100, 100), (420, 300))
    app.ask("What is this?")
    answer = app.wait_answer()

    assert answer.status in ("stop", "length")
    assert answer.message.text
    assert app.copied_answer() == answer.message.text
    question = app.stored()[0].message
    (picture,) = question.media
    assert question.text == "What is this?"
    assert (picture.width, picture.height) == (320, 200)
    (tmp := app.home / "asked").write_bytes(picture.data)
    assert Image.open(tmp).convert("RGB").tobytes() == before.convert("RGB").tobytes()

    app.ask("And now?")  # the conversation goes on
    second = app.wait_answer(2)
    assert app.copied_answer() == second.message.text
    assert app.quit() == 0


def test_a_file_dragged_from_another_program(app: App, rig: XRig, tmp_path: Path) -> None:
    chart = tmp_path / "chart.png"
    Image.effect_noise((300, 200), 80).convert("RGB").save(chart)
    notes = tmp_path / "notes.txt"
    notes.write_text("Quarter 3 was best.\n第三季度最好。\n", encoding="utf-8")
    app.command("trigger", "chat")
    window = app.wait_focus()
    rig.spawn([sys.executable, "-m", "tests.support.drag_source", str(chart), str(notes)], cwd=ROOT)
    source = rig.wait_window(DRAG_TITLE)
    x, y, width, height = rig.x11.geometry(source)
    chat_x, chat_y, chat_width, chat_height = rig.x11.geometry(window)
    rig.drag(
        (x + width // 2, y + height // 2), (chat_x + chat_width // 2, chat_y + chat_height // 3), steps=20, hover_s=0.5
    )
    app.wait_focus()
    app.ask("Which quarter?")
    answer = app.wait_answer()

    assert app.copied_answer() == answer.message.text
    picture, text = app.stored()[0].message.media
    assert (picture.name, picture.width, picture.height) == ("chart.png", 300, 200)
    assert (text.name, text.text) == ("notes.txt", "Quarter 3 was best.\n第三季度最好。\n")


def test_ask_on_the_command_line_beside_the_running_app(app: App, tmp_path: Path) -> None:
    chart = tmp_path / "chart.png"
    Image.effect_noise((300, 200), 80).convert("RGB").save(chart)
    done = app.command("ask", "--file", str(chart), "--max-tokens", "24", "What is this?", check=False)
    assert done.returncode in (0, 6), done.stderr
    answer = wait_until(app.answers, "the answer in the history")[-1]
    assert done.stdout.rstrip("\n") == answer.message.text.rstrip("\n")


def test_a_second_start_raises_the_first(app: App, rig: XRig) -> None:
    app.command("trigger", "chat")
    app.wait_focus()
    rig.key("Escape")
    rig.wait_no_window("Desktop Helper")
    second = subprocess.run(
        [sys.executable, "-m", "desktop_helper"], env=rig.env | app.env, cwd=ROOT, timeout=30, check=False
    )
    assert second.returncode == 0
    app.wait_focus()
