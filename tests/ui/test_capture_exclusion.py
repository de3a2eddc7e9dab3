"""What Windows is asked to keep a window out of pictures of the screen, by a stand-in for its library."""

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


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="of Linux")
def test_nothing_can_do_it_on_linux(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    assert not exclude(window)
