"""The mouse pointer in recorded pictures: X servers, like other systems, leave it out of what they hand over."""

from __future__ import annotations

import contextlib
import struct
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from desktop_helper.core.geometry import Rect
from desktop_helper.freedesktop.session import is_wayland

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

RING_RADIUS = 20  # pixels
RING_COLOUR = (0x1E, 0xA0, 0xFF)  # blue, green, red: the amber of markers
_RING_WIDTH = 4
_RING_OPACITY = 0.8
_RING_STAYS_S = 0.25
_BUTTONS = 3  # those with higher numbers are the wheel


def open_pointer() -> X11Pointer | None:
    """For the calling thread; None where pictures have the pointer in them, or nobody tells where it is."""
    return X11Pointer() if sys.platform.startswith("linux") and not is_wayland() else None


class X11Pointer:
    """Draws the pointer of the X display that DISPLAY names. Belongs to the thread that made it.

    A server that does not tell leaves pictures without a pointer; a recording never ends for that.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._display: Any = None
        self._root: Any = None
        self._shapes: tuple[int, Pixels] | None = None
        self._ring = _ring()
        self._pressed_at = float("-inf")
        self._open()

    def draw(self, pixels: bytearray, area: Rect) -> None:
        """Draw it into `pixels` of `area`, if it is there."""
        from Xlib.error import ConnectionClosedError, XError

        if self._display is None:
            return
        try:
            image = self._display.xfixes_get_cursor_image(self._root)
            pressed = self._is_pressed()
        except (ConnectionClosedError, XError, OSError):
            self.close()
            return
        import numpy as np

        canvas = np.frombuffer(pixels, np.uint8).reshape(area.height, area.width, 4)
        x, y = image.x - area.x, image.y - area.y
        if pressed:
            blend(canvas, self._ring, x - RING_RADIUS, y - RING_RADIUS)
        blend(canvas, self._shape(image), x - image.xhot, y - image.yhot)

    def close(self) -> None:
        """Hang up. May be called twice."""
        from Xlib.error import ConnectionClosedError

        display, self._display = self._display, None
        if display is not None:
            with contextlib.suppress(ConnectionClosedError, OSError):  # the server may have hung up first
                display.close()

    def _open(self) -> None:
        from Xlib.display import Display
        from Xlib.error import ConnectionClosedError, DisplayError, XError

        try:
            self._display = Display()
            self._root = self._display.screen().root
            if not self._display.has_extension("XFIXES"):
                self.close()
                return
            self._display.xfixes_query_version()  # the server refuses its requests to whom has not asked
            self._hear_clicks()
        except (DisplayError, ConnectionClosedError, XError, OSError):
            self.close()

    def _hear_clicks(self) -> None:
        """Be told of presses: a click may begin and end between two pictures."""
        from Xlib.ext import xinput

        if self._display.has_extension("XInputExtension"):
            self._display.xinput_query_version()
            self._root.xinput_select_events([(xinput.AllMasterDevices, xinput.RawButtonPressMask)])

    def _is_pressed(self) -> bool:
        """Whether a button is, or has been a moment ago; the wheel does not count."""
        from Xlib import X
        from Xlib.ext import xinput

        now = self._clock()
        if self._root.query_pointer().mask & (X.Button1Mask | X.Button2Mask | X.Button3Mask):
            self._pressed_at = now
        while self._display.pending_events():
            event = self._display.next_event()
            if getattr(event, "evtype", None) == xinput.RawButtonPress and _button(event.data) <= _BUTTONS:
                self._pressed_at = now
        return now - self._pressed_at < _RING_STAYS_S

    def _shape(self, image: Any) -> Pixels:
        """The picture of the pointer; kept, since it is the same for most of the time."""
        import numpy as np

        if self._shapes is None or self._shapes[0] != image.cursor_serial:
            packed = np.array(image.cursor_image, np.uint32).reshape(image.height, image.width)
            self._shapes = (image.cursor_serial, packed.astype("<u4").view(np.uint8).reshape(*packed.shape, 4))
        return self._shapes[1]


def blend(canvas: Pixels, shape: Pixels, x: int, y: int) -> None:
    """Lay `shape` (blue, green, red, opacity; premultiplied) over `canvas` at `x`, `y`; what is outside is cut off."""
    import numpy as np

    height, width = canvas.shape[:2]
    left, top = max(0, x), max(0, y)
    right, bottom = min(width, x + shape.shape[1]), min(height, y + shape.shape[0])
    if left >= right or top >= bottom:
        return
    part = shape[top - y : bottom - y, left - x : right - x].astype(np.uint16)
    below = canvas[top:bottom, left:right, :3].astype(np.uint16)
    rest = 255 - part[:, :, 3:]
    canvas[top:bottom, left:right, :3] = np.minimum(255, part[:, :, :3] + (below * rest + 127) // 255)


def _button(event: bytes) -> int:
    """Of XI_RawButtonPress, behind the header: device, time, number of the button."""
    return int(struct.unpack_from("=HII", event)[2])


def _ring() -> Pixels:
    import numpy as np

    size = 2 * RING_RADIUS + 1
    y, x = np.mgrid[:size, :size] - RING_RADIUS
    middle = RING_RADIUS - _RING_WIDTH / 2
    cover = np.clip(_RING_WIDTH / 2 + 0.5 - np.abs(np.hypot(x, y) - middle), 0, 1) * _RING_OPACITY
    ring = np.empty((size, size, 4), np.uint8)
    for channel, value in enumerate((*RING_COLOUR, 255)):
        ring[:, :, channel] = np.rint(cover * value)
    return ring
