"""Freezes an X11 screen: one trip to the server brings its pixels and leaves a dimmed copy of them there.

The server paints that copy by itself when the overlay's window is mapped, so the user sees the overlay before we have
painted anything; painting here and sending the picture back would come two full-screen copies later.

It works on a local server with RENDER, MIT-SHM and 24-bit pixels, which is nearly every one. Elsewhere `freeze` gives
nothing, and the overlay is shown as on other platforms: grab, then paint.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtGui import QColor, QGuiApplication

from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Frame
from desktop_helper.qt import _x11_requests as x11
from desktop_helper.qt.shared_memory import SharedMemory

_DEPTH = 24


@dataclass
class _Sheet:
    """The server's dimmed picture for one overlay, and the memory that it shares with us for the pixels."""

    area: Rect
    pixmap: Any
    picture: int
    memory: SharedMemory
    segment: int


class X11Freezer:
    """Frozen screens for overlay windows. Belongs to the thread that made it.

    Args:
        dim: laid over the screen.
    """

    def __init__(self, dim: QColor) -> None:
        self._dim = dim
        self._display: Any = None
        self._render = self._shm = 0
        self._format = 0
        self._gc: Any = None
        self._sheets: dict[int, _Sheet] = {}

    def add(self, window_id: int, area: Rect) -> None:
        """Get ready for the overlay window that will cover `area` of the desktop."""
        from Xlib.error import ConnectionClosedError, XError

        try:
            if self._connect():
                self._sheets[window_id] = self._make(area)
        except (XError, ConnectionClosedError, OSError):
            self._hang_up()  # a server on another machine, or one without room

    def freeze(self, window_id: int) -> Frame | None:
        """The screen's pixels; the overlay window shows them dimmed as soon as it is mapped. None if we cannot.

        The frame's memory is used again by the next `freeze`.
        """
        from Xlib.error import ConnectionClosedError, XError

        sheet = self._sheets.get(window_id)
        if sheet is None or self._display is None:
            return None
        area, root = sheet.area, self._display.screen().root
        try:
            sheet.pixmap.copy_area(self._gc, root, area.x, area.y, area.width, area.height, 0, 0)
            colour = (self._dim.redF(), self._dim.greenF(), self._dim.blueF(), self._dim.alphaF())
            x11.blend(self._display, self._render, sheet.picture, colour, (area.width, area.height))
            window = self._display.create_resource_object("window", window_id)
            window.change_attributes(background_pixmap=sheet.pixmap)
            # Waits for the answer, so all of this is done before Qt maps the window over another connection.
            got = x11.image_into(self._display, self._shm, root.id, area, sheet.segment)
        except (XError, ConnectionClosedError, OSError):
            self._hang_up()
            return None
        wanted = area.width * area.height * 4
        return Frame(sheet.memory.view(wanted), area) if got == wanted else None

    def clear(self) -> None:
        """Forget the windows and free the memory on both sides. No frame may be in use any more."""
        for sheet in self._sheets.values():
            if self._display is not None:
                x11.free_picture(self._display, self._render, sheet.picture)
                x11.detach_segment(self._display, self._shm, sheet.segment)
                sheet.pixmap.free()
            sheet.memory.close()
        self._sheets.clear()
        if self._display is not None:
            self._display.flush()

    def close(self) -> None:
        """Free everything and hang up. No frame may be in use any more."""
        self.clear()
        self._hang_up()

    def _hang_up(self) -> None:
        """The server frees what belongs to the connection. Our memory stays: a frame may still be shown from it."""
        display, self._display = self._display, None
        if display is not None:
            display.close()

    def _make(self, area: Rect) -> _Sheet:
        root = self._display.screen().root
        pixmap = root.create_pixmap(area.width, area.height, _DEPTH)
        picture = x11.create_picture(self._display, self._render, pixmap.id, self._format)
        memory = SharedMemory(area.width * area.height * 4)
        try:
            segment = x11.attach_segment(self._display, self._shm, memory.shmid)
        except BaseException:
            memory.close()
            raise
        finally:
            memory.unlink()
        return _Sheet(area, pixmap, picture, memory, segment)

    def _connect(self) -> bool:
        if self._display is not None:
            return True
        if QGuiApplication.platformName() != "xcb":
            return False
        from Xlib import X
        from Xlib.display import Display
        from Xlib.error import DisplayError

        try:
            display = Display()
        except (DisplayError, OSError):
            return False
        self._render, self._shm = _opcode(display, "RENDER"), _opcode(display, "MIT-SHM")
        usable = self._render and self._shm and display.screen().root_depth == _DEPTH
        self._format = x11.plain_format(display, self._render, _DEPTH) if usable else 0
        if not self._format:
            display.close()
            return False
        display.set_error_handler(_ignore)
        self._gc = display.screen().root.create_gc(subwindow_mode=X.IncludeInferiors, graphics_exposures=False)
        self._display = display
        return True


def _opcode(display: Any, name: str) -> int:
    extension = display.query_extension(name)
    return int(extension.major_opcode) if extension is not None and extension.present else 0


def _ignore(*_: object) -> None:
    """python-xlib prints the errors of requests without an answer; the next request with one tells us enough."""
