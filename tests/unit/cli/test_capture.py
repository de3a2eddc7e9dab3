"""Which part of the desktop a command takes."""

from __future__ import annotations

import pytest

from desktop_helper.cli import _capture
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Frame, Screen, WindowInfo

LEFT, RIGHT = Rect(0, 0, 100, 50), Rect(100, 0, 200, 80)


class Desktop:
    """Two screens, the right one primary, and two windows."""

    def screens(self) -> list[Screen]:
        return [Screen(1, "left", LEFT), Screen(2, "right", RIGHT, primary=True)]

    def windows(self) -> list[WindowInfo]:
        return [
            WindowInfo(1, "Notes - Editor", Rect(90, 10, 30, 30)),
            WindowInfo(2, "Editor Browser", Rect(-20, -20, 60, 60)),
            WindowInfo(3, "Lost", Rect(900, 900, 10, 10)),
        ]

    def grab(self, rect: Rect) -> Frame:
        return Frame(b"", rect)

    def close(self) -> None:
        """Nothing is open."""


def test_screens_by_number_and_by_default_the_primary_one() -> None:
    assert _capture.screen(Desktop(), 1).rect == LEFT
    assert _capture.screen(Desktop(), None).rect == RIGHT
    with pytest.raises(HelperError, match="There is no screen 3"):
        _capture.screen(Desktop(), 3)


class OneScreen(Desktop):
    def screens(self) -> list[Screen]:
        return super().screens()[:1]


def test_which_screens_there_are_is_told() -> None:
    with pytest.raises(HelperError) as of_two:
        _capture.screen(Desktop(), 3)
    assert of_two.value.fix == "The screens are numbered from 1 to 2; “all” takes all of them."
    with pytest.raises(HelperError) as of_one:
        _capture.screen(OneScreen(), 3)
    assert of_one.value.fix == "There is only one here: leave the number out."


def test_windows_by_a_part_of_their_title_topmost_first() -> None:
    assert _capture.window(Desktop(), "editor") == Rect(90, 10, 30, 30)


def test_only_what_lies_on_a_screen_is_taken() -> None:
    assert _capture.window(Desktop(), "Browser") == Rect(0, 0, 40, 40)


@pytest.mark.parametrize("title", ["Player", "Lost", "", " "])
def test_no_such_window(title: str) -> None:
    with pytest.raises(HelperError) as caught:
        _capture.window(Desktop(), title)
    assert caught.value.kind is ErrorKind.CAPTURE
