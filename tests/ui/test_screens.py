"""Qt's screens and the capturer's, with mixed scales."""

from __future__ import annotations

import gc
from typing import cast

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QRect
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QApplication, QWidget

from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Screen
from desktop_helper.qt import screens
from desktop_helper.ui.shortcut_sheet import ShortcutDialog
from desktop_helper.ui.shortcuts import groups


class FakeQScreen:
    """What Qt says about a screen: its native corner, and its size divided by its scale."""

    def __init__(self, x: int, y: int, width: int, height: int, scale: float) -> None:
        self._geometry = QRect(x, y, width, height)
        self._scale = scale

    def geometry(self) -> QRect:
        return self._geometry

    def devicePixelRatio(self) -> float:
        return self._scale


@pytest.mark.parametrize(
    ("qt", "physical"),
    [
        ((0, 0, 1920, 1080, 1.0), Rect(0, 0, 1920, 1080)),
        ((1920, 0, 960, 540, 2.0), Rect(1920, 0, 1920, 1080)),
        ((1920, -200, 1707, 960, 1.5), Rect(1920, -200, 2560, 1440)),
    ],
)
def test_the_size_is_multiplied_and_the_corner_is_not(qt: tuple[int, int, int, int, float], physical: Rect) -> None:
    found = screens.physical_rect(cast(QScreen, FakeQScreen(*qt)))
    assert (found.x, found.y) == (physical.x, physical.y)
    assert abs(found.width - physical.width) <= 1
    assert abs(found.height - physical.height) <= 1


LEFT = Screen(1, "L", Rect(0, 0, 1920, 1080), primary=True)
RIGHT = Screen(2, "R", Rect(1920, 0, 1920, 1080))


def test_a_screen_is_found_by_its_corner() -> None:
    assert screens.match(Rect(1920, 0, 1919, 1080), [LEFT, RIGHT]) is RIGHT
    assert screens.match(Rect(0, 0, 1920, 1080), [RIGHT, LEFT]) is LEFT


def test_without_a_common_corner_it_is_the_one_that_shares_most() -> None:
    assert screens.match(Rect(1900, 0, 1920, 1080), [LEFT, RIGHT]) is RIGHT


def test_a_screen_that_nobody_knows_has_no_match() -> None:
    assert screens.match(Rect(9000, 0, 100, 100), [LEFT, RIGHT]) is None


def test_a_window_that_is_gone_takes_no_screen_with_it(qtbot):
    """PySide lets a screen's object die with the widget that was asked for it."""
    screen = QGuiApplication.primaryScreen()
    for shown in (False, True):
        window = QWidget()
        if shown:
            window.show()
            qtbot.waitExposed(window)
        assert screens.screen_of(window).name() == screen.name()
        shiboken6.delete(window)
        gc.collect()
        assert shiboken6.isValid(screen)


def test_the_region_key_works_after_the_sheet_of_shortcuts_was_closed(qtbot):
    screen = QGuiApplication.primaryScreen()
    sheet = ShortcutDialog(groups({}))
    sheet.show()
    sheet.accept()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    del sheet
    gc.collect()
    assert shiboken6.isValid(screen)
