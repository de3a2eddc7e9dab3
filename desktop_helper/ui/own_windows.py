"""Our own windows step aside while a picture is taken: nobody asks about them."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from desktop_helper.core.geometry import Rect
from desktop_helper.qt.compositing import is_composited
from desktop_helper.ui.floating_card import FloatingCard

_OURS = "desktop_helper."
_TRAY = "QSystemTrayIconSys"  # Qt's window for the icon, which belongs to the panel
# Until the desktop has painted what was behind our window: measured 5 ms at most, and a compositor may fade it out.
_SETTLE_MS, _SETTLE_COMPOSITED_MS = 10, 200
_FADED_MS = 400  # picom's usual steps come to 330


class OwnWindows:
    """Those that are open beside the chat: settings, viewer, sheets and questions. The chat has its own way back."""

    def __init__(self) -> None:
        self._aside: list[QWidget] = []

    def step_aside(self, chat: QWidget | None = None) -> bool:
        """Hide those that are shown, but for the `chat`; earlier ones stay aside. Returns whether there were any."""
        # By their class: the icon in the tray is a window of Qt's, and stays.
        ours = (window for window in QApplication.topLevelWidgets() if type(window).__module__.startswith(_OURS))
        shown = [window for window in ours if window.isVisible() and window is not chat]
        for window in shown:
            window.hide()
        self._aside += shown  # a second key press may come before the first one has shown anything
        return bool(shown)

    def take_over(self, others: OwnWindows) -> None:
        """Bring those back, too, when these come back."""
        self._aside += others._aside
        others._aside = []

    def come_back(self) -> None:
        """Show them as they were, without taking the keyboard."""
        aside, self._aside = self._aside, []
        for window in filter(isValid, aside):
            window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, True)
            window.show()
            window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, False)
            if isinstance(window, FloatingCard):  # an answer beside it comes back, too
                window.raise_()


def settle_ms() -> int:
    """How long the desktop needs to paint what was behind a window of ours."""
    return _SETTLE_COMPOSITED_MS if is_composited() else _SETTLE_MS


def faded_ms() -> int:
    """How long it may be until nothing of a window of ours is seen any more, for who need not hurry."""
    return _FADED_MS if is_composited() else _SETTLE_MS


def own_areas() -> tuple[Rect, ...] | None:
    """Where our windows are now, menus and hints included, in physical pixels; None if nobody knows: on Wayland."""
    shown = [window for window in QApplication.topLevelWidgets() if _is_seen(window)]
    if QGuiApplication.platformName().startswith("wayland"):
        return None if shown else ()
    return tuple(area for window in shown for area in _physical(window))


def _is_seen(window: QWidget) -> bool:
    return window.isVisible() and not window.isMinimized() and window.metaObject().className() != _TRAY


def _physical(window: QWidget) -> list[Rect]:
    """One for each screen that it is on, which may have scales of their own."""
    areas = []
    for screen in QGuiApplication.screens():
        common, origin, scale = window.frameGeometry() & screen.geometry(), screen.geometry(), screen.devicePixelRatio()
        if common.isEmpty():
            continue
        left, top = (math.floor((common.x() - origin.x()) * scale), math.floor((common.y() - origin.y()) * scale))
        right = math.ceil((common.x() - origin.x() + common.width()) * scale)
        bottom = math.ceil((common.y() - origin.y() + common.height()) * scale)
        areas.append(Rect(origin.x() + left, origin.y() + top, right - left, bottom - top))
    return areas
