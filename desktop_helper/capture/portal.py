"""Pictures of the screen on Wayland, through the desktop's portal.

The portal gives a PNG of the whole desktop, all screens in their places, magnified by the largest of their scales: of
GNOME, KDE and wlroots all do so. The pixels of that picture are the coordinates of this source, so a screen with a
smaller scale has more of them here than it really has.
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from desktop_helper.capture import _capture_errors
from desktop_helper.capture._portal_support import availability, placed
from desktop_helper.capture._wayland_outputs import screens
from desktop_helper.core.availability import Availability
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import Capturer, CaptureSource, Frame, Screen, WindowInfo
from desktop_helper.freedesktop import portal as desktop_portal
from desktop_helper.freedesktop.session import is_wayland

if TYPE_CHECKING:
    from PIL.Image import Image

WAIT_S = 15.0  # the first time, the desktop asks the user
# An overlay asks for one screen after the other, and they shall show the same moment.
SAME_MOMENT_S = 0.25

_INTERFACE = "Screenshot"


class PortalCapturer:
    """The `Capturer` over the Screenshot portal. Every picture is one request; the last one is kept until the next."""

    def __init__(self) -> None:
        self._picture: tuple[float, Image] | None = None

    def screens(self) -> list[Screen]:
        """The compositor's outputs, as large as they are in the portal's picture."""
        return screens(placed())

    def windows(self) -> list[WindowInfo]:
        """None: Wayland tells no program about the others'."""
        return []

    def grab(self, rect: Rect) -> Frame:
        """The pixels of `rect`; more or fewer than it says where the desktop made its picture at another scale."""
        desktop = Rect.around([place for _output, place in placed()])
        if rect.intersected(desktop) != rect:
            raise _capture_errors.outside(rect, desktop)
        picture = self._now()
        across, down = picture.width / desktop.width, picture.height / desktop.height
        box = (
            round(rect.x * across),
            round(rect.y * down),
            max(round(rect.right * across), round(rect.x * across) + 1),
            max(round(rect.bottom * down), round(rect.y * down) + 1),
        )
        part = picture.crop(box)
        return Frame(part.tobytes("raw", "BGRA"), Rect(rect.x, rect.y, part.width, part.height))

    def close(self) -> None:
        """Forget the last picture."""
        self._picture = None

    def _now(self) -> Image:
        if self._picture is not None and time.monotonic() - self._picture[0] < SAME_MOMENT_S:
            return self._picture[1]
        options = {"modal": ("b", False), "interactive": ("b", False)}
        results = desktop_portal.request(_INTERFACE, "Screenshot", "s", ("",), options, WAIT_S)
        picture = _read(str(results.get("uri", "")))
        self._picture = (time.monotonic(), picture)
        return picture


def _read(uri: str) -> Image:
    """The picture that the portal has put into a file. The file was made for us, and would stay for ever."""
    from PIL import Image

    path = Path(unquote(urlsplit(uri).path))
    try:
        with Image.open(path) as picture:
            return picture.convert("RGBA")
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise HelperError(
            ErrorKind.CAPTURE,
            tr("The picture that the desktop's portal has taken cannot be read: {detail}.", detail=error),
            tr("Try again."),
        ) from error
    finally:
        with suppress(OSError):  # it may lie where only the portal may take it away
            path.unlink()


def _availability() -> Availability:
    return availability(_INTERFACE)


def _create() -> Capturer:
    return PortalCapturer()


SOURCE = CaptureSource(
    name="portal", availability=_availability, create=_create, suits=is_wayland, priority=5, live=False
)
