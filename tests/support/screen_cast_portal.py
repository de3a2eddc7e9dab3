"""A ScreenCast portal on the session bus; says when it is ready, and then what it is asked: a method and its options.

`python -m tests.support.screen_cast_portal HOW`

HOW: `screens` (the user shares two), `window` (one), `nothing` (no stream at all), `refused` (by the user), `failed`,
`silent` (never answers), `error` (instead of a reply), `no-remote` (an error instead of PipeWire), `closing` (ends the
session when PipeWire has been opened), `worthless` (fails for who brings a token), `old` (knows no tokens), `none` (a
portal without ScreenCast). PipeWire is a file with the word `pixels` in it.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_error, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection

DESKTOP = "/org/freedesktop/portal/desktop"
PROPERTIES = {"version": 5, "AvailableSourceTypes": 7, "AvailableCursorModes": 3}
SCREENS = [
    (41, {"position": ("(ii)", (0, 0)), "size": ("(ii)", (60, 40)), "source_type": ("u", 1)}),
    (42, {"position": ("(ii)", (60, 0)), "size": ("(ii)", (30, 40)), "source_type": ("u", 1)}),
]
WINDOW = [(43, {"size": ("(ii)", (20, 10)), "source_type": ("u", 2)})]


class Portal:
    def __init__(self, how: str) -> None:
        self.how = how
        self.bus = open_dbus_connection("SESSION", enable_fds=True)
        self.bus.send_and_get_reply(message_bus.RequestName("org.freedesktop.portal.Desktop"))
        self.session = ""
        self.tokens = 0
        self.brought = False

    def handle(self, call: Message) -> None:
        member = call.header.fields[HeaderFields.member]
        if member == "Register":
            self.bus.send(new_method_return(call))
        elif self.how == "none":
            self.bus.send(new_error(call, "org.freedesktop.DBus.Error.UnknownMethod", "s", ("No such interface",)))
        elif member == "Get":
            self._get(call)
        elif member == "Close":
            print("Close", flush=True)
            self.bus.send(new_method_return(call))
        else:
            told = {key: value for key, (_, value) in call.body[-1].items() if not key.endswith("handle_token")}
            print(member, json.dumps(told), flush=True)
            getattr(self, member)(call, told)

    def CreateSession(self, call: Message, told: dict[str, Any]) -> None:
        if self.how == "error":
            self.bus.send(new_error(call, "org.freedesktop.portal.Error.NotAllowed", "s", ("Not in this mood.",)))
            return
        self.session = f"{DESKTOP}/session/one/{call.body[0]['session_handle_token'][1]}"
        self._answer(call, 0, {"session_handle": ("s", self.session)})

    def SelectSources(self, call: Message, told: dict[str, Any]) -> None:
        assert call.body[0] == self.session
        self.brought = "restore_token" in told
        self._answer(call, 0, {})

    def Start(self, call: Message, told: dict[str, Any]) -> None:
        assert call.body[:2] == (self.session, "")
        if self.how == "silent":
            return
        if self.how == "refused" or self.how == "failed" or (self.how == "worthless" and self.brought):
            self._answer(call, 1 if self.how == "refused" else 2, {})
            return
        self.tokens += 1
        streams = {"window": WINDOW, "nothing": []}.get(self.how, SCREENS)
        results: dict[str, Any] = {"streams": ("a(ua{sv})", streams)}
        if self.how != "old":
            results["restore_token"] = ("s", f"token {self.tokens}")
        self._answer(call, 0, results)

    def OpenPipeWireRemote(self, call: Message, told: dict[str, Any]) -> None:
        if self.how == "no-remote":
            self.bus.send(new_error(call, "org.freedesktop.portal.Error.Failed", "s", ("No PipeWire.",)))
            return
        file = os.memfd_create("pipewire")
        os.write(file, b"pixels")
        self.bus.send(new_method_return(call, "h", (file,)))
        os.close(file)
        if self.how == "closing":
            session = DBusAddress(self.session, interface="org.freedesktop.portal.Session")
            self.bus.send(new_signal(session, "Closed"))

    def _get(self, call: Message) -> None:
        name = call.body[1]
        value = 3 if self.how == "old" and name == "version" else PROPERTIES[name]
        self.bus.send(new_method_return(call, "v", (("u", value),)))

    def _answer(self, call: Message, answer: int, results: dict[str, Any]) -> None:
        token = call.body[-1]["handle_token"][1]
        sender = call.header.fields[HeaderFields.sender].removeprefix(":").replace(".", "_")
        path = f"{DESKTOP}/request/{sender}/{token}"
        self.bus.send(new_method_return(call, "o", (path,)))
        request = DBusAddress(path, interface="org.freedesktop.portal.Request")
        self.bus.send(new_signal(request, "Response", "ua{sv}", (answer, results)))


def main(how: str) -> None:
    portal = Portal(how)
    print("ready", flush=True)
    while True:
        message = portal.bus.receive()
        if message.header.message_type is MessageType.method_call:
            portal.handle(message)


if __name__ == "__main__":
    main(sys.argv[1])
