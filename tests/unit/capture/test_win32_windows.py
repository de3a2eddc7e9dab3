"""Which windows of a Windows desktop are offered, and how the system is asked."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import pytest

from desktop_helper.capture._win32_windows import WS_EX_TOOLWINDOW, WindowRecord, shown, win32_windows
from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import WindowInfo

DESKTOP = Rect(-1920, 0, 3840, 1080)  # a second monitor at the left
AREA = Rect(100, 200, 640, 480)
OWN_PID = 4242


@pytest.mark.parametrize(
    "changes",
    [
        {"visible": False},
        {"minimised": True},
        {"cloaked": True},
        {"title": ""},
        {"pid": OWN_PID},
        {"class_name": "Progman"},
        {"class_name": "Shell_TrayWnd"},
        {"extended_style": 0x100 | WS_EX_TOOLWINDOW},
    ],
    ids=str,
)
def test_what_is_no_window_to_a_user(changes: dict[str, Any]) -> None:
    plain: dict[str, Any] = {"window_id": 7, "title": "Notes", "rect": AREA}
    assert [window.window_id for window in shown([WindowRecord(**plain)], OWN_PID)] == [7]
    assert shown([WindowRecord(**plain | changes)], OWN_PID) == []


def test_windows_are_cut_to_the_monitors_and_keep_their_order() -> None:
    records = [
        WindowRecord(1, "left", Rect(-2000, -10, 300, 200)),
        WindowRecord(2, "beyond", Rect(5000, 0, 300, 200)),
        WindowRecord(3, "right", AREA),
    ]
    windows = win32_windows(lambda: DESKTOP, lambda: records).now()
    assert windows == [WindowInfo(1, "left", Rect(-1920, 0, 220, 190)), WindowInfo(3, "right", AREA)]


class _Function:
    """A function of a library, which ctypes lets declare its types."""

    def __init__(self, call: Callable[..., int]) -> None:
        self._call = call

    def __call__(self, *arguments: Any) -> int:
        return self._call(*arguments)


class _Library:
    def __init__(self, **functions: Callable[..., int]) -> None:
        for name, call in functions.items():
            setattr(self, name, _Function(call))


def _write(target: Any, value: Any) -> None:
    ctypes.memmove(ctypes.addressof(target._obj), ctypes.byref(value), ctypes.sizeof(value))


TITLES = {0x7FFF00000001: "笔记 — Notes", 2: "Old program"}  # handles have 64 bits


def _user32() -> _Library:
    def text(answers: Callable[[int], str]) -> Callable[[int, Any, int], int]:
        def get(handle: int, target: Any, room: int) -> int:
            target.value = answers(handle)[: room - 1]
            return len(target.value)

        return get

    def enumerate_windows(visit: Any, data: Any) -> int:
        return int(all(visit(handle, data) for handle in TITLES))

    def pid(_handle: int, target: Any) -> int:
        _write(target, ctypes.c_uint32(99))
        return 1

    def rect(_handle: int, target: Any) -> int:
        _write(target, (ctypes.c_long * 4)(10, 20, 110, 220))
        return 1

    return _Library(
        EnumWindows=enumerate_windows,
        IsWindowVisible=lambda _handle: 1,
        IsIconic=lambda _handle: 0,
        GetWindowTextLengthW=lambda handle: len(TITLES[handle]),
        GetWindowTextW=text(TITLES.__getitem__),
        GetClassNameW=text(lambda _handle: "Notepad"),
        GetWindowLongW=lambda _handle, _index: 0,
        GetWindowRect=rect,
        GetWindowThreadProcessId=pid,
    )


def _attribute(handle: int, attribute: int, target: Any, _size: int) -> int:
    """dwmapi knows the outline of the first window only."""
    if attribute != 9:
        return 0
    if handle == 2:
        return -1
    _write(target, (ctypes.c_long * 4)(-100, 0, 300, 500))
    return 0


def test_the_system_is_asked_for_titles_and_outlines(monkeypatch: pytest.MonkeyPatch) -> None:
    libraries = {"user32": _user32(), "dwmapi": _Library(DwmGetWindowAttribute=_attribute)}
    monkeypatch.setattr(ctypes, "WinDLL", libraries.__getitem__, raising=False)
    monkeypatch.setattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE, raising=False)
    windows = win32_windows(lambda: DESKTOP)
    assert windows.now() == [
        WindowInfo(0x7FFF00000001, "笔记 — Notes", Rect(-100, 0, 400, 500)),
        WindowInfo(2, "Old program", Rect(10, 20, 100, 200)),
    ]
    windows.close()
