"""Whether the X server can be reached, asked before Qt is: Qt would abort the process with a page about plug-ins."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Mapping

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr


def check(environ: Mapping[str, str] = os.environ) -> None:
    """Raise `HelperError(USAGE)` if Qt would look for an X server and find none that lets us in."""
    name = environ.get("DISPLAY", "")
    if sys.platform != "linux" or not name or environ.get("WAYLAND_DISPLAY") or environ.get("QT_QPA_PLATFORM"):
        return
    if not _reachable(name):
        raise HelperError(
            ErrorKind.USAGE,
            tr("The display {name} cannot be reached, or does not let this user in.", name=name),
            tr("Start Desktop Helper inside a desktop session, or correct DISPLAY."),
        )


def _reachable(name: str) -> bool:
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # Qt says better what is missing
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = (ctypes.c_char_p, ctypes.c_void_p)
    xcb.xcb_connection_has_error.argtypes = (ctypes.c_void_p,)
    xcb.xcb_disconnect.argtypes = (ctypes.c_void_p,)
    connection = xcb.xcb_connect(os.fsencode(name), None)
    try:
        return not xcb.xcb_connection_has_error(connection)
    finally:
        xcb.xcb_disconnect(connection)
