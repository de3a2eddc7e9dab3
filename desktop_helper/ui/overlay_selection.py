"""What is selected on one frozen screen: the states between "nothing" and "this region". No Qt.

All coordinates are pixels of the frozen picture. A region lies between the two corners of the drag: its width is the
distance dragged, and a drag to the last row or column includes it, although the mouse can go no further.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import WindowInfo

Point = tuple[int, int]
CLICK_SLACK = 4  # logical pixels that the hand may tremble during a click


@dataclass
class Selection:
    """The state of one overlay.

    Args:
        width, height: of the frozen picture.
        scale: picture pixels per logical pixel.
        windows_only: drags do not select a free region.
    """

    width: int
    height: int
    scale: float = 1.0
    windows_only: bool = False
    windows: Sequence[WindowInfo] = ()
    cursor: Point | None = None
    _anchor: Point | None = None
    _dragging: bool = False
    _chosen: int | None = None

    @property
    def dragging(self) -> bool:
        """Whether a free region is being drawn."""
        return self._dragging

    @property
    def pressed(self) -> bool:
        """Whether the button is down."""
        return self._anchor is not None

    @property
    def region(self) -> Rect | None:
        """The free region that is being drawn."""
        if not self._dragging or self._anchor is None or self.cursor is None:
            return None
        x, width = _span(self._anchor[0], self.cursor[0], self.width)
        y, height = _span(self._anchor[1], self.cursor[1], self.height)
        return Rect(x, y, width, height)

    @property
    def window(self) -> WindowInfo | None:
        """The window that a click takes: the one chosen with Tab, else the one under the mouse."""
        if self._chosen is not None:
            return self.windows[self._chosen]
        if self.cursor is None:
            return None
        return next((window for window in self.windows if _contains(window.rect, self.cursor)), None)

    @property
    def has_chosen(self) -> bool:
        """Whether a window was chosen with Tab."""
        return self._chosen is not None

    @property
    def highlight(self) -> Rect | None:
        """What is shown bright."""
        if self._dragging:
            return self.region
        return self.window.rect if self.window else None

    @property
    def growth(self) -> Point:
        """Towards which corner the drag grows: -1 or 1 for each axis."""
        if not self._dragging or self._anchor is None or self.cursor is None:
            return 1, 1
        return (1 if self.cursor[0] >= self._anchor[0] else -1), (1 if self.cursor[1] >= self._anchor[1] else -1)

    def move(self, x: float, y: float) -> None:
        """The mouse is over this point; points beyond the picture count as its edge."""
        point = (min(max(int(x), 0), self.width - 1), min(max(int(y), 0), self.height - 1))
        if point == self.cursor:
            return
        self.cursor = point
        self._chosen = None
        if self._anchor is not None and not self.windows_only and not self._dragging:
            far = max(abs(point[0] - self._anchor[0]), abs(point[1] - self._anchor[1]))
            self._dragging = far >= CLICK_SLACK * self.scale

    def nudge(self, dx: int, dy: int) -> None:
        """The keyboard moves the crosshair, from the middle if the mouse is elsewhere."""
        x, y = self.cursor or (self.width // 2, self.height // 2)
        self.move(x + dx, y + dy)

    def leave(self) -> None:
        """The mouse is on another screen."""
        if not self.pressed:
            self.cursor = None

    def press(self, x: float, y: float) -> None:
        """The button went down."""
        self.move(x, y)
        self._anchor = self.cursor

    def release(self, x: float, y: float) -> Rect | None:
        """The button came up. Returns what was taken: the region, the window under a click, or nothing."""
        if self._anchor is None:
            return None
        self.move(x, y)
        taken = self.highlight
        self.abort()
        return taken

    def abort(self) -> bool:
        """Drop a drag. Returns whether there was one."""
        was, self._anchor, self._dragging = self.pressed, None, False
        return was

    def next_window(self, step: int) -> None:
        """Choose the next window (`step` 1) or the one before (-1), topmost first."""
        if self.windows:
            start = self._chosen if self._chosen is not None else (-1 if step > 0 else 0)
            self._chosen = (start + step) % len(self.windows)


def _span(one: int, other: int, size: int) -> tuple[int, int]:
    """Start and length between two coordinates, at least one pixel; the last pixel stands for the picture's end."""
    ends = sorted(size if value >= size - 1 else value for value in (one, other))
    start = min(ends[0], size - 1)
    return start, max(1, ends[1] - start)


def _contains(rect: Rect, point: Point) -> bool:
    return rect.x <= point[0] < rect.right and rect.y <= point[1] < rect.bottom
