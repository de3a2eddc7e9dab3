"""The picker without a display: what is handed out, what cancels, what happens when the screen cannot be had."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QRegion, QScreen
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_helper.core.errors import HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Frame, Screen
from desktop_helper.services import pictures
from desktop_helper.ui import overlay_painting
from desktop_helper.ui.overlay_window import OverlayWindow
from desktop_helper.ui.region_picker import RegionPicker
from tests.support.pattern_capturer import PatternCapturer, drag, opened


def test_a_drag_hands_out_the_exact_pixels(
    qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow, capturer: PatternCapturer
) -> None:
    with qtbot.waitSignal(picker.picked) as caught:
        drag(qtbot, overlay, (300, 200), (420, 290))
    frame, name = caught.args
    assert frame.rect == Rect(300, 200, 120, 90)
    assert bytes(frame.data) == bytes(capturer.grab(frame.rect).data)
    assert name == "Region"
    assert not overlay.isVisible()
    assert overlay.frame is None


def test_a_click_takes_the_window_with_its_title(
    qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow, capturer: PatternCapturer
) -> None:
    with qtbot.waitSignal(picker.picked) as caught:
        qtbot.mouseMove(overlay, QPoint(100, 100))
        qtbot.mouseClick(overlay, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    frame, name = caught.args
    assert (frame.rect, name) == (capturer.found[0].rect, "Notes — 笔记")
    assert bytes(frame.data) == bytes(capturer.grab(frame.rect).data)


def test_a_click_on_nothing_keeps_the_overlay(qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow) -> None:
    qtbot.mouseClick(overlay, Qt.MouseButton.LeftButton, pos=QPoint(500, 500))
    assert picker.is_open


def test_enter_takes_the_whole_screen(
    qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow, capturer: PatternCapturer
) -> None:
    with qtbot.waitSignal(picker.picked) as caught:
        qtbot.keyClick(overlay, Qt.Key.Key_Return)
    frame, name = caught.args
    assert (frame.rect, name) == (capturer.screen, "Screen")
    assert len(frame.data) == capturer.screen.width * capturer.screen.height * 4


def test_tab_and_enter_take_a_window(qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow) -> None:
    qtbot.keyClick(overlay, Qt.Key.Key_Tab)
    with qtbot.waitSignal(picker.picked) as caught:
        qtbot.keyClick(overlay, Qt.Key.Key_Return)
    assert caught.args[1] == "Notes — 笔记"


def test_escape_cancels(qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow) -> None:
    with qtbot.waitSignal(picker.cancelled):
        qtbot.keyClick(overlay, Qt.Key.Key_Escape)
    assert not overlay.isVisible()
    assert not picker.is_open


def test_the_right_button_cancels(qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow) -> None:
    with qtbot.waitSignal(picker.cancelled):
        qtbot.mouseClick(overlay, Qt.MouseButton.RightButton, pos=QPoint(5, 5))


def test_escape_during_a_drag_only_drops_the_drag(qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow) -> None:
    qtbot.mousePress(overlay, Qt.MouseButton.LeftButton, pos=QPoint(300, 300))
    qtbot.mouseMove(overlay, QPoint(500, 500))
    assert overlay.selection.dragging
    qtbot.keyClick(overlay, Qt.Key.Key_Escape)
    assert picker.is_open
    assert not overlay.selection.dragging
    qtbot.mouseRelease(overlay, Qt.MouseButton.LeftButton, pos=QPoint(500, 500))
    assert picker.is_open


def test_closing_the_window_from_outside_cancels(qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow) -> None:
    with qtbot.waitSignal(picker.cancelled):
        overlay.close()


def test_screen_mode_shows_nothing(qtbot: QtBot, picker: RegionPicker, capturer: PatternCapturer) -> None:
    with qtbot.waitSignal(picker.picked) as caught:
        picker.open("screen")
    assert caught.args[0].rect == capturer.screen
    assert not picker.is_open


def test_all_screens_are_one_picture(qtbot: QtBot, picker: RegionPicker, capturer: PatternCapturer) -> None:
    picker.warm_up()
    (source,) = picker._sources.values()
    beside = Rect(source.rect.right, 40, 300, 200)
    picker._sources[cast("QScreen", object())] = replace(source, index=2, rect=beside)
    with qtbot.waitSignal(picker.picked) as caught:
        picker.open("screens")
    assert caught.args[0].rect == Rect.around([capturer.screen, beside])
    assert caught.args[1] == "All screens"
    assert not picker.is_open


def test_in_window_mode_enter_takes_the_window_under_the_mouse(qtbot: QtBot, picker: RegionPicker) -> None:
    overlay = opened(qtbot, picker, "window")
    qtbot.mouseMove(overlay, QPoint(100, 100))
    with qtbot.waitSignal(picker.picked) as caught:
        qtbot.keyClick(overlay, Qt.Key.Key_Return)
    assert caught.args[1] == "Notes — 笔记"


def test_the_same_window_serves_again(qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow) -> None:
    number = overlay.winId()
    picker.cancel()
    assert opened(qtbot, picker).winId() == number


def test_opening_twice_is_once(qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow) -> None:
    picker.open("region")
    assert overlay.isVisible()


def test_a_screen_that_cannot_be_read_is_told_and_nothing_is_shown(
    qtbot: QtBot, picker: RegionPicker, capturer: PatternCapturer
) -> None:
    capturer.broken = True
    with pytest.raises(HelperError, match="locked"):
        picker.open("region")
    assert not picker.is_open
    capturer.broken = False
    opened(qtbot, picker)


class SecondScreen:
    """Of the two screens that this platform does not have."""

    def name(self) -> str:
        return "second"


def test_a_second_screen_that_cannot_be_read_leaves_the_keyboard_where_it_is(
    qtbot: QtBot, picker: RegionPicker, capturer: PatternCapturer, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    for step in ("take", "give_back"):
        monkeypatch.setattr(picker._focus, step, lambda *_, step=step: steps.append(step))
    picker.warm_up()
    second: Any = SecondScreen()
    picker._overlays[second] = OverlayWindow(QGuiApplication.primaryScreen())
    picker._sources[second] = Screen(2, "second", capturer.screen)
    grab = capturer.grab
    grabbed: list[Rect] = []

    def grab_the_first(rect: Rect) -> Frame:
        capturer.broken = bool(grabbed)
        grabbed.append(rect)
        return grab(rect)

    monkeypatch.setattr(capturer, "grab", grab_the_first)
    with pytest.raises(HelperError, match="locked"):
        picker.open("region")
    assert steps == ["give_back"]  # which does nothing then
    assert not picker.is_open


def test_changed_screens_close_the_overlay_and_make_new_windows(
    qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow
) -> None:
    with qtbot.waitSignal(picker.cancelled):
        QGuiApplication.primaryScreen().geometryChanged.emit(QGuiApplication.primaryScreen().geometry())
    qtbot.waitUntil(lambda: overlay not in QApplication.topLevelWidgets())
    assert opened(qtbot, picker) is not overlay


def test_points_and_pixels_may_differ(qtbot: QtBot, qapp: QApplication) -> None:
    capturer = PatternCapturer(scale=2)
    capturer.found = []
    picker = RegionPicker(capturer)
    overlay = opened(qtbot, picker)
    with qtbot.waitSignal(picker.picked) as caught:
        drag(qtbot, overlay, (100, 50), (160, 90))
    frame = caught.args[0]
    assert frame.rect == Rect(200, 100, 120, 80)
    assert bytes(frame.data) == bytes(pictures.crop(capturer.grab(capturer.screen), frame.rect).data)
    picker.close()
    picker.deleteLater()


def test_it_can_be_told_to_a_screen_reader(overlay: OverlayWindow) -> None:
    assert overlay.accessibleName() == "Select a region"
    assert "Enter" in overlay.accessibleDescription()


def test_only_what_changes_is_painted_again(
    qtbot: QtBot, overlay: OverlayWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    qtbot.mousePress(overlay, Qt.MouseButton.LeftButton, pos=QPoint(300, 300))
    qtbot.mouseMove(overlay, QPoint(500, 450))
    QApplication.processEvents()
    whole = overlay.width() * overlay.height()
    painted: list[int] = []
    desktop = overlay_painting.desktop

    def counting(painter: QPainter, picture: QImage, dirty: QRegion, bright: QRect | None) -> None:
        painted.append(sum(part.width() * part.height() for part in overlay_painting.rects(dirty)))
        desktop(painter, picture, dirty, bright)

    monkeypatch.setattr(overlay_painting, "desktop", counting)
    qtbot.mouseMove(overlay, QPoint(503, 452))
    qtbot.waitUntil(lambda: bool(painted))
    assert sum(painted) < whole / 4
