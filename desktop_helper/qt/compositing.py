"""Whether the desktop blends windows, so that rounded corners can be transparent."""

from __future__ import annotations

import ctypes
import sys

from PySide6.QtGui import QGuiApplication


def is_composited() -> bool:
    """True on Windows, macOS and Wayland; on X11 if a compositing manager owns `_NET_WM_CM_S0` (EWMH) now.

    Asked anew each time: at login we may well start before the compositor does.
    """
    if QGuiApplication.platformName() != "xcb" or sys.platform != "linux":
        return True
    try:
        x11 = ctypes.CDLL("libX11.so.6")  # by name: `find_library` runs other programs to find it
    except OSError:
        return False
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XInternAtom.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
    x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
    display = x11.XOpenDisplay(None)
    if display is None:
        return False
    x11.XInternAtom.restype = ctypes.c_ulong
    x11.XGetSelectionOwner.restype = ctypes.c_ulong
    x11.XGetSelectionOwner.argtypes = [ctypes.c_void_p, ctypes.c_ulong]
    atom = x11.XInternAtom(display, b"_NET_WM_CM_S0", 0)
    owner = x11.XGetSelectionOwner(display, atom)
    x11.XCloseDisplay(display)
    return bool(owner)
