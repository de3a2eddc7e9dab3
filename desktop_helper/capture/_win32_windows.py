"""The windows of a Windows desktop.

`win32_windows` asks user32 and the window manager (dwmapi); `shown` decides from plain data which windows a user would
call a window, so that the rules are tested anywhere. Names as in
https://learn.microsoft.com/windows/win32/api/winuser/ and .../api/dwmapi/.
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

WS_EX_TOOLWINDOW = 0x80
_SHELL = frozenset({"Progman", "WorkerW", "Shell_TrayWnd", "Shell_SecondaryTrayWnd"})  # wallpaper and taskbars
_GWL_EXSTYLE = -20
_EXTENDED_FRAME_BOUNDS = 9  # without the invisible border that GetWindowRect counts
_CLOAKED = 14  # on another virtual desktop, or an app that sleeps: "visible" all the same
_LONGEST_CLASS = 256


@dataclass(frozen=True, slots=True)
class WindowRecord:
    """What the system says about one top-level window; `rect` in pixels, as it is seen."""

    window_id: int
    title: str
    rect: Rect
    class_name: str = ""
    pid: int = 0
    extended_style: int = 0
    visible: bool = True
    minimised: bool = False
    cloaked: bool = False


def shown(records: Iterable[WindowRecord], own_pid: int) -> list[WindowInfo]:
    """Those that are on the screen and somebody's; the order is kept. Windows of the process `own_pid` are left out."""
    return [
        WindowInfo(record.window_id, record.title, record.rect)
        for record in records
        if record.visible
        and not record.minimised
        and not record.cloaked
        and record.title
        and record.pid != own_pid
        and record.class_name not in _SHELL
        and not record.extended_style & WS_EX_TOOLWINDOW
    ]


def win32_windows(
    desktop: Callable[[], Rect], records: Callable[[], Iterable[WindowRecord]] | None = None
) -> ListedWindows:
    """The list. EnumWindows goes from the topmost window down.

    Args:
        desktop: gives the area of all monitors, in pixels.
        records: asks the system.
    """
    ask = records or _System().records
    return ListedWindows(lambda: shown(ask(), os.getpid()), desktop)


class _Rectangle(ctypes.Structure):
    """`RECT`: the right and lower edges are outside."""

    _fields_ = (
        ("left", ctypes.c_long),
        ("top", ctypes.c_long),
        ("right", ctypes.c_long),
        ("bottom", ctypes.c_long),
    )


class _System:
    """user32 and dwmapi. Windows only."""

    def __init__(self) -> None:
        # getattr: these exist on Windows only, and the types of other systems do not know them.
        load: Any = getattr(ctypes, "WinDLL")  # noqa: B009 - see above
        self._visit: Any = getattr(ctypes, "WINFUNCTYPE")(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)  # noqa: B009 - as well
        self._user, self._dwm = load("user32"), load("dwmapi")
        handle = ctypes.c_void_p
        self._user.EnumWindows.argtypes = (self._visit, handle)
        for name in ("IsWindowVisible", "IsIconic", "GetWindowTextLengthW"):
            getattr(self._user, name).argtypes = (handle,)
        for name in ("GetWindowTextW", "GetClassNameW"):
            getattr(self._user, name).argtypes = (handle, ctypes.c_wchar_p, ctypes.c_int)
        self._user.GetWindowLongW.argtypes = (handle, ctypes.c_int)
        self._user.GetWindowRect.argtypes = (handle, handle)
        self._user.GetWindowThreadProcessId.argtypes = (handle, handle)
        self._dwm.DwmGetWindowAttribute.argtypes = (handle, ctypes.c_uint32, handle, ctypes.c_uint32)

    def records(self) -> list[WindowRecord]:
        """All top-level windows."""
        handles: list[int] = []

        def visit(handle: int, _data: int) -> int:
            handles.append(handle)
            return 1

        self._user.EnumWindows(self._visit(visit), None)
        return [self._record(handle) for handle in handles]

    def _record(self, handle: int) -> WindowRecord:
        pid = ctypes.c_uint32()
        self._user.GetWindowThreadProcessId(handle, ctypes.byref(pid))
        cloaked = ctypes.c_uint32()
        self._dwm.DwmGetWindowAttribute(handle, _CLOAKED, ctypes.byref(cloaked), ctypes.sizeof(cloaked))
        return WindowRecord(
            handle,
            self._text(self._user.GetWindowTextW, handle, int(self._user.GetWindowTextLengthW(handle)) + 1),
            self._outline(handle),
            self._text(self._user.GetClassNameW, handle, _LONGEST_CLASS + 1),
            pid.value,
            int(self._user.GetWindowLongW(handle, _GWL_EXSTYLE)),
            bool(self._user.IsWindowVisible(handle)),
            bool(self._user.IsIconic(handle)),
            bool(cloaked.value),
        )

    def _outline(self, handle: int) -> Rect:
        found = _Rectangle()
        size = ctypes.sizeof(found)
        if self._dwm.DwmGetWindowAttribute(handle, _EXTENDED_FRAME_BOUNDS, ctypes.byref(found), size) != 0:
            self._user.GetWindowRect(handle, ctypes.byref(found))
        return Rect(found.left, found.top, max(0, found.right - found.left), max(0, found.bottom - found.top))

    @staticmethod
    def _text(ask: Any, handle: int, room: int) -> str:
        text = ctypes.create_unicode_buffer(room)
        ask(handle, text, room)
        return text.value
