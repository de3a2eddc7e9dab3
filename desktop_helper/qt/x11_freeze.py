"""Freezes an X11 screen in one trip: the server copies and dims it, gives us its pixels, and shows the dimmed copy.

The copy is the background of the overlay's window, so the server paints it by itself when it maps the window, and the
user sees the overlay before we have painted anything. Painting here and sending the picture back would come two
full-screen copies and several trips later.

It works on a local server with RENDER, MIT-SHM and 24-bit pixels, which is nearly every one. Elsewhere `freeze` gives
nothing, and the overlay is shown as on other platforms: grab, then paint.
"""

from __future__ import annotations

from collections.abc import Callable
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
    blank: bool = False


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
        self._root = self._opacity = 0  # RENDER's pictures of the desktop and of what of it shines through
        self._sheets: dict[int, _Sheet] = {}

    def add(self, window_id: int, area: Rect) -> None:
        """Get ready for the overlay window that will cover `area` of the desktop."""
        from Xlib.error import ConnectionClosedError, XError

        try:
            if self._connect():
                self._sheets[window_id] = self._make(area)
        except (XError, ConnectionClosedError, OSError):
            self._hang_up()  # a server on another machine, or one without room

    def rehearse(self, window_id: int) -> bool:
        """Do it once without showing anything, since memory that was never used is slow. False if it does not work."""
        return self._freeze(window_id, show=False) is not None

    def freeze(self, window_id: int) -> Frame | None:
        """The screen's pixels; the overlay window is mapped on top and shows them dimmed. None if we cannot.

        Qt has to be told to show the window too. The frame's memory is used again by the next `freeze`.
        """
        return self._freeze(window_id, show=True)

    def _freeze(self, window_id: int, *, show: bool) -> Frame | None:
        from Xlib.error import ConnectionClosedError, XError

        sheet = self._sheets.get(window_id)
        if sheet is None or self._display is None:
            return None
        wanted = sheet.area.width * sheet.area.height * 4
        try:
            window = self._display.create_resource_object("window", window_id)
            wait = self._ask(sheet, window, show=show)
            if wait() == wanted:
                return Frame(sheet.memory.view(wanted), sheet.area)
        except (XError, ConnectionClosedError, OSError):
            pass  # whatever it is, the other way may work
        self._unmap(window_id)  # it must not be in the picture that is grabbed that way
        self._hang_up()
        return None

    def _ask(self, sheet: _Sheet, window: Any, *, show: bool) -> Callable[[], int]:
        """Send all requests at once; the server takes them in this order."""
        from Xlib import X

        area, root = sheet.area, self._display.screen().root
        self._blank(sheet)
        x11.blend(self._display, self._render, self._root, self._opacity, sheet.picture, area)
        sheet.blank = False
        window.change_attributes(background_pixmap=sheet.pixmap)
        wait = x11.image_into(self._display, self._shm, root.id, area, sheet.segment)
        if show:
            window.configure(stack_mode=X.Above)
            window.map()
        return wait

    def _unmap(self, window_id: int) -> None:
        from Xlib.error import ConnectionClosedError, XError

        try:
            self._display.create_resource_object("window", window_id).unmap()
            self._display.sync()
        except (XError, ConnectionClosedError, OSError):
            return  # then the server is gone, and the window with it

    def relax(self) -> None:
        """The overlays are hidden: prepare the server's pictures for the next time, while nobody waits."""
        if self._display is not None and self._sheets:
            for sheet in self._sheets.values():
                self._blank(sheet)
            self._display.flush()

    def _blank(self, sheet: _Sheet) -> None:
        """Fill the picture with the dimming colour, which the desktop is then blended over."""
        if not sheet.blank:
            colour = (self._dim.redF(), self._dim.greenF(), self._dim.blueF())
            x11.fill(self._display, self._render, sheet.picture, colour, (sheet.area.width, sheet.area.height))
            sheet.blank = True

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
        self._root = x11.create_picture(display, self._render, display.screen().root.id, self._format)
        self._opacity = x11.create_opacity(display, self._render, 1 - self._dim.alphaF())
        self._display = display
        return True


def _opcode(display: Any, name: str) -> int:
    extension = display.query_extension(name)
    return int(extension.major_opcode) if extension is not None and extension.present else 0


def _ignore(*_: object) -> None:
    """python-xlib prints the errors of requests without an answer; the next request with one tells us enough."""
