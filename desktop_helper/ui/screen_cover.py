"""A window over all of a screen, on every platform."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget


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
