"""A new user's first minutes: nothing is configured, a region is dragged, and what is said about it is right."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import practice_window
from tests.support.app import ROOT, App
from tests.support.practice_files import shipped_or_skip
from tests.support.xrig import XRig, stop, x_rig
from training.evaluate import box_in, iou
from training.things import Box

pytest.importorskip("llama_cpp")
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

START, END = (110, 110), (610, 430)  # of the drag, on the screen


@pytest.fixture
def rig() -> Iterator[XRig]:
    shipped_or_skip()
    with x_rig(1280, 800, panel="tint2") as running:
        yield running


@pytest.fixture
def app(rig: XRig, tmp_path: Path) -> Iterator[App]:
    settings = tmp_path / "config" / "settings.toml"
    settings.parent.mkdir()
    settings.write_text('active_profile = ""\n[general]\nlanguage = "en"\ntheme = "light"\n', encoding="utf-8")
    running = App(rig, tmp_path)
    try:
        yield running
    finally:
        rig.screenshot(tmp_path / "last.png")  # what to look at when a test fails
        stop(running.process)


def test_where_a_button_is_and_what_it_says(app: App, rig: XRig) -> None:
    rig.spawn([sys.executable, "-m", "tests.support.practice_window", "100", "100"], cwd=ROOT)
    x, y, *_size = rig.x11.geometry(rig.wait_window(practice_window.TITLE))
    app.pick_region(START, END)
    app.ask("Where is the blue button?")
    answer = app.wait_answer().message.text
    assert iou(true_box(x, y), box_in(answer)) >= 0.5, answer

    app.ask("What does the button say?")
    answer = app.wait_answer(2).message.text
    assert answer.startswith("Read by the text recogniser, not by the model:")
    assert practice_window.WORDS in answer
    assert app.quit() == 0


def true_box(x: int, y: int) -> Box:
    """The button in shares of the region."""
    left, top, width, height = practice_window.BUTTON
    wide, high = END[0] - START[0], END[1] - START[1]
    across, down = x + left - START[0], y + top - START[1]
    return across / wide, down / high, (across + width) / wide, (down + height) / high
