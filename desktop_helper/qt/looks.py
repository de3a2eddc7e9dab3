"""What the user's desktop says about looks: its accent, whether it wants strong contrast and little motion."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

_GET_CLIENT_AREA_ANIMATION = 0x1042  # Windows: “Show animations in Windows”
_EFFECTS = (
    Qt.UIEffect.UI_AnimateMenu,
    Qt.UIEffect.UI_FadeMenu,
    Qt.UIEffect.UI_AnimateCombo,
    Qt.UIEffect.UI_AnimateTooltip,
    Qt.UIEffect.UI_FadeTooltip,
)
_told: dict[str, bool] = {}
_before: dict[str, Any] = {}  # what the desktop had before `set_moving` turned it off


def wants_contrast() -> bool:
    """Whether the desktop asks every program for high contrast."""
    hints = QGuiApplication.styleHints()  # must outlive what it returns: PySide frees a child with its parent's wrapper
    return hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast


def wants_stillness() -> bool:
    """Whether the desktop asks every program not to move things. On Linux, what `set_desktop_still` was told."""
    if sys.platform == "win32":
        moving = ctypes.c_int(1)
        user32: Any = getattr(ctypes, "WinDLL")("user32")  # noqa: B009 - exists on Windows only
        user32.SystemParametersInfoW(_GET_CLIENT_AREA_ANIMATION, 0, ctypes.byref(moving), 0)
        return not moving.value
    if sys.platform == "darwin":
        return bool(QSettings("apple.com", "universalaccess").value("reduceMotion", 0, int))
    return bool(_told.get("still"))


def set_desktop_still(still: bool) -> None:
    """What the desktop answered (`services.desktop_motion`): asking it takes too long for the window's thread."""
    _told["still"] = still


def system_accent() -> str:
    """The desktop's accent as `#RRGGBB`, whatever palette the application has now."""
    mine = QGuiApplication.palette()
    QGuiApplication.setPalette(QPalette())  # back to the desktop's
    accent = QGuiApplication.palette().accent().color().name()
    QGuiApplication.setPalette(mine)
    return accent.upper()


def set_moving(moving: bool) -> None:
    """Let the text cursor blink and menus unfold as the desktop does it, or keep all of it still."""
    if not _before:
        _before["blink"] = QApplication.cursorFlashTime()
        _before["effects"] = [effect for effect in _EFFECTS if QApplication.isEffectEnabled(effect)]
    QApplication.setCursorFlashTime(_before["blink"] if moving else 0)
    for effect in _before["effects"]:
        QApplication.setEffectEnabled(effect, moving)
