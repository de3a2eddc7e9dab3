"""Hotkeys on a real X server: real key events, a real focused program beside us."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_helper.qt.hotkeys._xcb import XcbConnection
from tests.support.xrig import XRig, wait_until, x_rig

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).resolve().parents[2]


class HotkeyApp:
    """A running `tests.support.hotkey_app` and the lines that it has printed."""

    def __init__(self, rig: XRig, provider: str, *hotkeys: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.hotkey_app", provider, *hotkeys],
            cwd=ROOT,
            env=rig.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.strip())

    def wait_line(self, start: str) -> str:
        found = wait_until(lambda: [line for line in self.lines if line.startswith(start)], f"a line {start!r}")
        return found[0]

    def count(self, line: str) -> int:
        return self.lines.count(line)

    def quit(self) -> None:
        if self.process.stdin is not None and not self.process.stdin.closed:
            self.process.stdin.close()
        self._finish()

    def kill(self) -> None:
        self.process.kill()
        if self.process.stdin is not None:
            self.process.stdin.close()
        self._finish()

    def _finish(self) -> None:
        self.process.wait(10)
        self._reader.join(10)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def rig() -> Iterator[XRig]:
    with x_rig(800, 600) as started:
        yield started


@pytest.fixture
def start(rig: XRig):
    apps: list[HotkeyApp] = []

    def begin(*hotkeys: str, provider: str = "xgrab") -> HotkeyApp:
        app = HotkeyApp(rig, provider, *hotkeys)
        apps.append(app)
        app.wait_line("ready")
        return app

    yield begin
    for app in apps:
        if app.process.poll() is None:
            app.quit()


@pytest.fixture
def typed(rig: XRig, tmp_path: Path):
    """A focused terminal that writes every byte it gets into the returned file."""
    path = tmp_path / "typed"
    path.touch()
    rig.spawn(["xterm", "-T", "victim", "-e", "sh", "-c", f"stty raw -echo; exec cat > {path}"])
    rig.focus(rig.wait_window("victim"))
    rig.type_text("a")
    wait_until(lambda: path.read_bytes() == b"a", "the terminal to listen")
    path.write_bytes(b"")
    return path


def test_every_press_arrives_and_none_reaches_the_focused_program(rig, start, typed):
    app = start("region=Ctrl+Shift+X")
    assert app.lines == ["ready xgrab"]
    for _ in range(30):
        rig.key("ctrl+shift+x")
    wait_until(lambda: app.count("pressed region") >= 30, "30 presses")
    rig.key("ctrl+x")  # not ours: the control for what a leak would look like
    wait_until(typed.read_bytes, "the control key")
    assert app.count("pressed region") == 30
    assert typed.read_bytes().strip(b"a").count(b"\x18") == 1


@pytest.mark.parametrize("lock", ["Num_Lock", "Caps_Lock", "Scroll_Lock"])
def test_lock_keys_do_not_matter(rig, start, lock):
    app = start("region=Ctrl+Shift+X")
    rig.xdotool("key", lock)
    rig.xdotool("key", "ctrl+shift+x")
    wait_until(lambda: app.count("pressed region") == 1, f"a press with {lock} on")
    rig.xdotool("key", lock)
    rig.xdotool("key", "ctrl+shift+x")
    wait_until(lambda: app.count("pressed region") == 2, f"a press with {lock} off")


def test_holding_the_key_fires_once(rig, start, typed):
    subprocess.run(["xset", "r", "rate", "100", "50"], env=rig.env, check=True)
    begin = time.monotonic()
    rig.xdotool("keydown", "z")
    wait_until(lambda: typed.read_bytes().count(b"z") >= 5, "proof that the server repeats keys")
    rig.xdotool("keyup", "z")
    long_enough = 2 * (time.monotonic() - begin)
    app = start("region=Ctrl+Shift+X", "chat=Ctrl+Shift+Space")
    rig.xdotool("keydown", "ctrl", "keydown", "shift", "keydown", "x")
    wait_until(lambda: app.count("pressed region") == 1, "the first press")
    time.sleep(long_enough)  # nothing must happen, so there is nothing to wait for
    rig.xdotool("keyup", "x", "keyup", "shift", "keyup", "ctrl")
    rig.key("ctrl+shift+space")
    wait_until(lambda: app.count("pressed chat") == 1, "the other key")
    assert app.count("pressed region") == 1


def test_more_modifiers_are_another_chord(rig, start):
    app = start("region=Ctrl+Shift+X", "chat=Ctrl+Shift+1")
    rig.key("ctrl+alt+shift+x")
    rig.key("ctrl+x")
    rig.key("ctrl+shift+1")
    wait_until(lambda: app.count("pressed chat") == 1, "the control key")
    assert app.count("pressed region") == 0


def test_a_taken_key_is_reported_by_name_and_the_others_work(rig, start):
    start("other=Ctrl+Shift+X")
    app = start("region=ctrl+shift+x", "chat=Ctrl+Shift+Space", "screen=Ctrl+Shift+Space", "window=Hyper+F")
    problems = [line for line in app.lines if line.startswith("problem")]
    assert "problem region Ctrl+Shift+X is taken by another program." in problems
    assert "problem screen Ctrl+Shift+Space is already used for “chat”." in problems
    assert any(line.startswith("problem window “Hyper” is not a key") for line in problems)
    assert len(problems) == 3
    rig.key("ctrl+shift+space")
    wait_until(lambda: app.count("pressed chat") == 1, "the key that is not taken")


@pytest.mark.parametrize("end", ["quit", "kill"])
def test_keys_are_given_back_at_the_end_even_a_violent_one(rig, start, typed, end):
    app = start("region=Ctrl+Shift+X")
    getattr(app, end)()
    rig.key("ctrl+shift+x")
    wait_until(lambda: b"\x18" in typed.read_bytes(), "the key to reach the terminal again")
    assert start("region=Ctrl+Shift+X").lines == ["ready xgrab"]


def test_keys_follow_a_change_of_the_keyboard_layout(rig, start):
    app = start("region=Ctrl+Shift+Q")
    rig.xdotool("key", "ctrl+shift+q")
    wait_until(lambda: app.count("pressed region") == 1, "Q on the US layout")
    subprocess.run(["setxkbmap", "fr"], env=rig.env, check=True)
    wait_until(lambda: _press_until(rig, app, 38, 2), "Q where the French layout has it")
    before = app.count("pressed region")
    _press_code(rig, 24)  # where it was
    _press_code(rig, 38)
    wait_until(lambda: app.count("pressed region") == before + 1, "only the new place")


def test_a_key_that_another_layout_lacks_works_again_when_the_old_one_returns(rig, start):
    subprocess.run(["setxkbmap", "de"], env=rig.env, check=True)
    app = start("region=Ctrl+Shift+Ö", "chat=Ctrl+Shift+Space")
    subprocess.run(["setxkbmap", "us"], env=rig.env, check=True)
    app.wait_line("lost region This keyboard has no key “Ö”.")
    subprocess.run(["setxkbmap", "fr"], env=rig.env, check=True)  # as little, and said once
    subprocess.run(["setxkbmap", "de"], env=rig.env, check=True)
    app.wait_line("regained region")
    _press_code(rig, 47)
    wait_until(lambda: app.count("pressed region") == 1, "Ö where the German layout has it")
    assert [line for line in app.lines if line.startswith(("lost", "regained"))] == [
        "lost region This keyboard has no key “Ö”.",
        "regained region",
    ]


def test_a_key_that_was_missing_from_the_start_works_when_its_layout_comes(rig, start):
    app = start("region=Ctrl+Shift+Ö")
    assert app.lines == ["problem region This keyboard has no key “Ö”.", "ready xgrab"]
    subprocess.run(["setxkbmap", "de"], env=rig.env, check=True)
    app.wait_line("regained region")


def _press_code(rig: XRig, code: int) -> None:
    rig.xdotool("key", f"ctrl+shift+{code}")


def _press_until(rig: XRig, app: HotkeyApp, code: int, presses: int) -> bool:
    _press_code(rig, code)
    return app.count("pressed region") >= presses


def test_a_layout_without_latin_letters_keeps_the_key(rig, start):
    app = start("region=Ctrl+Shift+X")
    subprocess.run(["setxkbmap", "us,ru"], env=rig.env, check=True)
    wait_until(lambda: _press_until(rig, app, 53, 1), "X with a second layout")
    subprocess.run(["setxkbmap", "ru"], env=rig.env, check=True)
    presses = app.count("pressed region")
    wait_until(lambda: _press_until(rig, app, 53, presses + 3), "the key of X on a Russian keyboard")
    assert not [line for line in app.lines if line.startswith("problem ")]


def test_the_fallback_hears_the_key_too(rig, start):
    app = start("region=Ctrl+Shift+X", "chat=Ctrl+Shift+Space", provider="pynput")
    assert app.lines == ["ready pynput"]
    wait_until(lambda: _press_until(rig, app, 53, 1), "pynput to listen")  # its thread connects when it likes
    rig.key("ctrl+shift+space")
    wait_until(lambda: app.count("pressed chat") == 1, "the other key")
    app.quit()
    assert app.process.returncode == 0


def test_a_display_that_is_not_there_is_an_error_and_not_a_crash():
    with pytest.raises(ConnectionError):
        XcbConnection(":65000")
