"""Sees, from another process than the one that draws, when a change reaches the X server's screen."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import mss
from Xlib import X
from Xlib.display import Display
from Xlib.ext import xtest

Point = tuple[int, int]
POLL_S = 0.0001  # without a pause the server would spend its time answering us


class ScreenWatch:
    """Polls a few pixels and presses keys, over connections of its own.

    Args:
        display: name of the X display.
        points: the pixels that must all have changed.
    """

    def __init__(self, display: str, points: Sequence[Point]) -> None:
        self._points = points
        self._mss = mss.MSS(display=display)
        self._display = Display(display)

    def close(self) -> None:
        """Hang up."""
        self._mss.close()
        self._display.close()

    def colours(self) -> list[bytes]:
        """The watched pixels now."""
        return [self._pixel(point) for point in self._points]

    def until_changed(self, before: list[bytes], timeout_s: float = 20.0) -> float:
        """The `time.perf_counter()` when every watched pixel differed from `before`."""
        seen = 0.0

        def changed() -> bool:
            nonlocal seen
            if self._pixel(self._points[-1]) == before[-1]:
                return False
            seen = time.perf_counter()  # before the other questions, each of which waits for the server
            return all(new != old for new, old in zip(self.colours(), before, strict=True))

        self._until(changed, timeout_s)
        return seen

    def until_is(self, wanted: list[bytes], timeout_s: float = 20.0) -> float:
        """The time when the watched pixels were `wanted`."""
        return self._until(lambda: self.colours() == wanted, timeout_s)

    def grab_ms(self, width: int, height: int) -> float:
        """How long one picture of the whole screen takes with mss: the yardstick."""
        area = {"left": 0, "top": 0, "width": width, "height": height}
        begin = time.perf_counter()
        self._mss.grab(area)
        return (time.perf_counter() - begin) * 1e3

    def paint_desktop(self, colour: int) -> None:
        """Give the root window a plain colour."""
        root = self._display.screen().root
        root.change_attributes(background_pixel=colour)
        root.clear_area()
        self._display.sync()

    def press(self, *names: str) -> None:
        """Press keys by their keysym's name and leave them down."""
        self._fake(X.KeyPress, names)

    def release(self, *names: str) -> None:
        """Let keys go."""
        self._fake(X.KeyRelease, names)

    def move(self, to: Point) -> None:
        """Put the pointer there."""
        xtest.fake_input(self._display, X.MotionNotify, x=to[0], y=to[1])
        self._display.sync()

    def button(self, *, down: bool) -> None:
        """Press the left mouse button, or let it go."""
        xtest.fake_input(self._display, X.ButtonPress if down else X.ButtonRelease, 1)
        self._display.sync()

    def _fake(self, kind: int, names: Sequence[str]) -> None:
        from Xlib import XK

        for name in names:
            code = self._display.keysym_to_keycode(XK.string_to_keysym(name))
            xtest.fake_input(self._display, kind, code)
        self._display.sync()

    def _pixel(self, point: Point) -> bytes:
        return bytes(self._mss.grab({"left": point[0], "top": point[1], "width": 1, "height": 1}).raw[:3])

    def _until(self, check: Callable[[], bool], timeout_s: float) -> float:
        deadline = time.perf_counter() + timeout_s
        while not check():
            if time.perf_counter() > deadline:
                raise TimeoutError(f"the pixels {self._points} stayed {self.colours()}")
            time.sleep(POLL_S)
        return time.perf_counter()
