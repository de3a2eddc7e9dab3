"""A GlobalShortcuts portal on the session bus; says when it is ready: `python -m tests.support.shortcuts_portal HOW`.

HOW: `all` (gives every key), `some` (all but the last), `refused` (the user says no), `error` (no session at all).
Then it says what happens, and at SIGUSR1 presses the first key of the session that is bound.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
from typing import Any

from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_error, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection

DESKTOP = "/org/freedesktop/portal/desktop"


def say(*words: object) -> None:
    print(*words, flush=True)


class Portal:
    def __init__(self, how: str) -> None:
        self.how = how
        self.bus = open_dbus_connection("SESSION")
        self.bus.send_and_get_reply(message_bus.RequestName("org.freedesktop.portal.Desktop"))
        self.session = ""
        self.names: list[str] = []

    def press(self) -> None:
        portal = DBusAddress(DESKTOP, interface="org.freedesktop.portal.GlobalShortcuts")
        body: tuple[object, ...] = (self.session, self.names[0], 0, {})
        self.bus.send(new_signal(portal, "Activated", "osta{sv}", body))

    def handle(self, call: Message) -> None:
        member = call.header.fields[HeaderFields.member]
        if member == "Get":
            self.bus.send(new_method_return(call, "v", (("u", 1),)))
        elif member == "Register":
            say("register", call.body[0])
            self.bus.send(new_method_return(call))
        elif member == "Close":
            say("closed")
            self.bus.send(new_method_return(call))
        elif self.how == "error":
            self.bus.send(new_error(call, "org.freedesktop.portal.Error.Failed", "s", ("No.",)))
        elif member == "CreateSession":
            self.session = f"{DESKTOP}/session/one/{call.body[0]['session_handle_token'][1]}"
            self._answer(call, {"session_handle": ("s", self.session)})
        elif member == "BindShortcuts":
            self._bind(call)

    def _bind(self, call: Message) -> None:
        session, shortcuts, _parent, _options = call.body
        assert session == self.session
        say("bind", json.dumps({name: {key: value for key, (_, value) in more.items()} for name, more in shortcuts}))
        given = shortcuts[:-1] if self.how == "some" else shortcuts
        self.names = [name for name, _more in given]
        self._answer(call, {"shortcuts": ("a(sa{sv})", given)}, refused=self.how == "refused")

    def _answer(self, call: Message, results: dict[str, Any], *, refused: bool = False) -> None:
        token = call.body[-1]["handle_token"][1]
        sender = call.header.fields[HeaderFields.sender].removeprefix(":").replace(".", "_")
        path = f"{DESKTOP}/request/{sender}/{token}"
        self.bus.send(new_method_return(call, "o", (path,)))
        request = DBusAddress(path, interface="org.freedesktop.portal.Request")
        self.bus.send(new_signal(request, "Response", "ua{sv}", (1, {}) if refused else (0, results)))


def main(how: str) -> None:
    portal = Portal(how)
    woken, wake = os.pipe()
    signal.signal(signal.SIGUSR1, lambda *_: os.write(wake, b"!"))
    say("ready")
    while True:
        ready, _, _ = select.select([portal.bus.sock, woken], [], [])
        if woken in ready:
            os.read(woken, 16)
            portal.press()
        with contextlib.suppress(TimeoutError):  # several calls may have come at once
            while True:
                message = portal.bus.receive(timeout=0)
                if message.header.message_type is MessageType.method_call:
                    portal.handle(message)


if __name__ == "__main__":
    main(sys.argv[1])
