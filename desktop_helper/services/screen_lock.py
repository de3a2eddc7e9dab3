"""Tells when the session is locked or the machine goes to sleep, and when the user is back. No Qt, waits for it.

On Linux the desktop's screen saver says so on the session bus, and logind on the system bus. Windows and macOS are
asked every second. A desktop that tells nobody is never seen locked; its pictures then show what everybody sees.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from typing import Any

from desktop_helper.core.cancel import CancelToken

ASK_S = 1.0
_PLATFORM: str = sys.platform


def watch(on_change: Callable[[bool], None], cancel: CancelToken) -> None:
    """Call `on_change` with whether it is locked, on this thread, each time that changes, until `cancel`."""
    if _PLATFORM.startswith("linux"):
        from desktop_helper.freedesktop import locks

        locks.watch(on_change, cancel)
        return
    locked = False
    is_locked = _on_windows if _PLATFORM == "win32" else _on_macos
    while not cancel.wait(ASK_S):
        before, locked = locked, is_locked()
        if locked != before:
            on_change(locked)


def _on_windows() -> bool:
    """The desktop that takes the input belongs to the system then, and is not opened to us."""
    user32: Any = getattr(ctypes, "WinDLL")("user32")  # noqa: B009 - exists on Windows only
    user32.OpenInputDesktop.restype = ctypes.c_void_p
    user32.CloseDesktop.argtypes = (ctypes.c_void_p,)
    handle = user32.OpenInputDesktop(0, False, 0x0001)  # DESKTOP_READOBJECTS
    if handle:
        user32.CloseDesktop(handle)
    return not handle


def _on_macos() -> bool:
    """The session's dictionary has a key for it, which is there while it is locked."""
    core = ctypes.CDLL("/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation")
    graphics = ctypes.CDLL("/System/Library/Frameworks/CoreGraphics.framework/CoreGraphics")
    graphics.CGSessionCopyCurrentDictionary.restype = ctypes.c_void_p
    core.CFStringCreateWithCString.restype = ctypes.c_void_p
    core.CFStringCreateWithCString.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_uint32)
    core.CFDictionaryContainsKey.argtypes = (ctypes.c_void_p, ctypes.c_void_p)
    core.CFDictionaryContainsKey.restype = ctypes.c_bool
    core.CFRelease.argtypes = (ctypes.c_void_p,)
    session = graphics.CGSessionCopyCurrentDictionary()
    if not session:
        return False
    key = core.CFStringCreateWithCString(None, b"CGSSessionScreenIsLocked", 0x08000100)  # UTF-8
    try:
        return bool(core.CFDictionaryContainsKey(session, key))
    finally:
        core.CFRelease(key)
        core.CFRelease(session)
