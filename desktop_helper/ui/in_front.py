"""A window that the user has just opened comes in front, also of those of ours that are kept above others."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from desktop_helper.ui.floating_window import FloatingWindow

_ABOVE = Qt.WindowType.WindowStaysOnTopHint


def present(window: QWidget) -> None:
    """Show it, ready to type. While the chat is pinned, or an answer stands at its region, it is kept above, too."""
    above = any(_is_kept_above(other) for other in QApplication.topLevelWidgets() if other is not window)
    if window.isVisible():
        window.windowHandle().setFlag(_ABOVE, above)
    else:  # a window that is shown would be hidden by that
        window.setWindowFlag(_ABOVE, above)
    window.show()
    window.raise_()
    window.activateWindow()


def _is_kept_above(window: QWidget) -> bool:
    return isinstance(window, FloatingWindow) and window.isVisible() and bool(window.windowHandle().flags() & _ABOVE)
