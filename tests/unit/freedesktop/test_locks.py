"""What the signals of a desktop say about its lock."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

import pytest
from jeepney import DBusAddress, Message, new_signal
from jeepney.io.blocking import open_dbus_connection

from desktop_helper.core.cancel import CancelToken
from desktop_helper.freedesktop import locks
from tests.support.session_bus import session_bus


def signal(interface: str, member: str, *body: bool) -> Message:
    address = DBusAddress("/some/where", interface=interface)
    return new_signal(address, member, "b" * len(body) or None, body)


def saver(active: bool, desktop: str = "freedesktop") -> Message:
    return signal(f"org.{desktop}.ScreenSaver", "ActiveChanged", active)


LOCK = signal("org.freedesktop.login1.Session", "Lock")
UNLOCK = signal("org.freedesktop.login1.Session", "Unlock")
SLEEP = signal("org.freedesktop.login1.Manager", "PrepareForSleep", True)
WAKE = signal("org.freedesktop.login1.Manager", "PrepareForSleep", False)


@pytest.mark.parametrize(
    ("messages", "locked"),
    [
        ([saver(True)], True),
        ([saver(True), saver(False)], False),
        ([LOCK, saver(True), saver(False)], False),
        ([LOCK, UNLOCK], False),
        ([SLEEP], True),
        ([SLEEP, WAKE], False),
        ([saver(True), SLEEP, WAKE], True),
        ([signal("org.freedesktop.ScreenSaver", "Other", True)], False),
        ([signal("org.freedesktop.ScreenSaver", "ActiveChanged")], False),
    ],
)
def test_what_they_come_to(messages: list[Message], locked: bool) -> None:
    reasons: frozenset[str] = frozenset()
    for message in messages:
        reasons = locks.after(reasons, message)
    assert bool(reasons) is locked


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere")
    with session_bus(monkeypatch):
        yield


@pytest.mark.parametrize("desktop", ["freedesktop", "gnome", "cinnamon", "mate", "xfce"])
def test_a_screen_saver_is_heard_until_it_is_cancelled(bus: None, desktop: str) -> None:
    heard: queue.Queue[bool] = queue.Queue()
    cancel = CancelToken()
    watch = threading.Thread(target=locks.watch, args=(heard.put, cancel))
    watch.start()
    connection = open_dbus_connection("SESSION")
    try:
        for _ in range(100):  # until it listens
            connection.send(saver(True, desktop))
            try:
                assert heard.get(timeout=0.1) is True
                break
            except queue.Empty:
                continue
        connection.send(saver(True, desktop))
        connection.send(saver(False, desktop))
        assert heard.get(timeout=5) is False
    finally:
        connection.close()
        cancel.cancel()
        watch.join(5)
    assert not watch.is_alive()


def test_without_a_bus_there_is_nothing_to_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    heard: list[bool] = []
    locks.watch(heard.append, CancelToken())
    assert heard == []
