"""Locks where the system is asked: Windows and macOS, with stand-ins for their libraries."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import pytest

from desktop_helper.core.cancel import CancelToken
from desktop_helper.services import screen_lock


class Library:
    """Answers what the test says, and remembers what was called."""

    def __init__(self, **answers: Any) -> None:
        self.calls: list[tuple[Any, ...]] = []
        for name, value in answers.items():
            setattr(self, name, self._function(name, value))

    def _function(self, name: str, value: Any) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            self.calls.append((name, *arguments))
            return value

        return call

    @property
    def called(self) -> list[str]:
        return [call[0] for call in self.calls]


@pytest.mark.parametrize(("platform", "asked"), [("win32", "_on_windows"), ("darwin", "_on_macos")])
def test_each_change_is_told_once(monkeypatch: pytest.MonkeyPatch, platform: str, asked: str) -> None:
    states = [False, True, True, True, False, False, True]
    cancel = CancelToken()
    heard: list[bool] = []

    def ask() -> bool:
        if len(states) == 1:
            cancel.cancel()
        return states.pop(0)

    monkeypatch.setattr(screen_lock, "_PLATFORM", platform)
    monkeypatch.setattr(screen_lock, "ASK_S", 0.001)
    monkeypatch.setattr(screen_lock, asked, ask)
    screen_lock.watch(heard.append, cancel)
    assert heard == [True, False, True]


@pytest.mark.parametrize(("handle", "locked"), [(None, True), (0, True), (4711, False)])
def test_windows_opens_the_desktop_of_a_session_that_is_not_locked(
    monkeypatch: pytest.MonkeyPatch, handle: int | None, locked: bool
) -> None:
    user32 = Library(OpenInputDesktop=handle, CloseDesktop=1)
    monkeypatch.setattr(ctypes, "WinDLL", lambda _name: user32, raising=False)
    assert screen_lock._on_windows() is locked
    assert user32.called == ["OpenInputDesktop"] + ([] if locked else ["CloseDesktop"])


@pytest.mark.parametrize("locked", [True, False])
def test_macos_has_a_key_in_the_dictionary_of_a_locked_session(monkeypatch: pytest.MonkeyPatch, locked: bool) -> None:
    core = Library(CFStringCreateWithCString=5, CFDictionaryContainsKey=locked, CFRelease=None)
    graphics = Library(CGSessionCopyCurrentDictionary=6)
    monkeypatch.setattr(ctypes, "CDLL", lambda name: core if "CoreFoundation" in name else graphics)
    assert screen_lock._on_macos() is locked
    assert [call for call in core.calls if call[0] == "CFRelease"] == [("CFRelease", 5), ("CFRelease", 6)]


def test_macos_without_a_session_is_not_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    core = Library(CFStringCreateWithCString=5, CFDictionaryContainsKey=True, CFRelease=None)
    graphics = Library(CGSessionCopyCurrentDictionary=None)
    monkeypatch.setattr(ctypes, "CDLL", lambda name: core if "CoreFoundation" in name else graphics)
    assert screen_lock._on_macos() is False
