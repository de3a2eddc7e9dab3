"""Keeps a window of ours out of pictures of the screen, where the system can do that: Windows and macOS."""

from __future__ import annotations

import ctypes
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_EXCLUDE_FROM_CAPTURE = 0x11  # WDA_EXCLUDEFROMCAPTURE, since Windows 10 2004; older ones refuse it
_SHARING_NONE = 0  # NSWindowSharingNone


def exclude(window: QWidget) -> bool:
    """Let pictures and recordings show what is behind `window`, which is shown. Returns whether the system said yes.

    X11 and Wayland have no such thing.
    """
    if sys.platform == "win32":
        return _on_windows(int(window.winId()))
    if sys.platform == "darwin":
        return _on_macos(int(window.winId()))
    return False


def _on_windows(handle: int) -> bool:
    user32: Any = getattr(ctypes, "WinDLL")("user32")  # noqa: B009 - exists on Windows only
    user32.SetWindowDisplayAffinity.argtypes = (ctypes.c_void_p, ctypes.c_uint32)
    return bool(user32.SetWindowDisplayAffinity(handle, _EXCLUDE_FROM_CAPTURE))


def _on_macos(view: int) -> bool:
    """Qt's window id is the NSView. Since macOS 15 programs with ScreenCaptureKit see the window all the same."""
    objc: Any = ctypes.CDLL("/usr/lib/libobjc.A.dylib")
    objc.sel_registerName.restype = ctypes.c_void_p
    objc.sel_registerName.argtypes = (ctypes.c_char_p,)
    get = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)(("objc_msgSend", objc))
    put = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong)(("objc_msgSend", objc))
    window = get(view, objc.sel_registerName(b"window"))
    if not window:
        return False
    put(window, objc.sel_registerName(b"setSharingType:"), _SHARING_NONE)
    return True
