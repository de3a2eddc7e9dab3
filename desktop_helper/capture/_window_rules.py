"""What counts as a window that somebody might ask about, on every system."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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


class ListedWindows:
    """A `WindowList` of a system that is asked for all its windows at once, and where nothing is held between.

    Args:
        shown: those of other programs that are on the screen, topmost first.
        desktop: gives the area of all monitors.
    """

    def __init__(self, shown: Callable[[], Iterable[WindowInfo]], desktop: Callable[[], Rect]) -> None:
        self._shown = shown
        self._desktop = desktop

    def now(self) -> list[WindowInfo]:
        """See `WindowList`."""
        return capturable(self._shown(), self._desktop())

    def close(self) -> None:
        """Nothing is held."""
