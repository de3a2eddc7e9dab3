"""Pictures of the screen through python-mss: X11, Windows and macOS.

One connection is kept for as long as the capturer lives, since opening one costs more than a picture. mss sizes its
shared buffer and its list of monitors once, so both are thrown away after a change of the screens.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from desktop_helper.capture import _capture_errors
from desktop_helper.core.availability import AVAILABLE, Availability
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import Capturer, CaptureSource, Frame, Screen, WindowInfo
from desktop_helper.freedesktop.session import is_wayland

if TYPE_CHECKING:
    from mss import MSS

    from desktop_helper.capture._window_rules import WindowList

Result = TypeVar("Result")

PLATFORM: str = sys.platform

# Without kCGWindowImageNominalResolution, which mss sets by default and which halves the sharpness of a Retina screen:
# kCGWindowImageBoundsIgnoreFraming | kCGWindowImageShouldBeOpaque.
_MACOS_FULL_RESOLUTION = 1 | 2
_MACOS_GRAPHICS = "/System/Library/Frameworks/CoreGraphics.framework/CoreGraphics"


class MssCapturer:
    """The `Capturer` over mss. Nothing is opened before the first use."""

    def __init__(self) -> None:
        self._mss: MSS | None = None
        self._windows: WindowList | None = None

    def screens(self) -> list[Screen]:
        """The monitors now. Opens a new connection, since mss remembers the old ones."""
        self._forget_screens()
        monitors = self._call(lambda: self._open().monitors)[1:]
        if not monitors:
            raise _capture_errors.no_screen()
        # Not every X server names a primary monitor, but callers need one.
        known = any(monitor.get("is_primary") for monitor in monitors)
        return [
            Screen(
                index=index,
                name=str(monitor.get("output") or monitor.get("name") or tr("Screen {number}", number=index)),
                rect=_rect(monitor),
                primary=bool(monitor.get("is_primary")) if known else index == 1,
            )
            for index, monitor in enumerate(monitors, 1)
        ]

    def windows(self) -> list[WindowInfo]:
        """Visible windows, topmost first; empty if the system does not tell."""
        if self._windows is None:
            self._windows = _window_list(self._desktop)
        return self._windows.now()

    def grab(self, rect: Rect) -> Frame:
        """The pixels of `rect`.

        On macOS `rect` is in points and the frame has the screen's real pixels, so it can be larger.
        """
        try:
            return self._grab(rect)
        except HelperError:
            # The screens may have changed since the buffer was made; a new connection knows the present ones.
            self._forget_screens()
            desktop = self._desktop()
            if rect.intersected(desktop) != rect:
                raise _capture_errors.outside(rect, desktop) from None
        return self._grab(rect)

    def close(self) -> None:
        """Close the connections to the display."""
        self._forget_screens()
        if self._windows is not None:
            self._windows.close()
            self._windows = None

    def _grab(self, rect: Rect) -> Frame:
        area = {"left": rect.x, "top": rect.y, "width": rect.width, "height": rect.height}
        shot = self._call(lambda: self._open().grab(area))
        return Frame(shot.raw, Rect(rect.x, rect.y, shot.width, shot.height))

    def _desktop(self) -> Rect:
        """The area of all monitors."""
        return _rect(self._call(lambda: self._open().monitors)[0])

    def _open(self) -> MSS:
        if self._mss is None:
            import mss

            if PLATFORM == "darwin":
                import mss.darwin

                mss.darwin.IMAGE_OPTIONS = _MACOS_FULL_RESOLUTION
            self._mss = mss.MSS()
        return self._mss

    def _forget_screens(self) -> None:
        connection, self._mss = self._mss, None
        if connection is not None:
            from mss.exception import ScreenShotError

            with contextlib.suppress(ScreenShotError):  # the server is gone, so there is nothing to hang up
                connection.close()

    @staticmethod
    def _call(action: Callable[[], Result]) -> Result:
        from mss.exception import ScreenShotError

        try:
            return action()
        except (ScreenShotError, OSError, AssertionError) as error:  # the last one from mss, if the server is gone
            raise _unreadable(error) from error


def _window_list(desktop: Callable[[], Rect]) -> WindowList:
    if PLATFORM == "win32":
        from desktop_helper.capture._win32_windows import win32_windows

        return win32_windows(desktop)
    if PLATFORM == "darwin":
        from desktop_helper.capture._quartz_windows import quartz_windows

        return quartz_windows(desktop)
    from desktop_helper.capture._x11_windows import X11Windows

    return X11Windows()


def _rect(monitor: Mapping[str, Any]) -> Rect:
    return Rect(monitor["left"], monitor["top"], monitor["width"], monitor["height"])


def _unreadable(error: Exception) -> HelperError:
    if PLATFORM.startswith("linux"):
        name = os.environ.get("DISPLAY", "")
        return HelperError(
            ErrorKind.CAPTURE,
            tr("The X display “{name}” gave no picture: {detail}.", name=name, detail=_sentence_end(error)),
            tr("Check that the display is running and that this user may open it."),
        )
    return HelperError(
        ErrorKind.CAPTURE,
        tr("The system gave no picture of the screen: {detail}.", detail=_sentence_end(error)),
        tr("Unlock the screen and try again."),
    )


def _sentence_end(error: Exception) -> str:
    """The first line of a foreign message, ready to be followed by a full stop."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].rstrip(". ")


def _availability() -> Availability:
    if importlib.util.find_spec("mss") is None:
        return Availability(False, tr("The package mss is not installed."), tr("Run installers/from_source.py setup."))
    if PLATFORM.startswith("linux"):
        return _linux_availability()
    if PLATFORM == "darwin" and not _macos_allows():
        return Availability(
            False,
            tr("macOS has not allowed this app to see the screen."),
            tr("Allow it in System Settings, Privacy & Security, Screen Recording, then start the app again."),
        )
    return AVAILABLE


def _linux_availability() -> Availability:
    if is_wayland():
        return Availability(
            False,
            tr("This is a Wayland session, and Wayland hides the screen from X11 programs."),
            tr("Nothing is needed: the compositor or the desktop's portal is asked instead."),
        )
    if not os.environ.get("DISPLAY"):
        return Availability(
            False,
            tr("There is no display: DISPLAY is not set."),
            tr("Start it inside a desktop session, or set DISPLAY to the one to look at."),
        )
    return AVAILABLE


def _macos_allows() -> bool:
    """Ask without prompting; without permission mss would return the wallpaper and no error."""
    try:
        graphics = ctypes.CDLL(_MACOS_GRAPHICS)
        allows = graphics.CGPreflightScreenCaptureAccess
    except (OSError, AttributeError):
        return True  # before macOS 10.15 nobody had to ask
    allows.restype = ctypes.c_bool
    return bool(allows())


def _create() -> Capturer:
    return MssCapturer()


SOURCE = CaptureSource(
    name="mss", availability=_availability, create=_create, suits=lambda: not is_wayland(), priority=10
)
