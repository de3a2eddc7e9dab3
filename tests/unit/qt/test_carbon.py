from __future__ import annotations

from collections.abc import Callable

from desktop_helper.qt.hotkeys.carbon import EVENT_HOT_KEY_EXISTS, KEY_CODES, CarbonProvider
from desktop_helper.services.chord import parse


def _nobody(hotkey_id: int) -> None:
    raise AssertionError(hotkey_id)


class FakeEvents:
    def __init__(self, status: int = 0) -> None:
        self.status = status
        self.registered: dict[int, tuple[int, int]] = {}
        self.press: Callable[[int], None] = _nobody

    def listen(self, on_hotkey):
        self.press = on_hotkey

    def register(self, hotkey_id, modifiers, key):
        if not self.status:
            self.registered[hotkey_id] = (modifiers, key)
        return self.status

    def unregister(self, hotkey_id):
        del self.registered[hotkey_id]

    def close(self):
        self.press = _nobody


def test_registers_with_carbons_numbers_and_reports_presses():
    events = FakeEvents()
    pressed: list[str] = []
    provider = CarbonProvider(pressed.append, lambda *_: None, events)
    assert provider.grab("region", parse("Ctrl+Shift+X")) is None
    assert provider.grab("chat", parse("Meta+Alt+Space")) is None
    assert events.registered == {1: (0x1000 | 0x200, 7), 2: (0x100 | 0x800, 49)}
    events.press(2)
    events.press(99)
    assert pressed == ["chat"]
    provider.close()
    assert events.registered == {}
    assert events.press is _nobody


def test_says_who_holds_the_key():
    provider = CarbonProvider(lambda _: None, lambda *_: None, FakeEvents(EVENT_HOT_KEY_EXISTS))
    assert provider.grab("region", parse("Ctrl+Shift+X")) == "Ctrl+Shift+X is taken by another program."


def test_says_what_else_went_wrong():
    provider = CarbonProvider(lambda _: None, lambda *_: None, FakeEvents(-50))
    assert "error -50" in str(provider.grab("region", parse("Ctrl+Shift+X")))
    assert "no key “Print”" in str(provider.grab("region", parse("Print")))


def test_no_two_keys_share_a_code():
    assert len(set(KEY_CODES.values())) == len(KEY_CODES)
