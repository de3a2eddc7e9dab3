"""What the app asks of its hotkeys, with a provider that remembers."""

from __future__ import annotations

import ctypes

import pytest
from PySide6.QtCore import QByteArray

from desktop_helper.core.availability import AVAILABLE, Availability
from desktop_helper.qt.hotkeys import win32
from desktop_helper.qt.hotkeys.manager import Hotkeys, plugs
from desktop_helper.qt.hotkeys.provider import HotkeyPlug, taken_message
from desktop_helper.services import hotkey_support
from desktop_helper.services.chord import parse


class FakeProvider:
    """Takes every key but those in `taken`."""

    name = "fake"

    def __init__(self, on_pressed, on_changed, taken=()):
        self.press, self.change = on_pressed, on_changed
        self.taken = set(taken)
        self.held: dict[str, str] = {}
        self.closed = False

    def grab(self, name, chord):
        if str(chord) in self.taken:
            return taken_message(chord)
        self.held[name] = str(chord)
        return None

    def release_all(self):
        self.held.clear()

    def close(self):
        self.release_all()
        self.closed = True

    def key_name(self, scan_code, virtual_key):
        return {38: "A"}.get(scan_code, "")


class Desk:
    """A desktop with one provider, and the provider once it is made."""

    def __init__(self, taken=(), state=AVAILABLE):
        self.made: list[FakeProvider] = []
        self.taken, self.state = taken, state

    def plugs(self):
        def create(on_pressed, on_changed):
            self.made.append(FakeProvider(on_pressed, on_changed, self.taken))
            return self.made[-1]

        return [HotkeyPlug("fake", lambda: self.state, create)]


@pytest.fixture
def make(qtbot):
    started: list[Hotkeys] = []

    def begin(desk: Desk) -> Hotkeys:
        started.append(Hotkeys(find_plugs=desk.plugs))
        return started[-1]

    yield begin
    for hotkeys in started:
        hotkeys.close()


def test_takes_the_keys_and_tells_who_was_pressed(make, qtbot):
    desk = Desk()
    hotkeys = make(desk)
    assert hotkeys.apply({"region": "shift+ctrl+x", "chat": "", "new": "  "}) == []
    assert desk.made[0].held == {"region": "Ctrl+Shift+X"}
    assert hotkeys.provider_name == "fake"
    with qtbot.waitSignal(hotkeys.activated) as caught:
        desk.made[0].press("region")
    assert caught.args == ["region"]


def test_applying_again_gives_the_old_keys_back(make):
    desk = Desk()
    hotkeys = make(desk)
    hotkeys.apply({"region": "Ctrl+1", "chat": "Ctrl+2"})
    hotkeys.apply({"region": "Ctrl+3"})
    assert desk.made[0].held == {"region": "Ctrl+3"}
    assert len(desk.made) == 1


def test_problems_name_the_key_and_the_rest_works(make):
    desk = Desk(taken={"Ctrl+Shift+X"})
    hotkeys = make(desk)
    problems = hotkeys.apply({"region": "Ctrl+Shift+X", "chat": "Ctrl+2", "new": "ctrl+2", "quit": "Hyper+Q"})
    told = {problem.name: problem.message for problem in problems}
    assert told["region"] == "Ctrl+Shift+X is taken by another program."
    assert told["new"] == "Ctrl+2 is already used for “chat”."
    assert told["quit"].startswith("“Hyper” is not a key")
    assert desk.made[0].held == {"chat": "Ctrl+2"}
    assert all(problem.fix for problem in problems)


def test_without_a_provider_every_key_says_why_and_what_to_do(make):
    state = Availability(ok=False, reason="No keys here.", fix="Use trigger.")
    hotkeys = make(Desk(state=state))
    problems = hotkeys.apply({"region": "Ctrl+Shift+X"})
    assert [(problem.message, problem.fix) for problem in problems] == [("No keys here.", "Use trigger.")]
    assert hotkeys.availability() == state
    assert hotkeys.provider_name == ""


def test_the_next_provider_is_used_when_the_first_cannot_connect(make, qtbot):
    desk = Desk()

    def refuse(*_):
        raise OSError("no display")

    hotkeys = Hotkeys(find_plugs=lambda: [HotkeyPlug("broken", lambda: AVAILABLE, refuse), *desk.plugs()])
    assert hotkeys.apply({"region": "Ctrl+Shift+X"}) == []
    assert hotkeys.provider_name == "fake"
    hotkeys.close()


def test_trying_a_key_leaves_everything_as_it_was(make):
    desk = Desk(taken={"Ctrl+9"})
    hotkeys = make(desk)
    hotkeys.apply({"region": "Ctrl+1"})
    assert hotkeys.check("chat", "Ctrl+2") is None
    assert hotkeys.check("region", "Ctrl+1") is None
    problem = hotkeys.check("chat", "Ctrl+9")
    assert problem is not None
    assert problem.message == "Ctrl+9 is taken by another program."
    assert desk.made[0].held == {"region": "Ctrl+1"}
    assert "needed for typing" in str(hotkeys.check("chat", "Shift+A"))


def test_keys_can_be_lent_to_a_settings_field(make):
    desk = Desk()
    hotkeys = make(desk)
    hotkeys.apply({"region": "Ctrl+1"})
    hotkeys.suspend()
    assert desk.made[0].held == {}
    assert hotkeys.check("chat", "Ctrl+2") is None
    assert desk.made[0].held == {}
    hotkeys.resume()
    assert desk.made[0].held == {"region": "Ctrl+1"}
    assert hotkeys.key_name(38, 0) == "A"


def test_a_key_lost_later_becomes_a_problem(make, qtbot):
    desk = Desk()
    hotkeys = make(desk)
    hotkeys.apply({"region": "Ctrl+1"})
    with qtbot.waitSignal(hotkeys.lost) as told:
        desk.made[0].change("region", "Gone.")
    assert told.args == hotkeys.problems
    assert [(problem.chord, problem.message) for problem in hotkeys.problems] == [("Ctrl+1", "Gone.")]
    assert hotkeys.apply({"region": "Ctrl+1"}) == []


def test_a_lost_key_that_works_again_is_no_problem_any_more(make, qtbot):
    desk = Desk()
    hotkeys = make(desk)
    hotkeys.apply({"region": "Ctrl+1"})
    desk.made[0].change("region", "Gone.")
    with qtbot.waitSignal(hotkeys.regained) as told:
        desk.made[0].change("region", None)
    assert told.args == ["region"]
    assert hotkeys.problems == []


def test_closing_twice_is_fine(make):
    desk = Desk()
    hotkeys = make(desk)
    hotkeys.apply({"region": "Ctrl+1"})
    hotkeys.close()
    hotkeys.close()
    assert desk.made[0].closed


def test_on_wayland_the_fix_is_the_trigger_command(qtbot, monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setenv("DISPLAY", ":0")
    state = Hotkeys().availability()
    assert not state.ok
    assert "desktop-helper trigger region" in state.fix


def test_each_system_has_a_provider_and_pynput_comes_last(qtbot):
    assert {plug.name for plug in plugs()} == {"xgrab", "portal", "win32", "carbon", "pynput"}
    assert plugs()[-1].name == "pynput"


def test_doctor_asks_what_the_app_asks(qtbot):
    assert {plug.name: plug.availability for plug in plugs()} == dict(hotkey_support.WAYS)
    assert list(hotkey_support.WAYS)[-1] == "pynput"


class FakeUser32:
    def __init__(self, error=0):
        self.error = error
        self.registered: dict[int, tuple[int, int]] = {}

    def register(self, hotkey_id, modifiers, key):
        if not self.error:
            self.registered[hotkey_id] = (modifiers, key)
        return self.error

    def unregister(self, hotkey_id):
        del self.registered[hotkey_id]

    def key_of_character(self, character):
        return {"/": (0x37, True)}.get(character, (0, False))

    def character_of_key(self, virtual_key):
        return chr(virtual_key).lower() if 0x30 <= virtual_key < 0x5B else ""


@pytest.fixture
def windows(qtbot):
    user32 = FakeUser32()
    pressed: list[str] = []
    provider = win32.Win32Provider(pressed.append, lambda *_: None, user32)
    yield provider, user32, pressed
    provider.close()
    assert user32.registered == {}


def test_windows_registers_without_auto_repeat(windows):
    provider, user32, _ = windows
    assert provider.grab("region", parse("Ctrl+Shift+X")) is None
    assert provider.grab("chat", parse("Ctrl+/")) is None
    assert list(user32.registered.values()) == [(0x4000 | 0x2 | 0x4, 0x58), (0x4000 | 0x2 | 0x4, 0x37)]
    assert "no key “@”" in provider.grab("new", parse("Ctrl+@"))


def test_windows_hears_wm_hotkey_in_the_message_queue(windows):
    provider, user32, pressed = windows
    provider.grab("region", parse("Ctrl+Shift+X"))
    hotkey_id = next(iter(user32.registered))
    messages = [win32.Msg(None, win32.WM_HOTKEY, hotkey_id, 0), win32.Msg(None, 0x100, hotkey_id, 0)]
    listener = win32._Filter(provider._pressed)
    kind = QByteArray(b"windows_generic_MSG")
    assert [listener.nativeEventFilter(kind, ctypes.addressof(message)) for message in messages] == [
        (True, 0),
        (False, 0),
    ]
    assert listener.nativeEventFilter(QByteArray(b"xcb_generic_event_t"), 0) == (False, 0)
    assert pressed == ["region"]


def test_windows_says_who_holds_the_key(qtbot):
    provider = win32.Win32Provider(lambda _: None, lambda *_: None, FakeUser32(win32.ERROR_HOTKEY_ALREADY_REGISTERED))
    assert provider.grab("region", parse("Ctrl+Shift+X")) == "Ctrl+Shift+X is taken by another program."
    assert provider.key_name(0, 0x25) == "Left"
    assert provider.key_name(0, 0x41) == "A"
    provider.close()
