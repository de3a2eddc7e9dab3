"""The pictures of a recording: always of the same size, whatever becomes of the screens, with the pointer in them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from desktop_helper.capture import _capture_errors
from desktop_helper.core.errors import HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Capturer, Frame

if TYPE_CHECKING:
    from desktop_helper.capture._pointer import X11Pointer

_LOOK_AGAIN_S = 1.0  # asking for the screens opens a new connection


class Lens:
    """Looks at one area. Belongs to the thread that made `capturer`.

    Args:
        capturer: takes the pictures.
        area: what to look at; its size is made even.
        pointer: draws the mouse pointer; None leaves it out.
    """

    def __init__(self, capturer: Capturer, area: Rect, pointer: X11Pointer | None = None) -> None:
        self._capturer = capturer
        self._area = Rect(area.x, area.y, area.width - area.width % 2, area.height - area.height % 2)
        self._seen = self._area  # the part of it that is on the desktop
        self._asked = 0.0
        self._pointer = pointer
        self._size: tuple[int, int] | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of every picture, in pixels; known after the first one."""
        if self._size is None:
            raise RuntimeError("nothing was looked at yet")
        return self._size

    def look(self) -> bytearray:
        """The pixels now, as in `core.protocols.Frame`; the caller's own.

        What is no longer on the desktop is black. Raises `HelperError(CAPTURE)` if nothing of it is left.
        """
        frame = self._grab()
        if self._size is None:
            self._size = (frame.width - frame.width % 2, frame.height - frame.height % 2)
        if self._seen == self._area and self._size == (frame.width, frame.height):
            pixels = frame.data if isinstance(frame.data, bytearray) else bytearray(frame.data)
        else:
            pixels = self._on_black(frame)
        if self._pointer is not None:
            self._pointer.draw(pixels, Rect(self._area.x, self._area.y, *self._size))
        return pixels

    def close(self) -> None:
        """Close the capturer and the pointer."""
        self._capturer.close()
        if self._pointer is not None:
            self._pointer.close()

    def _grab(self) -> Frame:
        if self._seen != self._area and time.monotonic() - self._asked >= _LOOK_AGAIN_S:
            self._ask_for_screens()  # the rest may be back
        try:
            return self._capturer.grab(self._seen)
        except HelperError:
            if self._size is None:
                raise  # it was never there
            self._ask_for_screens()
            return self._capturer.grab(self._seen)

    def _ask_for_screens(self) -> None:
        self._asked = time.monotonic()
        seen = self._area.intersected(Rect.around([screen.rect for screen in self._capturer.screens()]))
        if seen is None:
            raise _capture_errors.part_gone()
        self._seen = seen

    def _on_black(self, frame: Frame) -> bytearray:
        import numpy as np

        width, height = self.size
        black = bytearray(width * height * 4)
        canvas = np.frombuffer(black, np.uint8).reshape(height, width, 4)
        across, down = width / self._area.width, height / self._area.height  # macOS counts in points
        x, y = round((self._seen.x - self._area.x) * across), round((self._seen.y - self._area.y) * down)
        pixels = np.frombuffer(frame.data, np.uint8).reshape(frame.height, frame.width, 4)[: height - y, : width - x]
        canvas[y : y + pixels.shape[0], x : x + pixels.shape[1]] = pixels
        return black
