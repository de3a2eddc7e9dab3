"""Pictures of the screen on Wayland compositors that hand out their own pixels: sway, Hyprland, river, labwc and more.

Each output's own pixels, whatever its scale, without a file in between and without a question to the user:
https://wayland.app/protocols/wlr-screencopy-unstable-v1. GNOME and KDE have a portal instead (`portal.py`).
"""

from __future__ import annotations

import mmap
import os
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desktop_helper.capture import _capture_errors
from desktop_helper.capture._wayland_outputs import Output, on_one_desktop, outputs, screens, upright
from desktop_helper.capture._wayland_wire import Connection, Reader
from desktop_helper.core.availability import AVAILABLE, Availability
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import Capturer, CaptureSource, Frame, Screen, WindowInfo
from desktop_helper.freedesktop.session import is_wayland

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[Any]

_MANAGER, _MANAGER_VERSION = "zwlr_screencopy_manager_v1", 1
_SHM = "wl_shm"
_CAPTURE_OUTPUT, _COPY = 0, 0
_CREATE_POOL, _CREATE_BUFFER = 0, 0
_DESTROY_FRAME, _DESTROY_POOL, _DESTROY_BUFFER = 1, 1, 0
_WITHOUT_CURSOR = 0
_UPSIDE_DOWN = 1
# Four bytes a pixel. In memory: blue, green, red, any (wl_shm's own numbers), and with red and blue exchanged (fourcc).
_BLUE_FIRST, _RED_FIRST = (0, 1), (0x34324241, 0x34324258)


@dataclass(slots=True)
class _Copy:
    """What the compositor tells about one picture of an output."""

    form: int = -1
    width: int = 0
    height: int = 0
    stride: int = 0
    flags: int = 0
    ready: bool = False
    failed: bool = False

    def on_event(self, code: int, reader: Reader) -> None:
        if code == 0:
            self.form, self.width, self.height, self.stride = (reader.unsigned() for _ in range(4))
        elif code == 1:
            self.flags = reader.unsigned()
        elif code == 2:
            self.ready = True
        elif code == 3:
            self.failed = True

    @property
    def is_offered(self) -> bool:
        return bool(self.width) or self.failed

    @property
    def is_over(self) -> bool:
        return self.ready or self.failed


class WlrCapturer:
    """The `Capturer` over screencopy. A connection lives as long as one picture: outputs come and go."""

    def screens(self) -> list[Screen]:
        """The compositor's outputs."""
        with closing(_connect()) as connection:
            return screens(_placed(connection))

    def windows(self) -> list[WindowInfo]:
        """None: Wayland tells no program about the others'."""
        return []

    def grab(self, rect: Rect) -> Frame:
        """The pixels of `rect`. What lies between outputs is black."""
        import numpy as np

        with closing(_connect()) as connection:
            placed = _placed(connection)
            desktop = Rect.around([place for _output, place in placed])
            if rect.intersected(desktop) != rect:
                raise _capture_errors.outside(rect, desktop)
            picture = np.zeros((rect.height, rect.width, 4), np.uint8)
            for output, place in placed:
                if (part := place.intersected(rect)) is None:
                    continue
                pixels = _pixels(connection, output)
                top, left = part.y - place.y, part.x - place.x
                picture[part.y - rect.y : part.bottom - rect.y, part.x - rect.x : part.right - rect.x] = pixels[
                    top : top + part.height, left : left + part.width
                ]
        return Frame(picture.data.cast("B"), rect)

    def close(self) -> None:
        """Nothing is kept."""


def _connect() -> Connection:
    try:
        return Connection()
    except OSError as error:
        raise _capture_errors.compositor_silent(error) from error


def _placed(connection: Connection) -> list[tuple[Output, Rect]]:
    try:
        found = outputs(connection)
    except OSError as error:
        raise _capture_errors.compositor_silent(error) from error
    if not found:
        raise _capture_errors.no_screen()
    return on_one_desktop(found, true_size=True)


def _pixels(connection: Connection, output: Output) -> Pixels:
    """What an output shows, as the user sees it: rows, columns, 4 bytes."""
    copy = _Copy()
    try:
        memory = _copied(connection, output, copy)
    except OSError as error:
        raise _capture_errors.compositor_silent(error) from error
    if memory is None or copy.form not in (*_BLUE_FIRST, *_RED_FIRST):
        raise HelperError(
            ErrorKind.CAPTURE,
            tr("The compositor gave no picture of {screen}.", screen=output.name or tr("the screen")),
            tr("Unlock the screen and try again."),
        )
    return upright(_rows(memory, copy), output.transform)


def _copied(connection: Connection, output: Output, copy: _Copy) -> bytes | None:
    """The compositor's buffer; None if it refuses."""
    manager = connection.bind(connection.globals(_MANAGER)[0], _MANAGER_VERSION)
    frame = connection.new_id(copy.on_event)
    connection.send(manager, _CAPTURE_OUTPUT, frame, _WITHOUT_CURSOR, output.object_id)
    connection.wait_for(lambda: copy.is_offered)
    if copy.failed:
        return None
    size = copy.stride * copy.height
    file = os.memfd_create("desktop-helper")
    try:
        os.ftruncate(file, size)
        shm, pool, buffer = connection.bind(connection.globals(_SHM)[0], 1), connection.new_id(), connection.new_id()
        connection.send(shm, _CREATE_POOL, pool, size, files=[file])
        connection.send(pool, _CREATE_BUFFER, buffer, 0, copy.width, copy.height, copy.stride, copy.form)
        connection.send(frame, _COPY, buffer)
        connection.wait_for(lambda: copy.is_over)
        for target, code in ((frame, _DESTROY_FRAME), (buffer, _DESTROY_BUFFER), (pool, _DESTROY_POOL)):
            connection.send(target, code)
        with mmap.mmap(file, size, prot=mmap.PROT_READ) as memory:
            return memory[:] if copy.ready else None
    finally:
        os.close(file)


def _rows(memory: bytes, copy: _Copy) -> Pixels:
    import numpy as np

    rows = np.frombuffer(memory, np.uint8).reshape(copy.height, copy.stride)[:, : copy.width * 4]
    pixels = rows.reshape(copy.height, copy.width, 4)
    if copy.flags & _UPSIDE_DOWN:
        pixels = pixels[::-1]
    return pixels[:, :, [2, 1, 0, 3]] if copy.form in _RED_FIRST else pixels


def _availability() -> Availability:
    if not is_wayland():
        return Availability(
            False, tr("This is no Wayland session."), tr("Nothing is needed: other ways to take pictures are used.")
        )
    try:
        with closing(Connection()) as connection:
            offered = connection.globals(_MANAGER) and connection.globals(_SHM)
    except OSError as error:
        refusal = _capture_errors.compositor_silent(error)
        return Availability(False, refusal.message, refusal.fix)
    if not offered:
        return Availability(
            False,
            tr("This compositor does not hand out its own pixels."),
            tr("Nothing is needed: the desktop's portal is used."),
        )
    return AVAILABLE


def _create() -> Capturer:
    return WlrCapturer()


SOURCE = CaptureSource(name="wlr", availability=_availability, create=_create, suits=is_wayland, priority=15)
