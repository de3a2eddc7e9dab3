"""Menus with the corners of everything else, where the desktop can show them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from desktop_helper.qt.compositing import is_composited
from desktop_helper.ui.theme import set_role


def make_menu(parent: QWidget | None = None) -> QMenu:
    """An empty menu."""
    menu = QMenu(parent)
    if is_composited():
        menu.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        menu.setWindowFlag(Qt.WindowType.NoDropShadowWindowHint)  # it would be that of a rectangle
        menu.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        set_role(menu, "round")
    return menu


def add_to(menu: QMenu, label: str, keys: str, do: Callable[[], object], *, enabled: bool = True) -> None:
    """One more line. `keys` are shown only: whatever the menu belongs to listens to them."""
    action = menu.addAction(label)
    action.setEnabled(enabled)
    if keys:
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.setShortcutVisibleInContextMenu(True)
    action.triggered.connect(lambda _checked=False: do())
