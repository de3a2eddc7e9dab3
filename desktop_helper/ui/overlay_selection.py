"""What is selected on one frozen screen: the states between "nothing" and "this region". No Qt.

Nothing, a region that is being drawn, and, for who wants it, a region that is `held`: it can still be changed.

All coordinates are pixels of the frozen picture. A region lies between the two corners of the drag: its width is the
distance dragged, and a drag to the last row or column includes it, although the mouse can go no further.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import WindowInfo
from desktop_helper.ui.overlay_adjust import MOVE, Grip, Pull, grip_at, moved, resized

Point = tuple[int, int]
CLICK_SLACK = 4  # logical pixels that the hand may tremble during a click


@dataclass
class Selection:
    """The state of one overlay.

    Args:
        width, height: of the frozen picture.
        scale: picture pixels per logical pixel.
        windows_only: drags do not select a free region.
        windows: those on this screen, topmost first.
        cursor: where the mouse or the crosshair is; None on another screen.
        held: a region that was drawn and is not taken yet.
        carrying: the drag moves the region instead of changing its size.
        drawing: a tool is in the hand: the mouse and the crosshair are for that, whatever region is held.
    """

    width: int
    height: int
    scale: float = 1.0
    windows_only: bool = False
    windows: Sequence[WindowInfo] = ()
    cursor: Point | None = None
    held: Rect | None = None
    carrying: bool = False
    drawing: bool = False
    _anchor: Point | None = None
    _dragging: bool = False
    _chosen: int | None = None
    _pull: Pull | None = None

    @property
    def dragging(self) -> bool:
        """Whether a free region is being drawn."""
        return self._dragging

    @property
    def pressed(self) -> bool:
        """Whether the button is down."""
        return self._anchor is not None or self._pull is not None

    @property
    def pulling(self) -> bool:
        """Whether an edge of the held region follows the mouse."""
        return self._pull is not None and self._pull.grip != MOVE

    @property
    def grip(self) -> Grip | None:
        """What of the held region the mouse has, or would take hold of."""
        if self._pull is not None:
            return self._pull.grip
        if self.drawing:
            return None
        return grip_at(self.held, self.cursor, self.scale) if self.held and self.cursor else None

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
        if self.held is not None:
            return self.held
        return self.window.rect if self.window else None

    @property
    def growth(self) -> Point:
        """Towards which corner the drag grows: -1 or 1 for each axis."""
        if self._pull is not None:
            return self._pull.grip[0] or 1, self._pull.grip[1] or 1
        if not self._dragging or self._anchor is None or self.cursor is None:
            return 1, 1
        return (1 if self.cursor[0] >= self._anchor[0] else -1), (1 if self.cursor[1] >= self._anchor[1] else -1)

    @property
    def target(self) -> tuple[Rect, WindowInfo | None]:
        """What Enter takes: the region, else the window chosen with Tab, else the whole screen."""
        region, window = self.region or self.held, self.window
        if region is not None:
            return region, None
        if window is not None and (self.has_chosen or self.windows_only):
            return window.rect, window
        return Rect(0, 0, self.width, self.height), None

    def move(self, x: float, y: float) -> None:
        """The mouse is over this point; points beyond the picture count as its edge."""
        point = (min(max(int(x), 0), self.width - 1), min(max(int(y), 0), self.height - 1))
        if point == self.cursor:
            return
        before, self.cursor = self.cursor or point, point
        self._chosen = None
        if self._pull is not None:
            self.held = self._pull.to(point, (self.width, self.height))
        elif self._anchor is not None and self.carrying:
            # It may leave the picture and come back: what is beyond is not taken, but remembered.
            self._anchor = (self._anchor[0] + point[0] - before[0], self._anchor[1] + point[1] - before[1])
        elif self._anchor is not None and not self.windows_only and not self._dragging:
            far = max(abs(point[0] - self._anchor[0]), abs(point[1] - self._anchor[1]))
            self._dragging = far >= CLICK_SLACK * self.scale

    def nudge(self, dx: int, dy: int) -> None:
        """The keyboard moves the crosshair, from the middle if the mouse is elsewhere."""
        x, y = self.cursor or (self.width // 2, self.height // 2)
        self.move(x + dx, y + dy)

    def arrow(self, dx: int, dy: int, far: int, *, other_step: bool, edges: bool) -> None:
        """An arrow key: the crosshair goes `far`, a region that is held one pixel, or, with `edges`, two of its edges.

        With `other_step` the crosshair goes one pixel and the region `far`.
        """
        if self.held is None or self.pressed or self.drawing:
            step = 1 if other_step else far
            self.nudge(dx * step, dy * step)
        else:
            step = far if other_step else 1
            change = self.stretch if edges else self.shift
            change(dx * step, dy * step)

    def leave(self) -> None:
        """The mouse is on another screen."""
        if not self.pressed:
            self.cursor = None

    def press(self, x: float, y: float) -> None:
        """The button went down: on the held region it takes hold of that, elsewhere it begins another."""
        self.move(x, y)
        grip = self.grip
        if grip is not None and self.held is not None and self.cursor is not None:
            self._pull = Pull(grip, self.cursor, self.held)
        else:
            self._anchor = self.cursor

    def release(self, x: float, y: float, *, keep: bool = False) -> Rect | None:
        """The button came up. Returns what was taken: the region, the window under a click, or nothing.

        With `keep` that is held instead, and nothing is taken. A click beside a held region changes nothing.
        """
        if not self.pressed:
            return None
        self.move(x, y)
        taken = self.region if self.held is not None else self.highlight
        self._let_go()
        if taken is not None and (keep or self.held is not None) and not self.windows_only:
            self.hold(taken)
            return None
        return taken

    def hold(self, region: Rect) -> None:
        """Keep `region` to be changed before it is taken, if regions can be."""
        if self.windows_only:
            return
        self._let_go()
        self._chosen, self.held = None, region

    def shift(self, dx: int, dy: int) -> None:
        """Move the held region."""
        if self.held is not None:
            self.held = moved(self.held, dx, dy, (self.width, self.height))

    def stretch(self, dx: int, dy: int) -> None:
        """Move the right and the lower edge of the held region."""
        if self.held is not None:
            self.held = resized(self.held, dx, dy, (self.width, self.height))

    def abort(self) -> bool:
        """Step back: drop a drag, else let a held region go. Returns whether there was anything."""
        if self._pull is not None:
            self.held = self._pull.region
        elif not self.pressed:
            was, self.held = self.held is not None, None
            return was
        self._let_go()
        return True

    def _let_go(self) -> None:
        self._anchor, self._pull, self._dragging, self.carrying = None, None, False, False

    def next_window(self, step: int) -> None:
        """Choose the next window (`step` 1) or the one before (-1), topmost first."""
        if self.windows:
            start = self._chosen if self._chosen is not None else (-1 if step > 0 else 0)
            self._chosen = (start + step) % len(self.windows)


def _span(one: int, other: int, size: int) -> tuple[int, int]:
    """Start and length between two coordinates, at least one pixel; the last pixel stands for the picture's end."""
    ends = sorted(size if value >= size - 1 else max(0, value) for value in (one, other))
    start = min(ends[0], size - 1)
    return start, max(1, ends[1] - start)


def _contains(rect: Rect, point: Point) -> bool:
    return rect.x <= point[0] < rect.right and rect.y <= point[1] < rect.bottom
