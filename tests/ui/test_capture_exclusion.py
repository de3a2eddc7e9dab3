"""What Windows and macOS are asked to keep a window out of pictures of the screen, by stand-ins for their libraries."""

from __future__ import annotations

import ctypes
import sys
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_helper.qt.capture_exclusion import exclude


class FakeFunction:
    """Notes what it is called with."""

    def __init__(self, answer: int) -> None:
        self.answer = answer
        self.argtypes: tuple[object, ...] = ()
        self.calls: list[tuple[int, int]] = []

    def __call__(self, handle: int, affinity: int) -> int:
        self.calls.append((handle, affinity))
        return self.answer


@pytest.mark.parametrize("answer", [0, 1])
def test_windows_is_asked_and_its_answer_counts(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, answer: int) -> None:
    function = FakeFunction(answer)
    window = QWidget()
    qtbot.addWidget(window)
    handle = int(window.winId())
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(
        ctypes, "WinDLL", lambda _name: SimpleNamespace(SetWindowDisplayAffinity=function), raising=False
    )
    excluded = exclude(window)
    monkeypatch.undo()
    assert excluded == bool(answer)
    assert function.calls == [(handle, 0x11)]
    assert function.argtypes == (ctypes.c_void_p, ctypes.c_uint32), "a handle is as wide as a pointer"


class FakeRuntime:
    """Objective-C's: selectors are numbers, and every message is noted."""

    def __init__(self, window: int) -> None:
        self.window = window
        self.selectors: list[bytes] = []
        self.sent: list[tuple[int, bytes, tuple[int, ...]]] = []
        self.types: list[tuple[object, ...]] = []
        self.sel_registerName = self.Selector(self)

    class Selector:
        """`sel_registerName`, whose types are set from outside."""

        def __init__(self, runtime: FakeRuntime) -> None:
            self._runtime = runtime

        def __call__(self, name: bytes) -> int:
            self._runtime.selectors.append(name)
            return len(self._runtime.selectors) - 1

    def function_type(self, *types: object):
        """Stands for `CFUNCTYPE`: a type that makes functions of what a library exports."""
        self.types.append(types)

        def make(exported: tuple[str, FakeRuntime]):
            assert exported == ("objc_msgSend", self)
            return self._send

        return make

    def _send(self, receiver: int, selector: int, *values: int) -> int:
        self.sent.append((receiver, self.selectors[selector], values))
        return self.window


@pytest.mark.parametrize("found", [0, 4711])
def test_macos_is_asked_for_the_window_of_the_view(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, found: int) -> None:
    runtime, window = FakeRuntime(found), QWidget()
    qtbot.addWidget(window)
    view = int(window.winId())
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(ctypes, "CDLL", lambda _path: runtime)
    monkeypatch.setattr(ctypes, "CFUNCTYPE", runtime.function_type)
    excluded = exclude(window)
    monkeypatch.undo()
    assert excluded == bool(found)
    wanted = [(view, b"window", ()), (found, b"setSharingType:", (0,))]  # NSWindowSharingNone
    assert runtime.sent == (wanted if found else wanted[:1]), "a view without a window is left alone"
    assert runtime.types[1] == (None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong), "an NSUInteger"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="of Linux")
def test_nothing_can_do_it_on_linux(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    assert not exclude(window)
