"""A region picker over a desktop on which every pixel says where it is."""

from __future__ import annotations

import struct

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Frame, Screen, WindowInfo
from desktop_helper.ui.overlay_window import OverlayWindow
from desktop_helper.ui.region_picker import RegionPicker


class PatternCapturer:
    """A desktop on which every pixel says where it is."""

    def __init__(self, scale: int = 1) -> None:
        area = QGuiApplication.primaryScreen().geometry()
        self.screen = Rect(area.x(), area.y(), area.width() * scale, area.height() * scale)
        self.found = [WindowInfo(1, "Notes — 笔记", Rect(60, 80, 200, 150))]
        self.broken = False
        self.closed = False

    def screens(self) -> list[Screen]:
        return [Screen(1, "only", self.screen, primary=True)]

    def windows(self) -> list[WindowInfo]:
        return self.found

    def grab(self, rect: Rect) -> Frame:
        if self.broken:
            raise HelperError(ErrorKind.CAPTURE, "The screen is locked.", "Unlock it.")
        rows = (
            b"".join(struct.pack("<HBB", x & 0xFFFF, y & 0xFF, y >> 8) for x in range(rect.x, rect.right))
            for y in range(rect.y, rect.bottom)
        )
        return Frame(b"".join(rows), rect)

    def close(self) -> None:
        self.closed = True


def opened(qtbot: QtBot, picker: RegionPicker, mode: str = "region") -> OverlayWindow:
    with qtbot.waitSignal(picker.shown):
        picker.open(mode)
    (found,) = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, OverlayWindow)]
    return found


def drag(qtbot: QtBot, overlay: OverlayWindow, start: tuple[int, int], end: tuple[int, int]) -> None:
    qtbot.mousePress(overlay, Qt.MouseButton.LeftButton, pos=QPoint(*start))
    qtbot.mouseMove(overlay, QPoint((start[0] + end[0]) // 2, (start[1] + end[1]) // 2))
    qtbot.mouseMove(overlay, QPoint(*end))
    qtbot.mouseRelease(overlay, Qt.MouseButton.LeftButton, pos=QPoint(*end))
