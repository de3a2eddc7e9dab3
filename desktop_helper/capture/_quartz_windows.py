"""The windows of a macOS desktop.

`quartz_windows` asks CoreGraphics; `shown` decides from plain data which windows a user would call a window, so that
the rules are tested anywhere. https://developer.apple.com/documentation/coregraphics/quartz_window_services
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from desktop_helper.capture._window_rules import ListedWindows
from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import WindowInfo

_FRAMEWORKS = "/System/Library/Frameworks/{0}.framework/{0}"
_ON_SCREEN_WITHOUT_DESKTOP = 1 | 16  # kCGWindowListOptionOnScreenOnly, kCGWindowListExcludeDesktopElements
_NORMAL_LAYER = 0  # menus, the Dock and overlays lie on others
_UTF8 = 0x08000100  # kCFStringEncodingUTF8
_FLOAT64 = 13  # kCFNumberDoubleType
_LONGEST_TEXT = 4096  # bytes


@dataclass(frozen=True, slots=True)
class WindowRecord:
    """What the system says about one window; `rect` in points. Titles are told only who may record the screen."""

    window_id: int
    title: str
    owner: str
    rect: Rect
    pid: int = 0
    layer: int = _NORMAL_LAYER
    alpha: float = 1.0


def shown(records: Iterable[WindowRecord], own_pid: int) -> list[WindowInfo]:
    """Those of programs; the order is kept. Windows of the process `own_pid` are left out."""
    return [
        WindowInfo(record.window_id, record.title or record.owner, record.rect)
        for record in records
        if record.layer == _NORMAL_LAYER and record.alpha > 0 and record.pid != own_pid
    ]


def quartz_windows(
    desktop: Callable[[], Rect], records: Callable[[], Iterable[WindowRecord]] | None = None
) -> ListedWindows:
    """The list. CoreGraphics lists windows from front to back.

    Args:
        desktop: gives the area of all monitors, in points.
        records: asks the system.
    """
    ask = records or _System().records
    return ListedWindows(lambda: shown(ask(), os.getpid()), desktop)


class _Rectangle(ctypes.Structure):
    """`CGRect`."""

    _fields_ = (
        ("x", ctypes.c_double),
        ("y", ctypes.c_double),
        ("width", ctypes.c_double),
        ("height", ctypes.c_double),
    )


class _System:
    """CoreGraphics and CoreFoundation. macOS only."""

    def __init__(self) -> None:
        self._graphics: Any = ctypes.CDLL(_FRAMEWORKS.format("CoreGraphics"))
        self._foundation: Any = ctypes.CDLL(_FRAMEWORKS.format("CoreFoundation"))
        # Pointers are 64 bits: without declared types ctypes would cut them to an int.
        pointer, index = ctypes.c_void_p, ctypes.c_long
        self._graphics.CGWindowListCopyWindowInfo.argtypes = (ctypes.c_uint32, ctypes.c_uint32)
        self._graphics.CGWindowListCopyWindowInfo.restype = pointer
        self._graphics.CGRectMakeWithDictionaryRepresentation.argtypes = (pointer, pointer)
        self._graphics.CGRectMakeWithDictionaryRepresentation.restype = ctypes.c_bool
        core = self._foundation
        core.CFArrayGetCount.argtypes, core.CFArrayGetCount.restype = (pointer,), index
        core.CFArrayGetValueAtIndex.argtypes, core.CFArrayGetValueAtIndex.restype = (pointer, index), pointer
        core.CFDictionaryGetValue.argtypes, core.CFDictionaryGetValue.restype = (pointer, pointer), pointer
        core.CFNumberGetValue.argtypes, core.CFNumberGetValue.restype = (pointer, index, pointer), ctypes.c_bool
        core.CFStringGetCString.argtypes = (pointer, ctypes.c_char_p, index, ctypes.c_uint32)
        core.CFStringGetCString.restype = ctypes.c_bool
        core.CFRelease.argtypes, core.CFRelease.restype = (pointer,), None

    def records(self) -> list[WindowRecord]:
        """All windows that are on the screen."""
        windows = self._graphics.CGWindowListCopyWindowInfo(_ON_SCREEN_WITHOUT_DESKTOP, 0)
        if not windows:
            return []
        try:
            count = self._foundation.CFArrayGetCount(windows)
            return [self._record(self._foundation.CFArrayGetValueAtIndex(windows, at)) for at in range(count)]
        finally:
            self._foundation.CFRelease(windows)

    def _record(self, window: int) -> WindowRecord:
        return WindowRecord(
            int(self._number(window, "kCGWindowNumber")),
            self._text(window, "kCGWindowName"),
            self._text(window, "kCGWindowOwnerName"),
            self._rect(window),
            int(self._number(window, "kCGWindowOwnerPID")),
            int(self._number(window, "kCGWindowLayer")),
            self._number(window, "kCGWindowAlpha"),
        )

    def _value(self, window: int, name: str) -> int | None:
        """The names are strings that CoreGraphics exports."""
        key = ctypes.c_void_p.in_dll(self._graphics, name)
        value: int | None = self._foundation.CFDictionaryGetValue(window, key)
        return value

    def _number(self, window: int, name: str) -> float:
        value, number = self._value(window, name), ctypes.c_double()
        if value:
            self._foundation.CFNumberGetValue(value, _FLOAT64, ctypes.byref(number))
        return number.value

    def _text(self, window: int, name: str) -> str:
        value, text = self._value(window, name), ctypes.create_string_buffer(_LONGEST_TEXT)
        if not value or not self._foundation.CFStringGetCString(value, text, _LONGEST_TEXT, _UTF8):
            return ""
        return text.value.decode("utf-8", "replace")

    def _rect(self, window: int) -> Rect:
        value, found = self._value(window, "kCGWindowBounds"), _Rectangle()
        if value:
            self._graphics.CGRectMakeWithDictionaryRepresentation(value, ctypes.byref(found))
        return Rect(round(found.x), round(found.y), round(found.width), round(found.height))
