"""What counts as a window that somebody might ask about, on every system."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import WindowInfo

SMALLEST = 8  # pixels; helper windows of toolkits are smaller


class WindowList(Protocol):
    """Asks one system for its windows. Belongs to the thread that made it."""

    def now(self) -> list[WindowInfo]:
        """The visible windows, topmost first; empty if the system does not tell."""
        ...

    def close(self) -> None:
        """Hang up."""
        ...


def capturable(windows: Iterable[WindowInfo], desktop: Rect) -> list[WindowInfo]:
    """Those that are large enough to be one, cut to `desktop`: what lies beyond it has no pixels."""
    found = []
    for window in windows:
        area = window.rect.intersected(desktop)
        if area is not None and area.width >= SMALLEST and area.height >= SMALLEST:
            found.append(WindowInfo(window.window_id, window.title, area))
    return found
