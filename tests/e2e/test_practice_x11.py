"""A new user's first minutes: nothing is configured, a region is dragged, and what is said about it is right."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.support import practice_window
from tests.support.app import ROOT, App
from tests.support.practice_files import shipped_or_skip
from tests.support.xrig import XRig, stop, wait_until, x_rig
from training.evaluate import box_in, iou
from training.things import Box

pytest.importorskip("llama_cpp")
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

START, END = (110, 110), (610, 430)  # of the drag, on the screen
BLUE, ACCENT = (0x17, 0x55, 0xE3), (0x3F, 0x57, 0xD6)  # of the button, and of the line around it
REACH = 9  # pixels from the edge of the button, in the small picture, in which its line lies


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
    wait_until(lambda: bool((np.asarray(rig.screenshot())[y + 230, x + 305, :3] == BLUE).all()), "the button")
    app.pick_region(START, END)
    app.ask("Where is the blue button?")
    answer = app.wait_answer().message.text
    assert iou(true_box(x, y), box_in(answer)) >= 0.5, answer
    wait_until(lambda: outlined(app, rig), "an outline around the button in the chat")

    app.ask("What does the button say?")
    answer = app.wait_answer(2).message.text
    assert answer.startswith("Read by the text recogniser, not by the model:")
    assert practice_window.WORDS in answer
    assert app.quit() == 0


def outlined(app: App, rig: XRig) -> bool:
    """Whether a line goes around the button in the lowest picture of the chat."""
    left, top, width, height = rig.x11.geometry(app.wait_focus())
    chat = np.asarray(rig.screenshot().convert("RGB"))[top : top + height, left : left + width]
    blue, line = ((chat == colour).all(axis=2) for colour in (BLUE, ACCENT))
    rows = np.nonzero(blue.any(axis=1))[0]
    if not len(rows):
        return False
    first = rows[np.nonzero(np.diff(rows, prepend=-9) > REACH)[0][-1]]
    columns = np.nonzero(blue[first:].any(axis=0))[0]
    y, x = (first + rows[-1]) // 2, (columns[0] + columns[-1]) // 2
    sides = (
        line[first - REACH : first + REACH, x],
        line[rows[-1] - REACH : rows[-1] + REACH, x],
        line[y, columns[0] - REACH : columns[0] + REACH],
        line[y, columns[-1] - REACH : columns[-1] + REACH],
    )
    return all(side.any() for side in sides)


def true_box(x: int, y: int) -> Box:
    """The button in shares of the region."""
    left, top, width, height = practice_window.BUTTON
    wide, high = END[0] - START[0], END[1] - START[1]
    across, down = x + left - START[0], y + top - START[1]
    return across / wide, down / high, (across + width) / wide, (down + height) / high
