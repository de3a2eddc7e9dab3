"""Our own windows step aside while a picture is taken: nobody asks about them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

_OURS = "desktop_helper."


class OwnWindows:
    """Those that are open beside the chat: settings, viewer, sheets and questions. The chat has its own way back."""

    def __init__(self) -> None:
        self._aside: list[QWidget] = []

    def step_aside(self, chat: QWidget) -> bool:
        """Hide them. Returns whether there are any."""
        # By their class: the icon in the tray is a window of Qt's, and stays.
        ours = (window for window in QApplication.topLevelWidgets() if type(window).__module__.startswith(_OURS))
        self._aside = [window for window in ours if window.isVisible() and window is not chat]
        for window in self._aside:
            window.hide()
        return bool(self._aside)

    def come_back(self) -> None:
        """Show them as they were, without taking the keyboard."""
        aside, self._aside = self._aside, []
        for window in filter(isValid, aside):
            window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, True)
            window.show()
            window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, False)
