"""Windows of ours that step aside come back, whatever happens meanwhile."""

from __future__ import annotations

import pytest
import shiboken6
from PySide6.QtWidgets import QWidget

from desktop_helper.ui.own_windows import OwnWindows
from desktop_helper.ui.shortcut_sheet import ShortcutDialog
from desktop_helper.ui.shortcuts import groups


@pytest.fixture
def sheet(qtbot):
    made = ShortcutDialog(groups({}))
    made.show()
    yield made
    if shiboken6.isValid(made):
        shiboken6.delete(made)


def test_a_second_press_forgets_none(qtbot, sheet):
    windows, chat = OwnWindows(), QWidget()
    assert windows.step_aside(chat)
    assert not sheet.isVisible()
    assert not windows.step_aside(chat)
    windows.come_back()
    assert sheet.isVisible()


def test_the_chat_and_windows_of_others_stay(qtbot, sheet):
    windows, other = OwnWindows(), QWidget()
    other.show()
    assert not windows.step_aside(sheet)
    assert other.isVisible()
    assert sheet.isVisible()
    other.close()


def test_one_that_was_closed_meanwhile_stays_away(qtbot, sheet):
    windows, chat = OwnWindows(), QWidget()
    windows.step_aside(chat)
    shiboken6.delete(sheet)
    windows.come_back()
