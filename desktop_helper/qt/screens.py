"""Qt's screens and the capturer's screens, matched.

Qt gives every screen its native top-left corner but divides its size by the scale, so with mixed scales no single
factor fits the desktop. Hence one match per screen, by the corner, and one scale per screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtGui import QCursor, QGuiApplication, QScreen

from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Screen

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def physical_rect(screen: QScreen) -> Rect:
    """What `screen` shows, in physical pixels."""
    area, scale = screen.geometry(), screen.devicePixelRatio()
    return Rect(area.x(), area.y(), round(area.width() * scale), round(area.height() * scale))


def match(wanted: Rect, screens: Sequence[Screen]) -> Screen | None:
    """The capturer's screen for one of Qt's: the same corner, else the one that shares most of it."""
    for screen in screens:
        if (screen.rect.x, screen.rect.y) == (wanted.x, wanted.y):
            return screen
    shares = [(common.width * common.height, -screen.index, screen) for screen, common in _overlaps(wanted, screens)]
    return max(shares, key=lambda share: share[:2])[2] if shares else None


def source_of(screen: QScreen, known: Sequence[Screen]) -> Screen | None:
    """The capturer's screen for one of Qt's: on Wayland by its name, where Qt's corners are no pixels."""
    if QGuiApplication.platformName().startswith("wayland"):
        named = [one for one in known if one.name == screen.name()]
        if len(named) == 1:
            return named[0]
    return match(physical_rect(screen), known)


def showing(area: Rect) -> QScreen | None:
    """The first screen that shows any of `area`, which is physical."""
    return next((screen for screen in QGuiApplication.screens() if area.intersected(physical_rect(screen))), None)


def screen_under_cursor() -> QScreen:
    """The screen that the mouse is on; the primary one if it is on none."""
    return QGuiApplication.screenAt(QCursor.pos()) or QGuiApplication.primaryScreen()


def screen_of(window: QWidget) -> QScreen:
    """The screen that most of a window is on; for one that was never shown, the one that the mouse is on.

    Not `window.screen()`: PySide then takes its object of the screen for a part of the window, and it dies with it, for
    everybody who holds it.
    """
    if not window.isVisible():
        return screen_under_cursor()
    return QGuiApplication.screenAt(window.frameGeometry().center()) or screen_under_cursor()


def screen_key(screen: QScreen) -> str:
    """What the settings call a screen: its maker's words if they tell it from others of its kind, else its socket."""
    serial = screen.serialNumber().strip()
    return " ".join(filter(None, (screen.manufacturer(), screen.model(), serial))) if serial else screen.name()


def _overlaps(wanted: Rect, screens: Sequence[Screen]) -> list[tuple[Screen, Rect]]:
    pairs = [(screen, screen.rect.intersected(wanted)) for screen in screens]
    return [(screen, common) for screen, common in pairs if common is not None]
