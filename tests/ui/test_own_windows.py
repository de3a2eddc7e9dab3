"""Windows of ours that step aside come back, whatever happens meanwhile."""

from __future__ import annotations

import pytest
import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desktop_helper.qt.instance_server import InstanceServer
from desktop_helper.services.paths import Paths
from desktop_helper.ui.guests import Guests
from desktop_helper.ui.own_windows import OwnWindows
from desktop_helper.ui.region_picker import RegionPicker
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


class _Picker(RegionPicker):
    is_open = False

    def __init__(self):
        QObject.__init__(self)


def test_they_stand_aside_for_a_picture_of_another_process(qtbot, sheet, tmp_path):
    instance, picker, later = InstanceServer(Paths.below(tmp_path)), _Picker(), OwnWindows()
    guests, ready = Guests(instance, picker, later), []
    instance.guest_came.emit(lambda: ready.append(sheet.isVisible()))
    qtbot.waitUntil(lambda: bool(ready))
    assert ready == [False]
    instance.guest_came.emit(lambda: ready.append(sheet.isVisible()))
    instance.guest_left.emit()
    assert not sheet.isVisible(), "the second one is still there"
    qtbot.waitUntil(lambda: len(ready) == 2)
    instance.guest_left.emit()
    assert sheet.isVisible()
    instance.guest_came.emit(lambda: None)
    picker.is_open = True
    instance.guest_left.emit()
    assert not sheet.isVisible(), "not while the overlay is there"
    later.come_back()
    assert sheet.isVisible()
    for made in (guests, picker, instance):
        shiboken6.delete(made)
