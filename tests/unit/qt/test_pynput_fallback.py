from __future__ import annotations

from typing import ClassVar

import pytest

from desktop_helper.qt.hotkeys.pynput_fallback import PynputProvider, spelled
from desktop_helper.services import hotkey_support
from desktop_helper.services.chord import parse


class FakeListener:
    alive: ClassVar[list[FakeListener]] = []

    def __init__(self, hotkeys):
        self.hotkeys = hotkeys

    def start(self):
        self.alive.append(self)

    def stop(self):
        self.alive.remove(self)

    def join(self, timeout):
        assert timeout


@pytest.fixture
def listeners():
    FakeListener.alive = []
    return FakeListener.alive


@pytest.mark.parametrize(
    ("chord", "text"),
    [
        ("Ctrl+Shift+X", "<ctrl>+<shift>+x"),
        ("Meta+Space", "<cmd>+<space>"),
        ("Print", "<print_screen>"),
        ("Ctrl+PageUp", "<ctrl>+<page_up>"),
        ("F24", None),
    ],
)
def test_spells_chords_as_pynput_does(chord, text):
    assert spelled(parse(chord)) == text


def test_one_listener_watches_all_keys_and_ends_with_the_provider(listeners):
    pressed: list[str] = []
    provider = PynputProvider(pressed.append, lambda *_: None, FakeListener)
    assert provider.grab("region", parse("Ctrl+Shift+X")) is None
    assert provider.grab("chat", parse("Ctrl+Space")) is None
    assert len(listeners) == 1
    listeners[0].hotkeys["<ctrl>+<space>"]()
    assert pressed == ["chat"]
    provider.close()
    provider.close()
    assert listeners == []


def test_a_listener_that_complains_when_stopped_is_replaced_all_the_same(listeners, monkeypatch):
    def stop(self):
        listeners.remove(self)
        raise OSError("connection closed")

    monkeypatch.setattr(FakeListener, "stop", stop)
    provider = PynputProvider(lambda _name: None, lambda *_: None, FakeListener)
    provider.grab("region", parse("Ctrl+Shift+X"))
    provider.grab("chat", parse("Ctrl+Space"))
    assert [sorted(listener.hotkeys) for listener in listeners] == [["<ctrl>+<shift>+x", "<ctrl>+<space>"]]
    provider.close()
    assert listeners == []


def test_an_action_that_fails_does_not_end_the_listener(listeners, expect_log):
    def fail(_name):
        raise RuntimeError("boom")

    provider = PynputProvider(fail, lambda *_: None, FakeListener)
    provider.grab("region", parse("Ctrl+Shift+X"))
    with expect_log("a hotkey's action failed"):
        listeners[0].hotkeys["<ctrl>+<shift>+x"]()
    provider.close()


def test_says_that_a_key_is_unknown(listeners):
    provider = PynputProvider(lambda _: None, lambda *_: None, FakeListener)
    assert "no key “F24”" in str(provider.grab("region", parse("F24")))
    assert listeners == []


def test_does_not_work_without_a_display(monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    assert not hotkey_support.pynput().ok
