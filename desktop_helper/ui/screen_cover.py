"""A window over all of a screen, on every platform."""

from __future__ import annotations

import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget


def become_cover(window: QWidget, title: str) -> None:
    """Make `window`, which has not been shown yet, one that paints all of a screen itself."""
    flags = Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint | Qt.WindowType.Tool
    # A window manager would place, animate and stack it first.
    window.setWindowFlags(flags | Qt.WindowType.X11BypassWindowManagerHint if sys.platform == "linux" else flags)
    window.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
    window.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
    window.setAttribute(Qt.WidgetAttribute.WA_MacAlwaysShowToolWindow)
    # It may be the only window of an app that lives in the tray: hiding it must not end the app.
    window.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
    window.setWindowTitle(title)
    window.setAccessibleName(title)


def show_over_screen(window: QWidget) -> None:
    """Show a window without a frame, which has its screen's geometry, there and nowhere else."""
    if QGuiApplication.platformName().startswith("wayland"):
        # No program places its windows there; but the compositor lays one that fills a screen over panels and all.
        window.showFullScreen()
    else:
        window.show()
        window.raise_()


def picture_scale(window: QWidget, width: int) -> float:
    """Pixels per unit of the window, for a picture of its whole screen that is `width` pixels wide.

    Qt's own figure where it fits, since it is exact; compositors that know whole scales only let Qt draw more pixels
    than the screen has, and shrink them.
    """
    scale = window.devicePixelRatioF()
    return scale if abs(window.width() * scale - width) <= scale else width / max(1, window.width())
