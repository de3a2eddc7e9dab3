"""A region that is held, and what else than a question it may be for, without a display."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktop_helper.core.geometry import Rect
from desktop_helper.ui.icons import IconButton
from desktop_helper.ui.overlay_window import OverlayWindow
from desktop_helper.ui.region_picker import RegionPicker
from tests.support.pattern_capturer import PatternCapturer, drag, opened


def test_with_shift_a_region_is_held_changed_and_taken(
    qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow, capturer: PatternCapturer
) -> None:
    shift = Qt.KeyboardModifier.ShiftModifier
    qtbot.mousePress(overlay, Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
    qtbot.mouseMove(overlay, QPoint(420, 290))
    qtbot.mouseRelease(overlay, Qt.MouseButton.LeftButton, shift, QPoint(420, 290))
    assert picker.is_open
    drag(qtbot, overlay, (300, 245), (290, 245))  # the left edge
    qtbot.keyClick(overlay, Qt.Key.Key_Down)
    qtbot.keyClick(overlay, Qt.Key.Key_Right, shift)
    with qtbot.waitSignal(picker.picked) as caught:
        qtbot.keyClick(overlay, Qt.Key.Key_Return)
    frame, name = caught.args
    assert (frame.rect, name) == (Rect(290, 201, 131, 90), "Region")
    assert bytes(frame.data) == bytes(capturer.grab(frame.rect).data)


def test_escape_lets_a_held_region_go_and_then_cancels(
    qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow
) -> None:
    overlay.hold(Rect(10, 10, 50, 50))
    qtbot.keyClick(overlay, Qt.Key.Key_Escape)
    assert picker.is_open
    assert overlay.selection.held is None
    with qtbot.waitSignal(picker.cancelled):
        qtbot.keyClick(overlay, Qt.Key.Key_Escape)


def test_space_moves_what_the_mouse_draws(qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow) -> None:
    qtbot.mousePress(overlay, Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
    qtbot.mouseMove(overlay, QPoint(400, 260))
    qtbot.keyPress(overlay, Qt.Key.Key_Space)
    qtbot.mouseMove(overlay, QPoint(410, 280))
    qtbot.keyRelease(overlay, Qt.Key.Key_Space)
    with qtbot.waitSignal(picker.picked) as caught:
        qtbot.mouseRelease(overlay, Qt.MouseButton.LeftButton, pos=QPoint(410, 280))
    assert caught.args[0].rect == Rect(310, 220, 100, 60)


def test_c_copies_the_colour_under_the_crosshair(qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow) -> None:
    qtbot.mouseMove(overlay, QPoint(0x102, 0x30))
    qtbot.keyClick(overlay, Qt.Key.Key_C)
    assert QGuiApplication.clipboard().text() == "#300102"  # red is y, green and blue are x: see PatternCapturer
    assert picker.is_open


def test_the_last_region_comes_again_at_once(
    qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow, capturer: PatternCapturer
) -> None:
    with qtbot.waitSignal(picker.picked):
        drag(qtbot, overlay, (300, 200), (420, 290))
    with qtbot.waitSignal(picker.picked) as caught:
        picker.open("repeat")
    frame, name = caught.args
    assert (frame.rect, name) == (Rect(300, 200, 120, 90), "Region")
    assert bytes(frame.data) == bytes(capturer.grab(frame.rect).data)
    assert not picker.is_open


def test_what_will_be_recorded_is_called_so_and_keeps_the_keyboard(
    qtbot: QtBot, picker: RegionPicker, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_back: list[bool] = []
    monkeypatch.setattr(picker._focus, "give_back", lambda: given_back.append(True))
    with qtbot.waitSignal(picker.shown):
        picker.open("region", area_for="record")
    (overlay,) = picker._overlays.values()
    assert "record" in overlay.accessibleDescription()
    overlay.hold(Rect(10, 10, 50, 50))
    assert overlay._marks.text == "50 × 50"
    buttons = [button.accessibleName() for button in overlay.findChildren(IconButton)]
    assert buttons == ["Record it (Enter)"]
    with qtbot.waitSignal(picker.picked) as caught:
        qtbot.keyClick(overlay, Qt.Key.Key_Return)
    assert caught.args[0].rect == Rect(10, 10, 50, 50)
    assert given_back == [True], "whoever had it before goes on"
    later = opened(qtbot, picker)
    later.hold(Rect(10, 10, 50, 50))
    assert "tokens" in later._marks.text, "the next one is for a question"


def test_without_an_earlier_region_one_is_chosen(qtbot: QtBot, picker: RegionPicker) -> None:
    overlay = opened(qtbot, picker, "repeat")
    qtbot.keyClick(overlay, Qt.Key.Key_R)
    assert overlay.selection.held is None
    assert picker.is_open


def test_r_holds_the_last_region_and_a_whole_screen_is_none(
    qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow
) -> None:
    with qtbot.waitSignal(picker.picked):
        drag(qtbot, overlay, (300, 200), (420, 290))
    opened(qtbot, picker)
    with qtbot.waitSignal(picker.picked):
        qtbot.keyClick(overlay, Qt.Key.Key_Return)
    opened(qtbot, picker)
    qtbot.keyClick(overlay, Qt.Key.Key_R)
    assert overlay.selection.held == Rect(300, 200, 120, 90)
    with qtbot.waitSignal(picker.picked) as caught:
        qtbot.keyClick(overlay, Qt.Key.Key_Return)
    assert caught.args[0].rect == Rect(300, 200, 120, 90)


@pytest.mark.parametrize(("chord", "deed"), [("Ctrl+C", "copy"), ("Ctrl+S", "save"), ("P", "pin")])
def test_a_region_can_be_used_without_a_question(
    qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow, capturer: PatternCapturer, chord: str, deed: str
) -> None:
    overlay.hold(Rect(20, 30, 40, 50))
    with qtbot.waitSignal(picker.deed) as caught, qtbot.assertNotEmitted(picker.picked):
        qtbot.keySequence(overlay, chord)
    name, frame, shows = caught.args
    assert (name, frame.rect, shows) == (deed, Rect(20, 30, 40, 50), "Region")
    assert bytes(frame.data) == bytes(capturer.grab(frame.rect).data)
    assert not picker.is_open


@pytest.mark.parametrize(("key", "seconds"), [("3", 3), ("5", 5), ("0", 10)])
def test_it_can_wait(qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow, key: str, seconds: int) -> None:
    with qtbot.waitSignal(picker.later) as caught, qtbot.assertNotEmitted(picker.cancelled):
        qtbot.keySequence(overlay, key)
    assert caught.args == [seconds]
    assert not overlay.isVisible()


def test_who_wants_it_holds_first_and_takes_at_once_with_shift(qtbot: QtBot, capturer: PatternCapturer) -> None:
    picker = RegionPicker(capturer, hold_first=lambda: True)
    overlay = opened(qtbot, picker)
    drag(qtbot, overlay, (300, 200), (420, 290))
    assert overlay.selection.held == Rect(300, 200, 120, 90)
    qtbot.keyClick(overlay, Qt.Key.Key_Escape)
    qtbot.mousePress(overlay, Qt.MouseButton.LeftButton, pos=QPoint(10, 20))
    qtbot.mouseMove(overlay, QPoint(40, 60))
    with qtbot.waitSignal(picker.picked) as caught:
        qtbot.mouseRelease(overlay, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, QPoint(40, 60))
    assert caught.args[0].rect == Rect(10, 20, 30, 40)
    picker.close()
    picker.deleteLater()


def test_the_bar_beside_a_held_region_does_what_it_says(
    qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow
) -> None:
    assert not overlay.findChildren(IconButton)
    overlay.hold(Rect(20, 30, 40, 50))
    buttons = {button.accessibleName(): button for button in overlay.findChildren(IconButton)}
    assert all(button.isVisible() for button in buttons.values())
    with qtbot.waitSignal(picker.deed) as caught:
        buttons["Pin the picture to the screen (P)"].click()
    assert caught.args[0] == "pin"
    opened(qtbot, picker)
    overlay.hold(Rect(20, 30, 40, 50))
    buttons = {button.accessibleName(): button for button in overlay.findChildren(IconButton) if button.isVisible()}
    with qtbot.waitSignal(picker.picked):
        buttons["Ask about it (Enter)"].click()


def test_the_bar_is_away_while_the_mouse_pulls(qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow) -> None:
    overlay.hold(Rect(100, 100, 100, 100))
    (bar,) = {button.parentWidget() for button in overlay.findChildren(IconButton)}
    qtbot.mousePress(overlay, Qt.MouseButton.LeftButton, pos=QPoint(150, 150))
    assert not bar.isVisible()
    qtbot.mouseRelease(overlay, Qt.MouseButton.LeftButton, pos=QPoint(150, 150))
    assert bar.isVisible()
