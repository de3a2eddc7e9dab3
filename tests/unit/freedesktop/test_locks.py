"""What the signals of a desktop say about its lock."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

import pytest
from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    message_bus,
    new_error,
    new_method_return,
    new_signal,
)
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


def test_locks_of_other_peoples_sessions_are_none_of_ours() -> None:
    nobody: frozenset[str] = frozenset()
    assert locks.after(nobody, LOCK, "/other") == nobody
    assert locks.after(nobody, LOCK, "/some/where") == {"locked"}
    assert locks.after(frozenset({"locked"}), UNLOCK, "/other") == {"locked"}
    assert locks.after(nobody, saver(True), "/other") == {"locked"}, "that is our own bus"
    assert locks.after(nobody, SLEEP, "/other") == {"asleep"}


class Logind(threading.Thread):
    """Answers as logind does what is in `answers`, by method."""

    def __init__(self, answers: dict[str, tuple[str, tuple[object, ...]]]) -> None:
        super().__init__(daemon=True)
        self._answers = answers
        self.bus = open_dbus_connection("SESSION")
        self.bus.send_and_get_reply(message_bus.RequestName("org.freedesktop.login1"))

    def run(self) -> None:
        while True:
            try:
                call = self.bus.receive(timeout=0.1)
            except TimeoutError:
                continue
            except (OSError, ValueError):
                return
            if call.header.message_type is not MessageType.method_call:
                continue
            found = self._answers.get(str(call.header.fields[HeaderFields.member]))
            reply = new_error(call, "org.freedesktop.login1.NoSuchSession") if found is None else None
            self.bus.send(reply or new_method_return(call, *found or ()))


SESSION = "/org/freedesktop/login1/session/_37"


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ({"GetSession": ("o", (SESSION,))}, SESSION),
        ({"GetSessionByPID": ("o", (SESSION,))}, SESSION),
        ({"GetUser": ("o", ("/user",)), "Get": ("v", (("(so)", ("7", SESSION)),))}, SESSION),
        ({"GetUser": ("o", ("/user",)), "Get": ("v", (("(so)", ("", "/")),))}, None),
        ({}, None),
    ],
)
def test_which_session_is_ours(
    bus: None, monkeypatch: pytest.MonkeyPatch, answers: dict[str, tuple[str, tuple[object, ...]]], found: str | None
) -> None:
    monkeypatch.setenv("XDG_SESSION_ID", "7")
    logind = Logind(answers)
    logind.start()
    connection = open_dbus_connection("SESSION")
    try:
        assert locks._own_session(connection) == found
    finally:
        connection.close()
        logind.bus.close()
        logind.join(5)


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
