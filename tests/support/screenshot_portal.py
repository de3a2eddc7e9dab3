"""A screenshot portal on the session bus; says when it is ready.

`python -m tests.support.screenshot_portal HOW [FILE]`

HOW: `picture` (of FILE), `refused` (by the user), `failed`, `silent` (never answers), `error` (instead of a reply),
`early` (the picture, announced before the reply), `none` (a portal without screenshots).
"""

from __future__ import annotations

import sys

from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_error, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

ANSWERS = {"picture": 0, "early": 0, "refused": 1, "failed": 2}


def main(how: str, file: str = "") -> None:
    bus = open_dbus_connection("SESSION")
    bus.send_and_get_reply(message_bus.RequestName("org.freedesktop.portal.Desktop"))
    print("ready", flush=True)
    while True:
        call = bus.receive()
        if call.header.message_type is not MessageType.method_call:
            continue
        fields = call.header.fields
        if how == "none":
            bus.send_message(new_error(call, "org.freedesktop.DBus.Error.UnknownMethod", "s", ("No such interface",)))
        elif fields[HeaderFields.member] == "Get":
            bus.send_message(new_method_return(call, "v", (("u", 2),)))
        elif how == "error":
            bus.send_message(new_error(call, "org.freedesktop.portal.Error.NotAllowed", "s", ("Not in this mood.",)))
        else:
            _answer(bus, call, how, file)


def _answer(bus: DBusConnection, call: Message, how: str, file: str) -> None:
    parent, options = call.body
    assert parent == ""
    token = options["handle_token"][1]
    sender = call.header.fields[HeaderFields.sender].removeprefix(":").replace(".", "_")
    path = f"/org/freedesktop/portal/desktop/request/{sender}/{token}"
    reply = new_method_return(call, "o", (path,))
    request = DBusAddress(path, interface="org.freedesktop.portal.Request")
    results = {"uri": ("s", f"file://{file}")} if file else {}
    messages = [reply]
    if how in ANSWERS:
        messages.append(new_signal(request, "Response", "ua{sv}", (ANSWERS[how], results)))
    for message in reversed(messages) if how == "early" else messages:
        bus.send_message(message)


if __name__ == "__main__":
    main(*sys.argv[1:])
