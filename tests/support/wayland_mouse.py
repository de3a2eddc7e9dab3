"""A mouse for a Wayland compositor that has none.

https://wayland.app/protocols/wlr-virtual-pointer-unstable-v1
"""

from __future__ import annotations

from pathlib import Path

from desktop_helper.capture._wayland_wire import Connection
from tests.support.xrig import Point

_MANAGER, _SEAT = "zwlr_virtual_pointer_manager_v1", "wl_seat"
_CREATE = 0
_MOVE_TO, _BUTTON, _FRAME = 1, 2, 4
_LEFT = 0x110  # BTN_LEFT of linux/input-event-codes.h


class Mouse:
    """It is there until it is closed. Places are in units of the compositor, on a desktop of `width` by `height`."""

    def __init__(self, socket: Path, width: int, height: int) -> None:
        self.size = width, height
        self._time = 0
        self._connection = connection = Connection(str(socket))
        seat, manager = (connection.bind(connection.globals(name)[0], 1) for name in (_SEAT, _MANAGER))
        self._pointer = connection.new_id()
        connection.send(manager, _CREATE, seat, self._pointer)
        self.move(width - 1, height - 1)  # some compositors draw it into every picture

    def close(self) -> None:
        """Unplug it."""
        self._connection.close()

    def move(self, x: int, y: int) -> None:
        """Go there at once."""
        self._send(_MOVE_TO, x, y, *self.size)

    def press(self) -> None:
        """The left button goes down."""
        self._send(_BUTTON, _LEFT, 1)

    def release(self) -> None:
        """And up."""
        self._send(_BUTTON, _LEFT, 0)

    def drag(self, start: Point, end: Point, steps: int = 8) -> None:
        """Press at `start`, move to `end` in steps, release."""
        self.move(*start)
        self.press()
        for step in range(1, steps + 1):
            self.move(start[0] + (end[0] - start[0]) * step // steps, start[1] + (end[1] - start[1]) * step // steps)
        self.release()

    def _send(self, code: int, *arguments: int) -> None:
        self._time += 8
        self._connection.send(self._pointer, code, self._time, *arguments)
        self._connection.send(self._pointer, _FRAME)
        self._connection.round_trip()
