"""A portal on the session bus that knows a proxy; says when it is ready.

`python -m tests.support.proxy_portal ANSWER...`; without one it refuses.
"""

from __future__ import annotations

import sys

from jeepney import HeaderFields, MessageType, new_error, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection


def main(answers: list[str]) -> None:
    bus = open_dbus_connection("SESSION")
    bus.send_and_get_reply(message_bus.RequestName("org.freedesktop.portal.Desktop"))
    print("ready", flush=True)
    while True:
        call = bus.receive()
        if call.header.message_type is not MessageType.method_call:
            continue
        if answers and call.header.fields.get(HeaderFields.member) == "Lookup":
            bus.send_message(new_method_return(call, "as", (answers,)))
        else:
            bus.send_message(new_error(call, "org.freedesktop.portal.Error.NotAllowed"))


if __name__ == "__main__":
    main(sys.argv[1:])
